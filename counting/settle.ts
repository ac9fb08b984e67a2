import { blockOf, blocksBy, COVARIATE_DAYS, dayOf } from "./blocks.ts";
import type { BoundDefinition } from "./bound-definition.ts";
import { definitionOf } from "./bound-definition.ts";
import type { CountingPlan, UnitTypePlan } from "./counting-plan.ts";
import { plus } from "./int.ts";
import { seriesOf } from "./series.ts";
import type { Terms } from "./terms.ts";
import type { DayTotal, ExperimentState, RecentEvent, UnitState } from "./unit-state.ts";

/** Events before this instant, ms since 1970, do not come any more: see {@link settle}. */
export const finalBefore = (newest: number, { horizon }: CountingPlan): number =>
  newest - horizon.queueDelayMs - horizon.lateAfterMs;

const addDays = (
  { daily }: UnitState,
  old: readonly RecentEvent[],
  from: number,
  covariates: ReadonlySet<string>,
  terms: Terms,
): UnitState["daily"] => {
  const totals = new Map<number, Map<number, DayTotal>>();
  for (const [side, days] of daily) {
    const kept = [...days].filter(([day]) => day >= from);
    if (kept.length > 0) totals.set(side, new Map(kept));
  }
  for (const event of old) {
    const day = dayOf(event.at);
    if (event.kind !== "metric" || day < from) continue;
    for (const { side, value } of event.readings) {
      if (value === undefined || !covariates.has(terms.textOf(side))) continue;
      const days = totals.get(side) ?? new Map<number, DayTotal>();
      totals.set(side, days);
      const { events, sum } = days.get(day) ?? { events: 0, sum: 0 };
      days.set(day, { events: events + 1, sum: plus(sum, value) });
    }
  }
  return totals;
};

/** Whether the window of a switchback test that an exposure is in has ended for good. */
const isFinal = (bound: BoundDefinition, at: number, final: number): boolean => {
  const { window_ms } = bound.definition;
  return window_ms !== null && (blockOf(bound, at) + 1) * window_ms <= final;
};

/**
 * The state with old events folded into totals, so that it stays bounded however long a unit is around.
 *
 * Why this changes no result. Let R be the newest `received_at` of the unit and C = R − queue delay − late limit. It is now R
 * or later, so every message still to come was received after R − queue delay, and what it holds is either later than C
 * or refused as late. Hence, of all events before C:
 * - none will come any more, neither a new one nor another copy of one that is here: their ids can be forgotten;
 * - a first exposure before C is final, so it is known for good which of them count for that experiment and which came before:
 *   the totals will do;
 * - without a first exposure before C they are earlier than any that can come: they count for nothing but the covariates of a
 *   first exposure still to come, which ask for no more than the sums of whole days.
 * In a switchback test what counts depends on the other events of a window, so nothing is folded before its window, of any
 * test of the plan, has ended before C.
 *
 * Limits. Totals are kept for the experiments and metrics of the plan at the time; one that joins the plan later counts
 * recent events only. An id used again for another event, days later, is another event.
 */
export const settle = (
  state: UnitState,
  plan: CountingPlan,
  unitPlan: UnitTypePlan | undefined,
  terms: Terms,
): UnitState => {
  const final = finalBefore(state.newest, plan);
  let before = final;
  for (const window of unitPlan?.windows ?? []) before = Math.min(before, Math.floor(final / window) * window);
  const count = state.recent.findIndex(({ at }) => at >= before);
  if (count === 0 || state.recent.length === 0) return state;

  const old = count < 0 ? state.recent : state.recent.slice(0, count);
  const series = seriesOf(old);
  const experiments = state.experiments.map((experiment, place): ExperimentState => {
    const bound = definitionOf(experiment.definition, terms);
    const exposures =
      bound.definition.window_ms === null
        ? old
        : state.recent.filter(({ at }) => at < before || isFinal(bound, at, final));
    return { ...experiment, blocks: blocksBy(state, place, bound, exposures, series, terms) };
  });
  return {
    ...state,
    recent: count < 0 ? [] : state.recent.slice(count),
    experiments,
    daily: addDays(state, old, dayOf(before) - COVARIATE_DAYS, unitPlan?.covariates ?? new Set(), terms),
  };
};
