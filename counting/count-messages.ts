import type { AcceptedEvent, EventMessage } from "../contract/event-message.ts";
import type { LedgerCounts } from "../contract/ledger.ts";
import type { CountingPlan } from "./counting-plan.ts";
import { addFate, emptyLedger } from "./ledger-counts.ts";
import { type Arrival, reduceUnit } from "./reduce-unit.ts";
import { type SumsChange, SumsChanges } from "./sums.ts";
import type { UnitState } from "./unit-state.ts";

export interface Shard {
  /** Whether a unit's row is on this shard. */
  readonly owns: (unitType: string, unit: string) => boolean;
  /** The unit's state, or {@link NEW_UNIT}. */
  readonly load: (unitType: string, unit: string) => UnitState;
}

export interface Counted {
  /** The units whose state changed. */
  readonly units: { readonly unitType: string; readonly unit: string; readonly state: UnitState }[];
  readonly changes: SumsChange[];
  /** The fates to be added to the ledger. What was received is not in it: see {@link countReceived}. */
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

const byUnit = (messages: readonly EventMessage[], owns: Shard["owns"]): UnitArrivals[] => {
  const found = new Map<string, UnitArrivals>();
  for (const { events, received_at, message_id } of messages)
    for (const event of events) {
      const units = event.units.filter(([unitType, unit]) => owns(unitType, unit));
      if (units.length === 0) throw new Error(`Message ${message_id} holds an event of another shard.`);
      for (const [unitType, unit] of units) {
        const key = JSON.stringify([unitType, unit]);
        const entry = found.get(key) ?? { unitType, unit, arrivals: [] };
        found.set(key, entry);
        entry.arrivals.push({ event, received_at, accounted: entry.unitType === event.units[0]?.[0] });
      }
    }
  return [...found.values()];
};

/**
 * How many events of a message its shard accounts for: those whose first unit it has, and the refused ones. The only way to
 * this number: who sends the message says so to the shard, who counts it must come to the same.
 */
export const countReceived = ({ events, rejected }: EventMessage, owns: Shard["owns"]): number =>
  events.filter((event) => isAccounted(event, owns)).length + rejected.length;

/** The fates of a message's events when it was never applied. */
export const countDeadLetter = (message: EventMessage, owns: Shard["owns"]): LedgerCounts => {
  const { rejected } = message;
  const ledger = emptyLedger();
  ledger.dead_lettered = countReceived(message, owns) - rejected.length;
  for (const { code } of rejected) addFate(ledger, code);
  return ledger;
};

/**
 * What messages change on one shard. Pure: the caller stores it, all or nothing, and keeps count of the messages so that
 * none comes here twice.
 */
export const countMessages = (messages: readonly EventMessage[], plan: CountingPlan, shard: Shard): Counted => {
  const ledger = emptyLedger();
  for (const { rejected } of messages) for (const { code } of rejected) addFate(ledger, code);

  const changes = new SumsChanges();
  const units: Counted["units"] = [];
  for (const { unitType, unit, arrivals } of byUnit(messages, shard.owns)) {
    const before = shard.load(unitType, unit);
    const { state, fates } = reduceUnit(before, unitType, arrivals, plan, changes);
    if (state !== before) units.push({ unitType, unit, state });
    for (const [index, { accounted }] of arrivals.entries()) {
      const fate = fates[index];
      if (accounted && fate !== undefined) addFate(ledger, fate);
    }
  }
  return { units, changes: changes.list(), ledger };
};
