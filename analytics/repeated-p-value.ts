import { normalLnTails } from "./distributions/normal.ts";
import { spendingBounds } from "./group-sequential.ts";
import { solveBySecant } from "./secant.ts";
import type { SpendingFunction } from "./spending.ts";

/** Smaller ones are given as this. */
const SMALLEST_LN = -690;

/**
 * ln of the repeated p-value: the level at which a group-sequential test with looks at these information fractions would just reject at the
 * last of them, where |Z| is `size`. It is below α exactly where `size` is beyond the bound at α, and holds at all looks at once.
 *
 * Source: C. Jennison & B. W. Turnbull, "Interim analyses: the repeated confidence interval approach" (1989).
 */
export const lnRepeatedPValue = (fractions: readonly number[], size: number, spending: SpendingFunction): number => {
  // Above 0 where the level would reject. Squared, bounds are nearly straight in ln α.
  const excess = (lnAlpha: number): number => {
    const bound = spendingBounds(fractions, Math.exp(lnAlpha), spending).at(-1)?.bound ?? Infinity;
    return size * size - Math.min(bound, 1e6) ** 2;
  };
  if (excess(0) <= 0) return 0;
  // It is never below what the look would say were it the only one.
  const alone = Math.LN2 + normalLnTails(size).lnUpper;
  if (excess(SMALLEST_LN) >= 0) return SMALLEST_LN;
  return solveBySecant((lnAlpha) => excess(Math.max(SMALLEST_LN, Math.min(0, lnAlpha))), alone, 2);
};
