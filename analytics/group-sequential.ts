import { normalSf } from "./distributions/normal.ts";
import { boundFor, goOn, hasGrown, START } from "./score-process.ts";
import { alphaSpent, type SpendingFunction } from "./spending.ts";

/** A bound of |Z|, as it was computed when its look was taken. */
export interface SpentBound {
  /** The test stops where |Z| ≥ this; infinite where nothing is spent. */
  readonly bound: number;
  /** α spent up to and with this look, two-sided. */
  readonly alphaSpent: number;
}

/** The bounds that have spent `targets` of α, two-sided, up to each look, as far as there is anything to spend it on. */
const boundsThatSpend = (
  targets: readonly number[],
  fractions: readonly number[],
  taken: readonly SpentBound[],
): SpentBound[] => {
  let process = START;
  let spent = 0;
  return fractions.map((fraction, k) => {
    const target = targets[k]!;
    const grown = hasGrown(process, fraction);
    const before = taken[k];
    const bound = before?.bound ?? (grown ? boundFor(process, fraction, (target - spent) / 2) : Infinity);
    // Nobody stops at an infinite bound, so that the process need not be looked at there.
    const looked = grown && bound < Infinity;
    spent = before?.alphaSpent ?? (looked ? target : spent);
    if (looked && k < fractions.length - 1) process = goOn(process, fraction, bound, fractions.slice(k + 1));
    return { bound, alphaSpent: spent };
  });
};

/**
 * The bounds of |Z| at looks by ascending information fractions, by a spending function; symmetric and two-sided at `alpha`. `taken` are the first
 * looks as they were given before: their bounds stay, and what they spent is spent.
 *
 * A look that adds nothing to the information, or for which nothing is left to spend, has an infinite bound; what it did not spend is left
 * to those after it. Beyond fraction 1 the first look spends all that is left.
 */
export const spendingBounds = (
  fractions: readonly number[],
  alpha: number,
  spending: SpendingFunction,
  taken: readonly SpentBound[] = [],
): SpentBound[] =>
  boundsThatSpend(
    fractions.map((fraction) => alphaSpent(spending, alpha, fraction)),
    fractions,
    taken,
  );

/** A look of a group-sequential plan. */
export interface Boundary extends SpentBound {
  /** Share of the planned information, > 0; above 1 when more came than was planned. */
  readonly fraction: number;
  /** 2(1 − Φ(bound)): what the bound would mean were it the only look. */
  readonly nominalP: number;
}

export interface SpendingOptions {
  readonly taken?: readonly SpentBound[];
  /** The last look is declared the end, whatever its fraction: all that is left is spent there. */
  readonly final?: boolean;
}

/** {@link spendingBounds} with what they mean, for a plan that may end early. */
export const spendingBoundaries = (
  fractions: readonly number[],
  alpha: number,
  spending: SpendingFunction,
  { taken = [], final = false }: SpendingOptions = {},
): Boundary[] => {
  const targets = fractions.map((fraction, k) =>
    final && k === fractions.length - 1 ? alpha : alphaSpent(spending, alpha, fraction),
  );
  return boundsThatSpend(targets, fractions, taken).map((look, k) => ({
    ...look,
    fraction: fractions[k]!,
    nominalP: 2 * normalSf(look.bound),
  }));
};
