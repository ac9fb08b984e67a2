import type { RefusedEvent } from "../../contract/event-message.ts";
import { type EventBatch, type EventReceipt, MAX_SKEW_MS, type RejectedEvent } from "../../contract/event.ts";
import { eventLine } from "../../counting/message-text.ts";
import { enqueue } from "./enqueue.ts";
import type { Env } from "./env.ts";
import { createHideUnit, hideRefusedUnits, hideUnits } from "./hide-units.ts";
import { type IntakeRules, refusalOf, rulesSince } from "./intake-rules.ts";
import { MAX_EVENT_BYTES } from "./limits.ts";
import { newIntake } from "./message-id.ts";
import { noteSent } from "./note-sent.ts";
import { type Intake, partition, type Taken } from "./partition.ts";
import { type Reading, readEvent, textOfEvent } from "./read-event.ts";
import { showInTail } from "./tail.ts";

/** A batch that is authorised and whose envelope is right. Its events are not looked at yet. */
export interface ReceivedBatch extends Pick<EventBatch, "batch_id" | "sent_at"> {
  readonly events: readonly unknown[];
  /** ms since 1970. */
  readonly receivedAt: number;
  /** Whether a known bot sent it. */
  readonly isBot: boolean;
}

/** What became of a batch's events, in its order. */
interface Sorted {
  readonly accepted: readonly Taken[];
  readonly rejected: readonly RejectedEvent[];
  /** The inputs of {@link rejected}. */
  readonly inputs: readonly unknown[];
}

/** A refused event as the archive keeps it: whole, unless it is larger than any event may be. */
const keptOf = (code: RefusedEvent["code"], input: unknown): RefusedEvent => {
  const json = textOfEvent(input);
  if (json === undefined) return { code, event: "nested too deep to be kept" };
  const bytes = new TextEncoder().encode(json);
  if (bytes.byteLength <= MAX_EVENT_BYTES) return { code, event: json };
  // A stream's decoder holds a character back that is cut in two.
  const event = new TextDecoder().decode(bytes.subarray(0, MAX_EVENT_BYTES), { stream: true });
  return { code, event, cut_from: bytes.byteLength };
};

const newestRules = async (...asked: Parameters<typeof rulesSince>): Promise<IntakeRules> => {
  const rules = await rulesSince(...asked);
  if (!rules) throw new Error("The newest ruleset cannot be read, so what is unknown to this one cannot be refused.");
  return rules;
};

/** By how much the sender's clock is behind ours, in ms: 0 for a batch that does not say, or for a clock that is nearly right. */
const skewOf = ({ sent_at, receivedAt }: ReceivedBatch): number => {
  if (sent_at === undefined) return 0;
  const skewMs = receivedAt - (typeof sent_at === "number" ? sent_at : Date.parse(sent_at));
  return Math.abs(skewMs) > MAX_SKEW_MS ? skewMs : 0;
};

const sortByRules = (readings: readonly Reading[], inputs: readonly unknown[], rules: IntakeRules): Sorted => {
  const accepted: Taken[] = [];
  const rejected: RejectedEvent[] = [];
  for (const [index, reading] of readings.entries()) {
    const refusal = reading.kind === "refused" ? reading : refusalOf(reading.event, rules);
    if (refusal) rejected.push({ index, code: refusal.code, message: refusal.message });
    else if (reading.kind === "event") accepted.push(reading);
  }
  return { accepted, rejected, inputs: rejected.map(({ index }) => inputs[index]) };
};

/** The same events with their units hidden, where ids of units are not kept. */
const hidden = async ({ accepted, rejected, inputs }: Sorted, salt: string): Promise<Sorted> => {
  const hideUnit = createHideUnit(salt);
  return {
    accepted: await Promise.all(
      accepted.map(async (taken) => {
        const event = await hideUnits(taken.event, hideUnit);
        return { event, line: eventLine(event) };
      }),
    ),
    rejected,
    inputs: await Promise.all(inputs.map((input) => hideRefusedUnits(input, hideUnit))),
  };
};

/**
 * Takes a batch: the good events are on the queue when this returns, the bad ones are in the receipt by index, and on the
 * queue too, so that the archive and the ledger have them. Throws when the queue does not take everything, or when it
 * cannot be known what is good.
 */
export const takeBatch = async (
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  rules: IntakeRules,
  batch: ReceivedBatch,
): Promise<EventReceipt> => {
  const { batch_id, sent_at, events, receivedAt, isBot } = batch;
  const skewMs = skewOf(batch);
  const clock = { receivedAt, skewMs };
  const readings = events.map((event) => readEvent(event, clock));

  let current = rules;
  if (readings.some((reading) => reading.kind === "event" && refusalOf(reading.event, current) !== undefined))
    current = await newestRules(env, rules.environment, receivedAt, ctx);

  const sorted = sortByRules(readings, events, current);
  const { unitIdSalt } = current;
  const { accepted, rejected, inputs } = unitIdSalt === undefined ? sorted : await hidden(sorted, unitIdSalt);
  const refused = rejected.map(({ code }, index) => keptOf(code, inputs[index]));

  const intake: Intake = {
    batch_id,
    intake: newIntake(),
    received_at: receivedAt,
    sent_at,
    ...(skewMs !== 0 && { skew_ms: skewMs }),
    ...(isBot && { lane: "bot" }),
    accepted,
    refused,
  };
  const messages = partition(intake, current);
  await enqueue(env.EVENTS, messages);
  noteSent(
    env,
    ctx,
    messages.map(({ head }) => head),
  );
  const { environment } = current;
  showInTail(env, ctx, { environment, ...intake, rejected, hides_units: unitIdSalt !== undefined });
  return { accepted: accepted.length, rejected: [...rejected] };
};
