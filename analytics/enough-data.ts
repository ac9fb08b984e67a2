import type { Measured, PlanMetric } from "./measure.ts";

/** Below these the normal approximation behind every number is not to be relied on. */
export const FEWEST_UNITS = 100;
export const FEWEST_EVENTS = 10;
/** The same for what randomises fewer and larger things: clusters and a switchback test's windows. */
export const FEWEST_OBSERVATIONS = 10;

/** Whether a variant has so many units, and of a rate so many that did it and so many that did not, that its numbers can be relied on. */
export const hasEnough = ({ type }: Pick<PlanMetric, "type">, measured: Measured): boolean => {
  const { units, events, observations, structure } = measured;
  const isRate = type === "conversion" || type === "retention";
  if (structure === "clusters") return units >= FEWEST_OBSERVATIONS && events > 0;
  if (observations !== null && observations < FEWEST_OBSERVATIONS) return false;
  return units >= FEWEST_UNITS && events >= FEWEST_EVENTS && (!isRate || units - events >= FEWEST_EVENTS);
};
