import { normalSf } from "./distributions/normal.ts";
import { boundFor, goOn, hasGrown, startScore } from "./score-process.ts";
import { alphaSpent, type SpendingFunction } from "./spending.ts";

/** A look of a group-sequential plan, as it was computed when it was taken. */
export interface Boundary {
  /** Share of the planned information, > 0; above 1 when more came than was planned. */
  readonly fraction: number;
  /** The test stops where |Z| ≥ this; infinite where nothing is spent. */
  readonly bound: number;
  /** 2(1 − Φ(bound)): what the bound would mean were it the only look. */
  readonly nominalP: number;
  /** α spent up to and with this look, two-sided. */
  readonly alphaSpent: number;
}

export interface SpendingOptions {
  /** The first looks as they were given before: their bounds stay, and what they spent is spent. */
  readonly taken?: readonly Pick<Boundary, "bound" | "alphaSpent">[];
  /** The last look is declared the end, whatever its fraction: all that is left is spent there. */
  readonly final?: boolean;
}

/**
 * The bounds of |Z| at looks by ascending information fractions, by a spending function; symmetric and two-sided at `alpha`.
 *
 * A look that adds nothing to the information, or for which nothing is left to spend, has an infinite bound; what it did not spend is left
 * to those after it. Beyond fraction 1 the first look spends all that is left.
 */
export const spendingBoundaries = (
  fractions: readonly number[],
  alpha: number,
  spending: SpendingFunction,
  { taken = [], final = false }: SpendingOptions = {},
): Boundary[] => {
  let process = startScore(0);
  let spent = 0;
  return fractions.map((fraction, k) => {
    const last = k === fractions.length - 1;
    const grown = hasGrown(process, fraction);
    const before = taken[k];
    const target = final && last ? alpha : alphaSpent(spending, alpha, fraction);
    const bound = before?.bound ?? (grown ? boundFor(process, fraction, (target - spent) / 2) : Infinity);
    // Nobody stops at an infinite bound, so that the process need not be looked at there.
    const looked = grown && bound < Infinity;
    spent = before?.alphaSpent ?? (looked ? target : spent);
    if (looked && !last) process = goOn(process, fraction, bound, fractions.slice(k + 1));
    return { fraction, bound, nominalP: 2 * normalSf(bound), alphaSpent: spent };
  });
};
