import type { CountingPlan, PlannedExperiment } from "./counting-plan.ts";
import { firstExposures } from "./exposure.ts";
import { contributed, withEvent } from "./total.ts";
import type { Contribution, FirstExposure, UnitState } from "./unit-state.ts";

const DAY_MS = 86_400_000;

/** The last phase that began at or before an instant; before the first one, the first. */
const phaseAt = ({ phases }: PlannedExperiment, at: number): number =>
  (phases.findLast((phase) => phase.started_at <= at) ?? phases[0])?.number ?? 1;

const contributionTo = (experiment: PlannedExperiment, first: FirstExposure, state: UnitState): Contribution => {
  const phase = phaseAt(experiment, first.at);
  const day = Math.floor(first.at / DAY_MS);
  if (first.variants.length > 1) return { phase, day, variant_id: "", totals: new Map() };

  // A total that the plan no longer asks for stays as it was counted.
  const totals = new Map(state.counted.get(experiment.id)?.totals);
  for (const metric of experiment.metrics) {
    let total = state.settled.get(experiment.id)?.get(metric.id);
    for (const event of state.recent.values()) total = withEvent(total, metric, first.at, event);
    if (total === undefined) totals.delete(metric.id);
    else totals.set(metric.id, contributed(metric, total));
  }
  return { phase, day, variant_id: first.variant_id, totals };
};

/**
 * What a unit adds to the sums of every experiment it was exposed to, by experiment id. An experiment that is not in the
 * plan any more keeps what it has.
 *
 * A unit is counted by the plan of the last time that it was heard of. That is enough because what counts is fixed while an
 * experiment runs; only its phases grow, and an exposure says by `config_version` which plan it needs at least.
 */
export const contributionsOf = (state: UnitState, plan: CountingPlan): Map<string, Contribution> => {
  const contributions = new Map(state.counted);
  const first = firstExposures(state);
  for (const id of new Set([...first.keys(), ...state.counted.keys()])) {
    const experiment = plan.byId.get(id);
    if (!experiment) continue;
    const exposure = first.get(id);
    if (exposure) contributions.set(id, contributionTo(experiment, exposure, state));
    else contributions.delete(id);
  }
  return contributions;
};
