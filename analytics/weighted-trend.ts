import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import { waldTest } from "./wald-test.ts";
import { sumOf } from "./sum.ts";

/** `intercept` is the fitted value at x = 0; `difference` is the slope, per unit of x. */
export type Trend = DifferenceTest & { readonly intercept: number };

/**
 * Weighted least squares of independent estimates on x, their variances taken as known: weights w = 1/variance,
 * Var(slope) = 1/Σw(x − x̄)², a z-test of the slope. Two points with different x are the fewest.
 */
export const weightedTrend = (
  points: readonly (Estimate & { readonly x: number })[],
  alpha: number,
): Trend | Undefined => {
  const weight = sumOf(points, ({ variance }) => 1 / variance);
  const weighted = (value: (point: Estimate & { readonly x: number }) => number): number =>
    sumOf(points, (point) => value(point) / point.variance / weight);
  const x = weighted((point) => point.x);
  const y = weighted(({ mean }) => mean);
  const spread = weighted((point) => (point.x - x) ** 2);
  if (!(spread > 0)) return { kind: "undefined", reason: "too_few_observations" };
  const slope = weighted((point) => (point.x - x) * (point.mean - y)) / spread;
  const test = waldTest(slope, Math.sqrt(1 / weight / spread), alpha);
  return test.kind === "undefined" ? test : { ...test, intercept: y - slope * x };
};
