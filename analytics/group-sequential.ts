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

/**
 * The bounds of |Z| at looks by ascending information fractions, by a spending function; symmetric and two-sided at `alpha`.
 *
 * `taken` are the first of them as they were given before: their bounds stay, and what they spent is spent. A look that adds nothing to
 * the information, or for which nothing is left to spend, has an infinite bound, and later looks spend what it did not. `final` declares
 * the last fraction to be the end, whatever it is: all that is left is spent there.
 */
export const spendingBoundaries = (
  fractions: readonly number[],
  alpha: number,
  spending: SpendingFunction,
  { taken = [], final = false }: { readonly taken?: readonly Boundary[]; readonly final?: boolean } = {},
): Boundary[] => {
  let process = startScore(0);
  let spent = 0;
  return fractions.map((fraction, k) => {
    const last = k === fractions.length - 1;
    const grown = hasGrown(process, fraction);
    const before = taken[k];
    const target = final && last ? alpha : alphaSpent(spending, alpha, fraction);
    const bound = before?.bound ?? (grown ? boundFor(process, fraction, (target - spent) / 2) : Infinity);
    spent = before?.alphaSpent ?? (bound === Infinity ? spent : target);
    if (grown && !last) process = goOn(process, fraction, bound, fractions[k + 1]!);
    return { fraction, bound, nominalP: 2 * normalSf(bound), alphaSpent: spent };
  });
};
