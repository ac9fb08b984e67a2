import type { CountingPlan } from "./counting-plan.ts";
import { withExposure } from "./exposure.ts";
import { withEvent } from "./total.ts";
import type { RecentEvent, UnitState } from "./unit-state.ts";

/**
 * Events before this instant, ms since 1970, are settled: see {@link settle}.
 */
export const settledBefore = (newest: number, { horizon }: CountingPlan): number =>
  newest - horizon.queueDelayMs - horizon.lateAfterMs;

/**
 * The state with old events folded into totals, so that it stays bounded however long a unit is around.
 *
 * Why this changes no result. Let R be the newest `received_at` of the unit and C = R − queue delay − late limit. It is now R
 * or later, so every message still to come was received after R − queue delay, and what it holds is either later than C
 * or refused as late. Hence, of all events before C:
 * - none will come any more, neither a new one nor another copy of one that is here: their ids can be forgotten;
 * - a first exposure before C is final, so it is known for good which of them count for that experiment: the total will do;
 * - without a first exposure before C they are earlier than any that can come, and will never count.
 *
 * Limits. Totals are kept for the experiments and metrics of the plan at the time; one that joins the plan later counts
 * recent events only. An id used again for another event, days later, is another event.
 */
export const settle = (state: UnitState, plan: CountingPlan): UnitState => {
  const before = settledBefore(state.newest, plan);
  const old: RecentEvent[] = [];
  const recent = new Map<string, RecentEvent>();
  for (const [id, event] of state.recent)
    if (event.at < before) old.push(event);
    else recent.set(id, event);
  if (old.length === 0) return state;

  const exposures = new Map(state.exposures);
  for (const event of old)
    if (event.kind === "exposure")
      exposures.set(event.experiment_id, withExposure(exposures.get(event.experiment_id), event.at, event.variant_id));

  const settled = new Map(state.settled);
  for (const [experimentId, { at }] of exposures)
    for (const metric of plan.byId.get(experimentId)?.metrics ?? [])
      for (const event of old) {
        const totals = settled.get(experimentId);
        const total = totals?.get(metric.id);
        const next = withEvent(total, metric, at, event);
        if (next !== undefined && next !== total) settled.set(experimentId, new Map(totals).set(metric.id, next));
      }
  return { ...state, recent, exposures, settled };
};
