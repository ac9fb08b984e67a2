import type { RefusedEvent } from "../../contract/event-message.ts";
import type { EventBatch, EventReceipt, RejectedEvent } from "../../contract/event.ts";
import { eventLine } from "../../counting/message-text.ts";
import { enqueue } from "./enqueue.ts";
import type { Env } from "./env.ts";
import { type IntakeRules, refusalOf, rulesSince } from "./intake-rules.ts";
import { newIntake } from "./message-id.ts";
import { noteSent } from "./note-sent.ts";
import { partition, type Taken } from "./partition.ts";
import { MAX_EVENT_BYTES, readEvent, textOfEvent } from "./read-event.ts";

/** A refused event as the archive keeps it: whole, unless it is larger than any event may be. */
const keptOf = (code: RefusedEvent["code"], json: string | undefined): RefusedEvent => {
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

/**
 * Takes a batch: the good events are on the queue when this returns, the bad ones are in the receipt by index, and on the
 * queue too, so that the archive and the ledger have them. Throws when the queue does not take everything, or when it
 * cannot be known what is good.
 */
export const takeBatch = async (
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  rules: IntakeRules,
  batch: Pick<EventBatch, "batch_id" | "sent_at"> & {
    readonly events: readonly unknown[];
    /** ms since 1970. */
    readonly receivedAt: number;
  },
): Promise<EventReceipt> => {
  const { batch_id, sent_at, receivedAt } = batch;
  const texts = batch.events.map(textOfEvent);
  const readings = batch.events.map((event, index) => readEvent(event, texts[index], receivedAt));

  let current = rules;
  if (readings.some((reading) => reading.kind === "event" && refusalOf(reading.event, current) !== undefined))
    current = await newestRules(env, rules.environment, receivedAt, ctx);

  const accepted: Taken[] = [];
  const rejected: RejectedEvent[] = [];
  const refused: RefusedEvent[] = [];
  for (const [index, reading] of readings.entries()) {
    const refusal = reading.kind === "refused" ? reading : refusalOf(reading.event, current);
    if (refusal) {
      rejected.push({ index, code: refusal.code, message: refusal.message });
      refused.push(keptOf(refusal.code, texts[index]));
    } else if (reading.kind === "event") accepted.push({ event: reading.event, line: eventLine(reading.event) });
  }

  const intake = { batch_id, intake: newIntake(), received_at: receivedAt, sent_at, accepted, refused };
  const messages = partition(intake, current);
  await enqueue(env.EVENTS, messages);
  noteSent(
    env,
    ctx,
    messages.map(({ head }) => head),
  );
  return { accepted: accepted.length, rejected };
};
