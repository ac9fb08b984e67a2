import { exitAt, goOn, hasGrown, type ScoreProcess, START } from "./score-process.ts";

/** A look that stops where |Z| ≥ `bound`, and those who come to it. */
export interface Look {
  /** Share of the planned information, > 0; above 1 when more came than was planned. */
  readonly fraction: number;
  readonly bound: number;
  readonly before: ScoreProcess;
}

/** The probability of stopping at a look for Z ≥ bound, where Z at fraction t has the mean drift·√t. */
export const upperExit = ({ before, fraction, bound }: Look, drift: number): number =>
  exitAt(before, fraction, bound, drift)[0];

/**
 * A test with these bounds of |Z| at ascending information fractions. The recursion is done at drift `reference`: other drifts are exact where
 * their distribution overlaps with the reference's, as it does between finite bounds.
 *
 * Looks that do not add to the information, and those with an infinite bound, stop nothing: in their place is undefined.
 */
export const looksOf = (
  fractions: readonly number[],
  bounds: readonly number[],
  reference = 0,
): (Look | undefined)[] => {
  let latest = START;
  return fractions.map((fraction, k) => {
    const bound = bounds[k] ?? Infinity;
    if (bound === Infinity || !hasGrown(latest.t, fraction)) return undefined;
    const before = latest;
    if (k < fractions.length - 1) latest = goOn(before, fraction, bound, fractions.slice(k + 1), reference);
    return { fraction, bound, before };
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
  const exitsAt = (own: number): number[] =>
    looksOf(fractions, bounds, own).map((look) =>
      look ? upperExit({ ...look, bound: look.bound - own * Math.sqrt(look.fraction) }, 0) : 0,
    );
  const upper = exitsAt(drift);
  // The bounds are symmetric.
  return { upper, lower: drift === 0 ? upper : exitsAt(-drift) };
};
