import { spendingBounds } from "./group-sequential.ts";
import type { SpendingFunction } from "./spending.ts";

/** Smaller ones are given as this. */
const SMALLEST_LN = -690;
const MOST_STEPS = 60;
const CLOSE = 1e-10;

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
  let [low, high] = [SMALLEST_LN, 0];
  let [atLow, atHigh] = [excess(low), excess(high)];
  if (atHigh <= 0) return high;
  if (atLow >= 0) return low;
  // Illinois: regula falsi that halves the weight of an end that stays.
  let side = 0;
  for (let step = 0; step < MOST_STEPS && high - low > CLOSE * -low; step++) {
    const middle = (low * atHigh - high * atLow) / (atHigh - atLow);
    const value = excess(middle);
    if (Math.abs(value) < CLOSE * size * size) return middle;
    if (value > 0) {
      [high, atHigh] = [middle, value];
      if (side === 1) atLow /= 2;
      side = 1;
    } else {
      [low, atLow] = [middle, value];
      if (side === -1) atHigh /= 2;
      side = -1;
    }
  }
  return high;
};
