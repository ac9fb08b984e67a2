import { exitAt, goOn, hasGrown, type ScoreProcess, startScore } from "./score-process.ts";

/** By look: the probability of stopping there, for Z ≥ bound and for Z ≤ −bound. */
export interface ExitProbabilities {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
}

/**
 * Where a test with these bounds of |Z| at ascending information fractions stops, as a function of the drift: the mean of Z at fraction
 * t is drift·√t. The recursion is done once, at drift `reference`; each drift asked for costs next to nothing, and is exact where its
 * distribution overlaps with the reference's, as it does between finite bounds.
 *
 * Looks that do not add to the information, and those with an infinite bound, stop nothing.
 */
export const exitsByDrift = (
  fractions: readonly number[],
  bounds: readonly number[],
  reference = 0,
): ((drift: number) => ExitProbabilities) => {
  let latest = startScore(reference);
  const processes = fractions.map((t, k): ScoreProcess | undefined => {
    const bound = bounds[k] ?? Infinity;
    if (bound === Infinity || !hasGrown(latest, t)) return undefined;
    const before = latest;
    if (k < fractions.length - 1) latest = goOn(before, t, bound, fractions.slice(k + 1));
    return before;
  });
  return (drift) => {
    const exits = (side: 1 | -1): number[] =>
      processes.map((process, k) => (process ? exitAt(process, fractions[k]!, bounds[k]!, drift, side)[0] : 0));
    return { upper: exits(1), lower: exits(-1) };
  };
};

/** {@link exitsByDrift} at one drift. All of them together are the power; at drift 0 they are the level. */
export const exitProbabilities = (
  fractions: readonly number[],
  bounds: readonly number[],
  drift: number,
): ExitProbabilities => exitsByDrift(fractions, bounds, drift)(drift);
