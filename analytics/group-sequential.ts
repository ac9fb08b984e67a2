import { normalSf } from "./distributions/normal.ts";
import type { Look } from "./exit-probabilities.ts";
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
): (Look & SpentBound)[] => {
  let latest = START;
  let spent = 0;
  return fractions.map((fraction, k) => {
    const before = latest;
    const target = targets[k]!;
    const known = taken[k];
    const grown = hasGrown(before.t, fraction);
    const bound = known?.bound ?? (grown ? boundFor(before, fraction, (target - spent) / 2) : Infinity);
    // Nobody stops at an infinite bound, so that the process need not be looked at there.
    const looked = grown && bound < Infinity;
    spent = known?.alphaSpent ?? (looked ? target : spent);
    if (looked && k < fractions.length - 1) latest = goOn(before, fraction, bound, fractions.slice(k + 1));
    return { fraction, bound, alphaSpent: spent, before };
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
): (Look & SpentBound)[] =>
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
  return boundsThatSpend(targets, fractions, taken).map(({ fraction, bound, alphaSpent: spent }) => ({
    fraction,
    bound,
    nominalP: 2 * normalSf(bound),
    alphaSpent: spent,
  }));
};
