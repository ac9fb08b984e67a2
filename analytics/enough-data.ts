import { type Measured, type PlanMetric, QUANTILE_Z, RATES, RATIOS } from "./measure.ts";
import { fewestFor } from "./quantile.ts";

/** Below these the normal approximation behind every number is not to be relied on. */
export const FEWEST_UNITS = 100;
export const FEWEST_EVENTS = 10;
/** The same for what randomises fewer and larger things: clusters and a switchback test's windows. */
export const FEWEST_OBSERVATIONS = 10;

/** What a variant has too few of. */
export interface Shortage {
  readonly of: "units" | "clusters" | "windows" | "units with an event" | "units without an event";
  readonly has: number;
  readonly needs: number;
}

/** What tells whether a variant's numbers can be relied on. */
export type Amount = Pick<Measured, "units" | "events" | "observations" | "structure">;

/** The level of a quantile metric matters; other types have none. */
type Sized = Pick<PlanMetric, "type"> & Partial<Pick<PlanMetric, "quantile">>;

const lack = (of: Shortage["of"], has: number, needs: number): Shortage | null =>
  has < needs ? { of, has, needs } : null;

/** What a variant lacks of what randomises, of units with an event and of units without one, in that order; null for nothing. */
const shortagesOf = (
  { type, quantile }: Sized,
  { units, events, observations, structure }: Amount,
): readonly (Shortage | null)[] => {
  if (structure === "clusters")
    return [lack("clusters", units, FEWEST_OBSERVATIONS), lack("units with an event", events, 1), null];
  return [
    structure === "windows"
      ? lack("windows", observations ?? 0, FEWEST_OBSERVATIONS)
      : lack("units", units, FEWEST_UNITS),
    lack(
      "units with an event",
      events,
      Math.max(FEWEST_EVENTS, Math.floor(fewestFor(quantile ?? 0.5, QUANTILE_Z)) + 1),
    ),
    // Of what is interleaved only units with an event are compared.
    RATES.has(type) && structure !== "shared" ? lack("units without an event", units - events, FEWEST_EVENTS) : null,
  ];
};

/**
 * What a variant still lacks before its numbers can be relied on: units, and of a rate those that did it and those that did not; a rate near
 * 100 % is as hard to tell from another as one near 0 %.
 */
export const shortageOf = (metric: Sized, amount: Amount): Shortage | undefined =>
  shortagesOf(metric, amount).find((each) => each !== null) ?? undefined;

/** Whether it lacks nothing. */
export const hasEnough = (metric: Sized, amount: Amount): boolean => shortageOf(metric, amount) === undefined;

/**
 * Whether harm can be told by the difference of two variants: each has the units, and one or the other the events. None in one of them and sixty
 * in the other are told apart by the sixty. Where the units with an event are all that is averaged, each needs them.
 */
export const canCompare = (metric: Sized, control: Amount, treatment: Amount): boolean => {
  const after = shortagesOf(metric, treatment);
  const ofBoth = RATIOS.has(metric.type) || metric.type === "quantile" ? 2 : 1;
  return shortagesOf(metric, control).every((lacking, place) =>
    place < ofBoth ? !lacking && !after[place] : !lacking || !after[place],
  );
};
