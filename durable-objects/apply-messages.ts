import type { EventMessage } from "../contract/event-message.ts";
import { shardOf } from "../core/bucket.ts";
import { countDeadLetter, countMessages } from "../counting/count-messages.ts";
import type { CountingPlan } from "../counting/counting-plan.ts";
import type { UnitShardStorage } from "./unit-shard-storage.ts";

export interface MessageOutcome {
  readonly message_id: string;
  /** `redelivered` changed nothing; `failed` neither, and may be tried again. */
  readonly outcome: "applied" | "redelivered" | "failed";
  readonly error?: string;
}

const ownsFor =
  ({ shard, shards }: EventMessage) =>
  (unitType: string, unit: string): boolean =>
    shardOf(unitType, unit, shards) === shard;

/** Counts messages of one shard, those that are new to it. Synchronous, and all or nothing within the caller's transaction. */
export const applyMessages = (
  storage: UnitShardStorage,
  messages: readonly EventMessage[],
  plan: CountingPlan,
): MessageOutcome[] => {
  const fresh: EventMessage[] = [];
  const outcomes = messages.map((message): MessageOutcome => {
    const { message_id, received_at } = message;
    const before = storage.setMessageFate(message_id, received_at, "applied");
    if (before === "applied") return { message_id, outcome: "redelivered" };
    // It was given up and comes after all: it is not lost any more.
    if (before === "dead") storage.addToLedger(countDeadLetter(message, ownsFor(message)), -1);
    fresh.push(message);
    return { message_id, outcome: "applied" };
  });
  const [first] = fresh;
  if (!first) return outcomes;

  const { units, changes, ledger } = countMessages(fresh, plan, {
    owns: ownsFor(first),
    load: (unitType, unit) => storage.loadUnit(unitType, unit),
  });
  for (const { unitType, unit, state } of units) storage.saveUnit(unitType, unit, state);
  for (const change of changes) storage.addToSums(change);
  storage.addToLedger(ledger);
  return outcomes;
};

/** Accounts for a message that was given up, unless it was noted or, in truth, applied before. */
export const noteDeadLetter = (storage: UnitShardStorage, message: EventMessage): void => {
  const before = storage.setMessageFate(message.message_id, message.received_at, "dead");
  if (before === undefined) storage.addToLedger(countDeadLetter(message, ownsFor(message)));
};
