import { definitionOf } from "./bound-definition.ts";
import type { CountingPlan, Definition, PlannedExperiment } from "./counting-plan.ts";
import type { Terms } from "./terms.ts";
import { placesOf, unitBlocks } from "./unit-blocks.ts";
import type { ExperimentState, Frozen, UnitState } from "./unit-state.ts";

/** A metric that has left the experiment goes on by its last definition. */
const withGoneMetrics = ({ definition, text }: PlannedExperiment, before: Definition): string => {
  const ids = new Set(definition.metrics.map(({ id }) => id));
  const gone = before.metrics.filter(({ id }) => !ids.has(id));
  return gone.length === 0 ? text : JSON.stringify({ ...definition, metrics: [...definition.metrics, ...gone] });
};

const freeze = (state: UnitState, place: number, terms: Terms): Frozen => {
  const experiments = unitBlocks(state, terms);
  const watched = new Set(experiments[place]?.bound.watched.map(({ term }) => term));
  return {
    blocks: experiments[place]?.blocks ?? new Map(),
    places: new Map([...placesOf(experiments)].filter(([experiment]) => watched.has(experiment))),
  };
};

/** The experiments as the plan now has them. One that is not in it any more keeps what it has. */
export const withPlan = (state: UnitState, plan: CountingPlan, terms: Terms): ExperimentState[] =>
  state.experiments.map((experiment, place) => {
    const { definition: before } = definitionOf(experiment.definition, terms);
    const planned = plan.byId.get(before.id);
    if (planned) return { ...experiment, definition: terms.idOf(withGoneMetrics(planned, before)), frozen: null };
    return experiment.frozen ? experiment : { ...experiment, frozen: freeze(state, place, terms) };
  });

/** Whether experiments are counted by the same definitions. */
export const hasSamePlan = (before: readonly ExperimentState[], after: readonly ExperimentState[]): boolean =>
  before.length === after.length &&
  before.every(({ definition, frozen }, place) => {
    const other = after[place];
    return definition === other?.definition && frozen === other.frozen;
  });
