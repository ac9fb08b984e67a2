import type { FirstExposure, UnitState } from "./unit-state.ts";

/**
 * A first exposure with one more exposure taken in, in any order and any number of times. Of two exposures at the same
 * instant the smaller variant id is first; if they differ, the unit is a crossover anyway.
 */
export const withExposure = (first: FirstExposure | undefined, at: number, variant_id: string): FirstExposure => {
  if (first === undefined) return { at, variant_id, variants: [variant_id] };
  const variants = first.variants.includes(variant_id) ? first.variants : [...first.variants, variant_id].toSorted();
  return at < first.at || (at === first.at && variant_id < first.variant_id)
    ? { at, variant_id, variants }
    : { ...first, variants };
};

/** First exposures by experiment id, from settled and recent events together. */
export const firstExposures = ({ exposures, recent }: UnitState): Map<string, FirstExposure> => {
  const first = new Map(exposures);
  for (const event of recent.values())
    if (event.kind === "exposure")
      first.set(event.experiment_id, withExposure(first.get(event.experiment_id), event.at, event.variant_id));
  return first;
};
