import type { Phase } from "../../contract/experiment.ts";

/** What decides which units are in an experiment, and in which variant. */
const splitOf = ({ weights_bp, salt, targeting, prerequisites }: Phase): string =>
  JSON.stringify([weights_bp, salt, targeting, prerequisites]);

/**
 * The phases whose sums may be added up: the last ones with the same weights, salt, targeting and prerequisites. Between them
 * only the traffic has changed, which gives more units of the same kind and the same split. Over other phases a pooled split
 * check would compare with weights that never were, and a pooled difference would mix populations (Simpson's paradox).
 * A unit counts in the phase of its first exposure, so one from an earlier phase is in none of these.
 */
export const pooledPhases = (phases: readonly Phase[]): Phase[] => {
  const first = phases.findLastIndex((phase, index) => {
    const before = phases[index - 1];
    return before === undefined || splitOf(before) !== splitOf(phase);
  });
  return phases.slice(Math.max(first, 0));
};
