import type { AcceptedEvent } from "../contract/event-message.ts";
import type { EventRejection } from "../contract/event.ts";
import { contributionsOf } from "./contribution.ts";
import type { CountingPlan } from "./counting-plan.ts";
import { millionthsOf } from "./millionths.ts";
import { settle, settledBefore } from "./settle.ts";
import type { SumsChanges } from "./sums.ts";
import type { RecentEvent, UnitState } from "./unit-state.ts";

/** One event with the time that its message was received, ms since 1970. */
export interface Arrival {
  readonly event: AcceptedEvent;
  readonly received_at: number;
}

/** What became of an event. */
export type Fate = "applied" | "duplicate" | "late" | EventRejection;

/** The numbers of an event that a metric reads or, for `value`, may come to read. */
const valuesOf = (event: AcceptedEvent, name: string, plan: CountingPlan): Readonly<Record<string, number>> => {
  const values: [string, number][] = [];
  const own = millionthsOf(event.value);
  if (own !== undefined) values.push(["value", own]);
  for (const property of plan.properties.get(name) ?? []) {
    const value =
      event.properties && Object.hasOwn(event.properties, property)
        ? millionthsOf(event.properties[property])
        : undefined;
    if (value !== undefined) values.push([property, value]);
  }
  return Object.fromEntries(values);
};

/** The event as a unit of this type remembers it, or why it cannot be counted. */
const readArrival = (
  { event, received_at }: Arrival,
  unitType: string,
  plan: CountingPlan,
): RecentEvent | EventRejection => {
  const { event_id, at } = event;
  const common = { event_id, at, received_at };
  if (event.type === "metric") {
    if (event.name === undefined) return "invalid_event";
    return { ...common, kind: "metric", name: event.name, values: valuesOf(event, event.name, plan) };
  }
  const experiment = plan.byKey.get(event.experiment_key ?? "");
  if (!experiment) return "unknown_experiment";
  const variant_id = experiment.variants.get(event.variant_key ?? "");
  if (variant_id === undefined) return "unknown_variant";
  if (experiment.unitType === unitType)
    return { ...common, kind: "exposure", experiment_id: experiment.id, variant_id };
  return event.units.some(([type]) => type === experiment.unitType)
    ? { ...common, kind: "elsewhere" }
    : "invalid_event";
};

/** A total order of what copies of one event can be, so that it does not matter which is applied first. */
const contentOf = (event: RecentEvent): string =>
  JSON.stringify(
    event.kind === "metric"
      ? [event.at, event.kind, event.name, Object.entries(event.values).toSorted(([a], [b]) => (a < b ? -1 : 1))]
      : event,
  );

/** Of two events with the same id the one received first is kept; if that does not tell, the smaller one. */
const isKept = (kept: RecentEvent, other: RecentEvent): boolean =>
  kept.received_at === other.received_at ? contentOf(kept) <= contentOf(other) : kept.received_at < other.received_at;

/**
 * Applies events to one unit. The result does not depend on their order, on how they come in batches, or on how often they
 * come: what is counted is always that of the set of events so far, and `changes` receives the difference.
 *
 * `fates[i]` is what became of `arrivals[i]`. The state that comes back is the one that went in when nothing changed.
 */
export const reduceUnit = (
  state: UnitState,
  unitType: string,
  arrivals: readonly Arrival[],
  plan: CountingPlan,
  changes: SumsChanges,
): { state: UnitState; fates: Fate[] } => {
  const settled = settledBefore(state.newest, plan);
  const recent = new Map(state.recent);
  let touched = false;

  const fates = arrivals.map((arrival): Fate => {
    const { at } = arrival.event;
    // The second condition is the first one for any message that kept the promise of settle.ts. One that did not, because
    // somebody sent it again much later, must not count anything twice.
    if (at < arrival.received_at - plan.horizon.lateAfterMs || at < settled) return "late";
    const event = readArrival(arrival, unitType, plan);
    if (typeof event === "string") return event;
    const kept = recent.get(event.event_id);
    if (kept !== undefined && isKept(kept, event)) return "duplicate";
    recent.set(event.event_id, event);
    touched = true;
    return kept === undefined ? "applied" : "duplicate";
  });
  if (!touched) return { state, fates };

  const newest = arrivals.reduce((latest, { received_at }) => Math.max(latest, received_at), state.newest);
  const next = settle({ ...state, newest, recent }, plan);
  const counted = contributionsOf(next, plan);
  changes.replace(state.counted, counted);
  return { state: { ...next, counted }, fates };
};
