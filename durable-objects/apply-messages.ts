import type { EventMessage } from "../contract/event-message.ts";
import { shardOf } from "../core/bucket.ts";
import { countDeadLetter, countMessages, countReceived } from "../counting/count-messages.ts";
import type { CountingPlan } from "../counting/counting-plan.ts";
import { emptyLedger } from "../counting/ledger-counts.ts";
import type { UnitShardStorage } from "./unit-shard-storage.ts";

export interface MessageOutcome {
  readonly message_id: string;
  /** `redelivered` changed nothing; `failed` neither, and may be tried again. */
  readonly outcome: "applied" | "redelivered" | "failed";
  readonly error?: string;
}

/** Says that a message is on its way to its shard. */
export interface SentNote {
  readonly message_id: string;
  /** The message's, ms since 1970. */
  readonly received_at: number;
  /** By {@link receivedOf}. */
  readonly received: number;
}

const ownsFor =
  ({ shard, shards }: EventMessage) =>
  (unitType: string, unit: string): boolean =>
    shardOf(unitType, unit, shards) === shard;

/** How many events of a message its shard accounts for in the ledger. */
export const receivedOf = (message: EventMessage): number => countReceived(message, ownsFor(message));

/**
 * Adds what is on its way to the ledger's `received`, unless the message was here before its note. From then on it is
 * missed: `received` stays ahead of the fates until the message is applied or given up.
 */
export const noteMessages = (storage: UnitShardStorage, notes: readonly SentNote[]): void => {
  let received = 0;
  for (const note of notes)
    if (storage.setMessageFate(note.message_id, note.received_at, "sent") === undefined) received += note.received;
  if (received > 0) storage.addToLedger({ ...emptyLedger(), received });
};

/** Counts messages of one shard, those that are new to it. Synchronous, and all or nothing within the caller's transaction. */
export const applyMessages = (
  storage: UnitShardStorage,
  messages: readonly EventMessage[],
  plan: CountingPlan,
): MessageOutcome[] => {
  const fresh: EventMessage[] = [];
  let received = 0;
  const outcomes = messages.map((message): MessageOutcome => {
    const { message_id, received_at } = message;
    const before = storage.setMessageFate(message_id, received_at, "applied");
    if (before === "applied") return { message_id, outcome: "redelivered" };
    if (before === undefined) received += receivedOf(message);
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
  storage.addToLedger({ ...ledger, received });
  return outcomes;
};

/** Accounts for a message that was given up, unless it was noted or, in truth, applied before. */
export const noteDeadLetter = (storage: UnitShardStorage, message: EventMessage): void => {
  const before = storage.setMessageFate(message.message_id, message.received_at, "dead");
  if (before === "applied" || before === "dead") return;
  const received = before === undefined ? receivedOf(message) : 0;
  storage.addToLedger({ ...countDeadLetter(message, ownsFor(message)), received });
};
