import type { AcceptedEvent, EventMessage } from "../contract/event-message.ts";
import type { LedgerCounts } from "../contract/ledger.ts";
import type { CountingPlan } from "./counting-plan.ts";
import { addFate, emptyLedger } from "./ledger-counts.ts";
import type { Arrival } from "./open-unit.ts";
import { reduceUnit, removeRows } from "./reduce-unit.ts";
import { type SumsChange, SumsChanges } from "./sums.ts";
import type { Terms } from "./terms.ts";
import { decodeUnit, encodeUnit } from "./unit-codec.ts";
import { NEW_UNIT } from "./unit-state.ts";

export interface Shard {
  /** Whether a unit's row is on this shard. */
  readonly owns: (unitType: string, unit: string) => boolean;
  /** The unit's state as {@link countMessages} gave it, or undefined for a unit that was not here yet. */
  readonly load: (unitType: string, unit: string) => Uint8Array | undefined;
  /** The shard's; new ones are added, which have to be stored with the states. */
  readonly terms: Terms;
}

export interface Counted {
  /** The units whose state changed. */
  readonly units: { readonly unitType: string; readonly unit: string; readonly state: Uint8Array }[];
  readonly changes: SumsChange[];
  /** The fates to be added to the ledger. What was received and archived is not in it. */
  readonly ledger: LedgerCounts;
}

interface UnitArrivals {
  readonly unitType: string;
  readonly unit: string;
  readonly arrivals: (Arrival & { readonly accounted: boolean })[];
}

/** The shard of an event's first unit accounts for the event in the ledger; all of its units count it. */
const isAccounted = ({ units }: AcceptedEvent, owns: Shard["owns"]): boolean =>
  units[0] !== undefined && owns(...units[0]);

const byUnit = (messages: readonly EventMessage[], owns: Shard["owns"]): Iterable<UnitArrivals> => {
  const found = new Map<string, UnitArrivals>();
  // Events of one unit mostly come one after the other.
  let last: UnitArrivals | undefined;
  for (const { events, received_at, message_id } of messages)
    for (const event of events) {
      let isHere = false;
      for (const [unitType, unit] of event.units) {
        if (!owns(unitType, unit)) continue;
        isHere = true;
        let entry = last?.unit === unit && last.unitType === unitType ? last : undefined;
        if (entry === undefined) {
          const key = `${unitType.length}:${unitType}:${unit}`;
          entry = found.get(key) ?? { unitType, unit, arrivals: [] };
          found.set(key, entry);
          last = entry;
        }
        entry.arrivals.push({ event, received_at, accounted: unitType === event.units[0]?.[0] });
      }
      if (!isHere) throw new Error(`Message ${message_id} holds an event of another shard.`);
    }
  return found.values();
};

/**
 * How many events of a message its shard accounts for: those whose first unit it has, and the refused ones. The only way to
 * this number: who sends the message says so to the shard, who counts it must come to the same.
 */
export const countReceived = ({ events, rejected }: EventMessage, owns: Shard["owns"]): number =>
  events.filter((event) => isAccounted(event, owns)).length + rejected.length;

/**
 * What messages change on one shard. Pure but for the terms: the caller stores it, all or nothing, and keeps count of the
 * messages so that none comes here twice.
 */
export const countMessages = (messages: readonly EventMessage[], plan: CountingPlan, shard: Shard): Counted => {
  const { owns, load, terms } = shard;
  const ledger = emptyLedger();
  const people: EventMessage[] = [];
  for (const message of messages)
    if (message.lane === "bot") ledger.bot += countReceived(message, owns);
    else {
      for (const { code } of message.rejected) addFate(ledger, code);
      people.push(message);
    }

  const changes = new SumsChanges();
  const units: Counted["units"] = [];
  for (const { unitType, unit, arrivals } of byUnit(people, owns)) {
    const stored = load(unitType, unit);
    const before = stored === undefined ? NEW_UNIT : decodeUnit(stored, terms);
    const { state, fates } = reduceUnit(before, unitType, arrivals, plan, terms, changes);
    if (state !== before) units.push({ unitType, unit, state: encodeUnit(state, terms) });
    for (const [index, { accounted }] of arrivals.entries()) {
      const fate = fates[index];
      if (accounted && fate !== undefined) addFate(ledger, fate);
    }
  }
  return { units, changes: changes.list(), ledger };
};

/** What takes a unit out of the sums, by its state. */
export const removeUnit = (state: Uint8Array, terms: Terms): SumsChange[] => {
  const changes = new SumsChanges();
  removeRows(changes, decodeUnit(state, terms), terms);
  return changes.list();
};
