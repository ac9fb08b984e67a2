import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import { pooledEstimate } from "./pooled-estimate.ts";
import { waldTest } from "./wald-test.ts";

type Point = Estimate & { readonly x: number };

/** A mean over points that are weighted by 1/variance. */
const weighted = (points: readonly Point[], of: (point: Point) => number): number =>
  pooledEstimate(points.map((point) => ({ mean: of(point), variance: point.variance }))).mean;

/**
 * The slope per unit of x, by weighted least squares of independent estimates on x, their variances taken as known: weights
 * w = 1/variance, Var(slope) = 1/Σw(x − x̄)², a z-test. Two points with different x are the fewest.
 */
export const weightedSlope = (points: readonly Point[], alpha: number): DifferenceTest | Undefined => {
  const { mean: y, variance } = pooledEstimate(points);
  const x = weighted(points, (point) => point.x);
  const spread = weighted(points, (point) => (point.x - x) ** 2);
  if (!(spread > 0)) return { kind: "undefined", reason: "too_few_observations" };
  const slope = weighted(points, (point) => (point.x - x) * (point.mean - y)) / spread;
  return waldTest(slope, Math.sqrt(variance / spread), alpha);
};

/** `intercept` is the fitted value at x = 0; `difference` is the slope. */
export type Trend = DifferenceTest & { readonly intercept: number };

/** {@link weightedSlope} with the rest of the line. */
export const weightedTrend = (points: readonly Point[], alpha: number): Trend | Undefined => {
  const slope = weightedSlope(points, alpha);
  return slope.kind === "undefined"
    ? slope
    : {
        ...slope,
        intercept: weighted(points, ({ mean }) => mean) - slope.difference * weighted(points, ({ x }) => x),
      };
};
