import type { AcceptedEvent } from "../../contract/event-message.ts";
import type { EventReceipt, RejectedEvent } from "../../contract/event.ts";
import { enqueue } from "./enqueue.ts";
import type { Env } from "./env.ts";
import { type IntakeRules, refusalOf, rulesSince } from "./intake-rules.ts";
import { partition, type Refused } from "./partition.ts";
import { readEvent, textOfEvent } from "./read-event.ts";

/** How much of a refused event is kept, in characters of JSON. */
const KEPT_OF_REFUSED = 1_000;

const newestRules = async (...asked: Parameters<typeof rulesSince>): Promise<IntakeRules> => {
  const rules = await rulesSince(...asked);
  if (!rules) throw new Error("The newest ruleset cannot be read, so what is unknown to this one cannot be refused.");
  return rules;
};

/**
 * Takes a batch: the good events are on the queue when this returns, the bad ones are in the receipt by index, and on the
 * queue too, so that the ledger knows of them. Throws when the queue does not
 * take everything, or when it cannot be known what is good.
 */
export const takeBatch = async (
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  rules: IntakeRules,
  batch: { readonly batch_id: string; readonly events: readonly unknown[]; readonly receivedAt: number },
): Promise<EventReceipt> => {
  const { batch_id, receivedAt } = batch;
  const texts = batch.events.map(textOfEvent);
  const readings = batch.events.map((event, index) => readEvent(event, texts[index], receivedAt));

  let current = rules;
  const isRefused = (event: AcceptedEvent): boolean => refusalOf(event, current) !== undefined;
  if (readings.some((reading) => reading.kind === "event" && isRefused(reading.event)))
    current = await newestRules(env, rules.environment, receivedAt, ctx);

  const accepted: AcceptedEvent[] = [];
  const rejected: RejectedEvent[] = [];
  const kept: Refused[] = [];
  for (const [index, reading] of readings.entries()) {
    const refusal = reading.kind === "refused" ? reading : refusalOf(reading.event, current);
    if (refusal) {
      rejected.push({ index, code: refusal.code, message: refusal.message });
      kept.push({
        code: refusal.code,
        event: (texts[index] ?? "nested too deep to be kept").slice(0, KEPT_OF_REFUSED),
      });
    } else if (reading.kind === "event") accepted.push(reading.event);
  }

  const intake = { batch_id, received_at: receivedAt, accepted, rejected: kept };
  await enqueue(
    env.EVENTS,
    partition(intake, current, () => crypto.randomUUID()),
  );
  return { accepted: accepted.length, rejected };
};
