import { exitAt, goOn, hasGrown, type ScoreProcess, START } from "./score-process.ts";

/**
 * Where a test with these bounds of |Z| at ascending information fractions stops for Z ≥ bound, by look, as a function of the drift: the mean of Z at
 * fraction t is drift·√t. The recursion is done once, at drift `reference`; each drift asked for costs next to nothing, and is exact where
 * its distribution overlaps with the reference's, as it does between finite bounds.
 *
 * Looks that do not add to the information, and those with an infinite bound, stop nothing.
 */
export const upperExits = (
  fractions: readonly number[],
  bounds: readonly number[],
  reference = 0,
): ((drift: number) => number[]) => {
  let latest = START;
  const processes = fractions.map((t, k): ScoreProcess | undefined => {
    const bound = bounds[k] ?? Infinity;
    if (bound === Infinity || !hasGrown(latest, t)) return undefined;
    const before = latest;
    if (k < fractions.length - 1) latest = goOn(before, t, bound, fractions.slice(k + 1), reference);
    return before;
  });
  return (drift) =>
    fractions.map((t, k) => {
      const process = processes[k];
      return process ? exitAt(process, t, bounds[k]! - reference * Math.sqrt(t), drift - reference)[0] : 0;
    });
};

/** By look: the probability of stopping there, for Z ≥ bound and for Z ≤ −bound. */
export interface ExitProbabilities {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
}

/** At one drift. All of them together are the power; at drift 0 they are the level. */
export const exitProbabilities = (
  fractions: readonly number[],
  bounds: readonly number[],
  drift: number,
): ExitProbabilities => {
  const upper = upperExits(fractions, bounds, drift)(drift);
  // The bounds are symmetric.
  return { upper, lower: drift === 0 ? upper : upperExits(fractions, bounds, -drift)(-drift) };
};
