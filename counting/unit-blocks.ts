import { blockOf, blocksBy, isCrossover, withSeries } from "./blocks.ts";
import { type BoundDefinition, definitionOf } from "./bound-definition.ts";
import { type SeriesBySide, seriesOf } from "./series.ts";
import type { Terms } from "./terms.ts";
import type { Blocks, Frozen, RecentEvent, UnitState } from "./unit-state.ts";

/** Where a unit is in one of its experiments, and what it has there. */
export interface UnitBlocks {
  readonly bound: BoundDefinition;
  readonly blocks: Blocks;
  /** As in {@link Frozen}, if this is not to change any more. */
  readonly places: Frozen["places"] | undefined;
}

/** The blocks of all of a unit's experiments, in their order. */
export const unitBlocks = (state: UnitState, terms: Terms): UnitBlocks[] => {
  const exposures = state.recent.filter(({ kind }) => kind === "exposure");
  const series = seriesOf(state.recent);
  return state.experiments.map(({ definition, frozen }, place) => {
    const bound = definitionOf(definition, terms);
    return {
      bound,
      blocks: frozen?.blocks ?? blocksBy(state, place, bound, exposures, series, terms),
      places: frozen?.places,
    };
  });
};

/** The variants of the experiments that the unit is in without crossover: terms of ids by terms of ids. */
export const placesOf = (experiments: readonly UnitBlocks[]): Map<number, number> => {
  const places = new Map<number, number>();
  for (const { bound, blocks } of experiments) {
    const block = bound.definition.window_ms === null ? blocks.get(0) : undefined;
    if (block && !isCrossover(block)) places.set(bound.id, block.variant);
  }
  return places;
};

/** Whether an event leaves all exposures as they are: it is none, or a later one of what is known. */
export const isNoNews = (event: RecentEvent, units: readonly UnitBlocks[]): boolean => {
  if (event.kind !== "exposure") return true;
  const unit = units[event.experiment];
  const block = unit?.blocks.get(blockOf(unit.bound, event.at));
  return (
    block !== undefined &&
    event.at > block.at &&
    block.variants.includes(event.variant) &&
    (event.member === undefined || block.members.has(event.member))
  );
};

/** The blocks with more metric events, all exposures being as they were. */
export const withMore = (before: readonly UnitBlocks[], series: SeriesBySide): UnitBlocks[] =>
  before.map((unit) =>
    unit.places === undefined ? { ...unit, blocks: withSeries(unit.blocks, unit.bound, series) } : unit,
  );
