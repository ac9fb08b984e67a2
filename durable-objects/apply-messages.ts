import type { EventMessage, MessageHead } from "../contract/event-message.ts";
import type { LedgerCounts } from "../contract/ledger.ts";
import type { Generation } from "../contract/replay.ts";
import { shardOf } from "../core/bucket.ts";
import { countMessages } from "../counting/count-messages.ts";
import type { CountingPlan } from "../counting/counting-plan.ts";
import { addFate, addLedgers, emptyLedger } from "../counting/ledger-counts.ts";
import { parseMessages } from "../counting/message-text.ts";
import { DELETED, withoutDeletedUnits } from "./deleted-units.ts";
import { aChange, type MissedMessage, type ShardChange } from "./shard-change.ts";
import type { ShardMemory } from "./shard-memory.ts";
import { type Taking, takingIn, takingOf } from "./taking.ts";
import { unitTypeKey } from "./unit-type-key.ts";
import type { UnitShardStorage } from "./unit-shard-storage.ts";

export interface MessageOutcome {
  readonly message_id: string;
  /**
   * `redelivered` changed nothing; `failed` neither, and may be tried again. `closed` is to come again a little later, `moved`
   * to be counted by another generation.
   */
  readonly outcome: "applied" | "redelivered" | "failed" | "closed" | "moved";
  readonly error?: string;
  readonly moved_to?: Generation;
}

/** Says that a message is on its way to its shard. */
export interface SentNote {
  readonly message_id: string;
  readonly intake: string;
  /** The message's, ms since 1970. */
  readonly received_at: number;
  /** The message's. */
  readonly accounted: number;
}

/** What is on the disk, and what is known of it in memory. The functions here write to the disk and leave the memory to their caller. */
export interface Shard {
  readonly storage: UnitShardStorage;
  readonly memory: ShardMemory;
}

/** So many messages are missed at most. Others are counted as received when they come: memory is not without end. */
export const MAX_MISSED = 100_000;

const ownsFor =
  ({ shard, shards }: EventMessage) =>
  (unitType: string, unit: string): boolean =>
    unit !== DELETED && shardOf(unitType, unit, shards) === shard;

/**
 * Adds what is on its way to the ledger's `received`, unless it was here before its note. From then on it is missed:
 * `received` stays ahead of the fates until the message is applied or given up. A message that is sent again after it was
 * applied is not missed: nothing would be lost with it, and it is received when it comes.
 */
export const noteMessages = ({ storage, memory }: Shard, notes: readonly SentNote[]): ShardChange => {
  const known = storage.findTakings(notes.map(takingIn));
  const missed = new Map<string, MissedMessage>();
  let received = 0;
  for (const note of notes) {
    const { received_at, accounted } = note;
    const { id, intake } = takingIn(note);
    const taking = takingOf({ id, intake });
    const before = known.get(id);
    if (memory.missed.has(taking) || missed.has(taking) || before?.has(intake) === true) continue;
    if (before && [...before.values()].some(isApplied)) continue;
    if (memory.missed.size + missed.size >= MAX_MISSED) break;
    missed.set(taking, { taking, received_at, accounted });
    received += accounted;
  }
  return aChange({ missed: [...missed.values()], ledger: { ...emptyLedger(), received } });
};

/**
 * Counts messages of one shard: those that are new to it. A message of which another taking was applied was sent again, and
 * all of it is a duplicate. Once one taking is applied, none of the others is missed any more: a client sends again what may be
 * lost, and what it sent is counted.
 */
export const applyMessages = (
  { storage, memory }: Shard,
  messages: readonly EventMessage[],
  plan: CountingPlan,
): { readonly outcomes: MessageOutcome[]; readonly change: ShardChange } => {
  const takings = messages.map(takingIn);
  const known = storage.findTakings(takings);
  const ids = new Set([...known].flatMap(([id, of]) => ([...of.values()].some(isApplied) ? [id] : [])));
  const applied = new Map<string, Taking>();
  const arrived: string[] = [];
  const fresh: EventMessage[] = [];
  let ledger = emptyLedger();

  const outcomes = messages.map((message, index): MessageOutcome => {
    const { message_id, accounted } = message;
    const { id, intake } = takings[index] ?? takingIn(message);
    const taking = takingOf({ id, intake });
    const before = known.get(id)?.get(intake);
    if (applied.has(taking) || before?.kind === "applied") return { message_id, outcome: "redelivered" };
    applied.set(taking, { id, intake });

    if (before) {
      // It was given up and comes after all: it was received, and is not lost any more.
      ledger = addLedgers(ledger, { ...before.counts, received: 0, archived: 0 }, -1);
      storage.forgetDead({ id, intake });
    } else {
      ledger.archived += accounted;
      ledger.received += accounted;
    }
    if (ids.has(id)) ledger.duplicate += accounted;
    else {
      fresh.push(message);
      // What is missed was received when it was noted: this one is received now, others are when they come.
      for (const missed of memory.missed.takingsOf(id)) {
        arrived.push(missed.taking);
        ledger.received -= missed.accounted;
      }
    }
    ids.add(id);
    return { message_id, outcome: "applied" };
  });
  if (applied.size === 0) return { outcomes, change: aChange() };

  storage.rememberApplied([...applied.values()]);
  const counted = countFresh({ storage, memory }, fresh, plan);
  return {
    outcomes,
    change: aChange({ ...counted, arrived, ledger: addLedgers(ledger, counted.ledger) }),
  };
};

const isApplied = ({ kind }: { readonly kind: "applied" | "dead" }): boolean => kind === "applied";

/** No other unit has the same. */
const nameOf = (unitType: string, unit: string): string => `${unitType.length}:${unitType}:${unit}`;

const countFresh = (
  { storage, memory }: Shard,
  fresh: readonly EventMessage[],
  plan: CountingPlan,
): Pick<ShardChange, "ledger" | "sums" | "terms" | "units"> => {
  const { terms, termsOnDisk, deletedUnits } = memory;
  const [first] = fresh;
  if (!first) return aChange();
  const owns = ownsFor(first);
  const { messages, ledger } = withoutDeletedUnits(fresh, deletedUnits, owns);
  const newUnits = new Set<string>();
  const counted = countMessages(messages, plan, {
    owns,
    load(unitType, unit) {
      const state = storage.loadUnit(unitTypeKey(unitType, terms), unit);
      if (!state) newUnits.add(nameOf(unitType, unit));
      return state;
    },
    terms,
  });
  let units = 0;
  for (const { unitType, unit, state } of counted.units) {
    storage.saveUnit(unitTypeKey(unitType, terms), unit, state);
    if (newUnits.has(nameOf(unitType, unit))) units++;
  }
  return {
    ledger: addLedgers(ledger, counted.ledger),
    sums: counted.changes,
    terms: terms.since(termsOnDisk),
    units,
  };
};

/** Accounts for a message that was given up, unless that was done or it was, in truth, applied before. */
export const noteDeadLetter = ({ storage, memory }: Shard, head: MessageHead, text: string): ShardChange => {
  const taking = takingIn(head);
  if (storage.findTakings([taking]).get(taking.id)?.has(taking.intake) === true) return aChange();
  const { accounted } = head;
  const isMissed = memory.missed.has(takingOf(taking));
  const counts = { ...fatesOfDead(head, text), received: isMissed ? 0 : accounted, archived: accounted };
  storage.rememberDead(taking, counts);
  return aChange({ ledger: counts, arrived: isMissed ? [takingOf(taking)] : [] });
};

/**
 * What its events are in the ledger: refused, or dead-lettered like all of a message that cannot even be read. Together they are
 * what the head accounts for, whatever is wrong with the events.
 */
const fatesOfDead = (head: MessageHead, text: string): LedgerCounts => {
  const counts = emptyLedger();
  counts.dead_lettered = head.accounted;
  try {
    for (const { rejected } of parseMessages(text))
      for (const { code } of rejected) {
        addFate(counts, code);
        counts.dead_lettered--;
      }
    return counts;
  } catch (error) {
    console.error({ event: "dead_letter_unreadable", message_id: head.message_id, error: String(error) });
    return { ...emptyLedger(), dead_lettered: head.accounted };
  }
};
