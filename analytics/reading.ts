import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Comparison, Posterior, Reading } from "../contract/results.ts";
import type { Compared } from "./compare-variants.ts";
import { type Amount, canCompare } from "./enough-data.ts";
import type { PlanMetric } from "./measure.ts";

/** +1 above 0 and −1 below it, by the interval where it excludes 0. */
const sideOf = ({ ci_low, ci_high, difference }: Comparison): number => {
  if (ci_low !== null && ci_low > 0) return 1;
  if (ci_high !== null && ci_high < 0) return -1;
  return Math.sign(difference ?? 0);
};

/**
 * One of the two is better with a chance of 1 − α, and choosing it although it is not is expected to lose next to nothing. Either alone decides
 * far too often where nothing changes: with many units every loss is small, and with few the chance swings. Where both losses are small,
 * either choice will do.
 */
const byLoss = (
  { expected_loss, expected_loss_control, chance_to_win }: Posterior,
  { loss_threshold: threshold, significance_level: alpha }: AnalysisPlan,
): Reading => {
  if (expected_loss < threshold && expected_loss_control >= threshold && chance_to_win >= 1 - alpha) return "better";
  return expected_loss_control < threshold && expected_loss >= threshold && chance_to_win <= alpha
    ? "worse"
    : "unclear";
};

/** How much worse a guardrail may have become, against how much is put up with; both in the bad direction. */
const byLimit = ({ limit, direction }: PlanMetric, comparison: Comparison): Reading => {
  const { difference, lift, ci_low, ci_high, lift_ci_low, lift_ci_high } = comparison;
  const sign = direction === "increase" ? -1 : 1;
  const harmOf = (low: number, high: number): readonly [number, number] => (sign > 0 ? [low, high] : [-high, -low]);
  if (lift_ci_low !== null && lift_ci_high !== null) {
    const [least, most] = harmOf(lift_ci_low, lift_ci_high);
    if (most < (limit ?? 0)) return "within_limit";
    if (least > (limit ?? 0)) return "crossed_limit";
    return least > 0 ? "some_harm" : "not_ruled_out";
  }
  // Without a baseline no share can be told, but still which side it is on, and what is beyond the limit of the largest that it can be: its
  // standard error is no larger than the difference's.
  if (ci_low === null || ci_high === null) return "undefined";
  const [least, most] = harmOf(ci_low, ci_high);
  if (most < 0) return "within_limit";
  const baseline = lift ? Math.abs((difference ?? 0) / lift) + (ci_high - ci_low) / 2 : (ci_high - ci_low) / 2;
  if (least > (limit ?? 0) * baseline && least > 0) return "crossed_limit";
  return least > 0 ? "some_harm" : "not_ruled_out";
};

/** A comparison, and how much it was made from. */
type ToRead = Pick<Compared, "metric" | "comparison"> & { readonly control: Amount; readonly treatment: Amount };

/**
 * What a comparison says by the plan, after its correction. No limit is crossed, or kept to, by numbers too small for the normal distribution:
 * other than the primary metric's, the verdict does not wait for a guardrail's to grow.
 */
export const readingOf = (plan: AnalysisPlan, { metric, control, treatment, comparison }: ToRead): Reading => {
  if (metric.role === "guardrail") {
    // A prior on the lift says nothing where there is no lift; the difference is then read as it is.
    const hasNoLift = plan.method === "bayesian" && comparison.views.bayesian === null;
    const reading = byLimit(metric, hasNoLift ? { ...comparison, ...comparison.views.fixed_horizon } : comparison);
    return reading === "undefined" || canCompare(metric, control, treatment) ? reading : "not_ruled_out";
  }
  if (plan.method === "bayesian") {
    const posterior = comparison.views.bayesian;
    return posterior ? byLoss(posterior, plan) : "undefined";
  }
  const { adjusted_p_value: p } = comparison;
  if (p === null) return "undefined";
  const side = sideOf(comparison);
  if (p >= plan.significance_level || side === 0) return "unclear";
  return side > 0 === (metric.direction === "increase") ? "better" : "worse";
};
