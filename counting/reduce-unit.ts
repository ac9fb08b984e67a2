import type { CountingPlan } from "./counting-plan.ts";
import { type Arrival, type Fate, OpenUnit } from "./open-unit.ts";
import { hasSamePlan } from "./plan-change.ts";
import { readEvent } from "./read-event.ts";
import { seriesOf } from "./series.ts";
import { finalBefore, settle } from "./settle.ts";
import type { SumsChanges } from "./sums.ts";
import type { Terms } from "./terms.ts";
import { isNoNews, unitBlocks, withMore } from "./unit-blocks.ts";
import { replaceRows, unitRows, unitRowsWithMore } from "./unit-rows.ts";
import type { UnitState } from "./unit-state.ts";

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
  terms: Terms,
  changes: SumsChanges,
): { state: UnitState; fates: Fate[] } => {
  const final = finalBefore(state.newest, plan);
  const unitPlan = plan.byUnitType.get(unitType);
  const open = new OpenUnit(state, plan, terms);
  const fates = arrivals.map((arrival): Fate => {
    const { at } = arrival.event;
    // The second condition is the first one for any message that kept the promise of settle.ts. One that did not, because
    // somebody sent it again much later, must not count anything twice.
    if (at < arrival.received_at - plan.horizon.lateAfterMs || at < final) return "late";
    const content = readEvent(arrival.event, unitType, plan, unitPlan);
    return typeof content === "string" ? content : open.take(arrival, content);
  });
  const taken = open.taken();
  if (taken.length === 0) return { state, fates };

  const newest = arrivals.reduce((latest, { received_at }) => Math.max(latest, received_at), state.newest);
  const { experiments } = open;
  const unsettled = { ...state, newest, experiments, recent: open.recent(taken) };
  const next = settle(unsettled, plan, unitPlan, terms);
  const before = unitBlocks(state, terms);
  // What comes most is more metric events of a unit whose exposures stay as they are.
  const isMore =
    next === unsettled &&
    !open.hasReplaced &&
    hasSamePlan(state.experiments, experiments) &&
    taken.every((event) => isNoNews(event, before));
  const rows = unitRows(before, terms);
  if (isMore) {
    const after = withMore(before, seriesOf(taken));
    replaceRows(changes, rows, unitRowsWithMore(before, rows, after, terms));
  } else replaceRows(changes, rows, unitRows(unitBlocks(next, terms), terms));
  return { state: next, fates };
};

/** What takes all that a unit adds to the sums away. */
export const removeRows = (changes: SumsChanges, state: UnitState, terms: Terms): void =>
  replaceRows(changes, unitRows(unitBlocks(state, terms), terms), []);
