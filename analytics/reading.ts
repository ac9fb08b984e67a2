import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Estimate } from "../contract/estimate.ts";
import type { Posterior, Reading } from "../contract/results.ts";
import type { Compared } from "./compare-variants.ts";
import { type Amount, canCompare } from "./enough-data.ts";
import type { PlanMetric } from "./measure.ts";

/**
 * One of the two is better with a chance of 1 − α, and choosing it although it is not is expected to lose next to nothing. Either alone decides
 * far too often where nothing changes: with many units every loss is small, and with few the chance swings. Where both losses are small,
 * either choice will do.
 */
const byLoss = (
  { expected_loss, expected_loss_control, chance_to_win }: Posterior,
  { loss_threshold: threshold, significance_level: alpha }: AnalysisPlan,
): Reading => {
  const losesLittle = expected_loss < threshold;
  const isClear = losesLittle ? chance_to_win >= 1 - alpha : chance_to_win <= alpha;
  if (!isClear || losesLittle === expected_loss_control < threshold) return "unclear";
  return losesLittle ? "better" : "worse";
};

/** How much worse a guardrail may have become, against how much is put up with; both in the bad direction. */
const byLimit = ({ limit, direction }: PlanMetric, estimate: Estimate): Reading => {
  const { difference, lift, ci_low, ci_high, lift_ci_low, lift_ci_high } = estimate;
  const isLift = lift_ci_low !== null && lift_ci_high !== null;
  const [low, high] = isLift ? [lift_ci_low, lift_ci_high] : [ci_low, ci_high];
  if (low === null || high === null) return "undefined";
  const [least, most] = direction === "increase" ? [-high, -low] : [low, high];
  // Without a baseline no share can be told, but still which side it is on, and what is beyond the limit of the largest that it can be: its
  // standard error is no larger than the difference's.
  const baseline = isLift ? 1 : (lift ? Math.abs((difference ?? 0) / lift) : 0) + (high - low) / 2;
  if (most < (isLift ? (limit ?? 0) : 0)) return "within_limit";
  if (least <= 0) return "not_ruled_out";
  return least > (limit ?? 0) * baseline ? "crossed_limit" : "some_harm";
};

/** A comparison, and how much it was made from. */
type ToRead = Pick<Compared, "metric" | "comparison"> & { readonly control: Amount; readonly treatment: Amount };

/**
 * What a comparison says by the plan, after its correction. No limit is crossed, or kept to, by numbers too small for the normal distribution:
 * other than the primary metric's, the verdict does not wait for a guardrail's to grow.
 */
export const readingOf = (plan: AnalysisPlan, { metric, control, treatment, comparison }: ToRead): Reading => {
  const { bayesian, fixed_horizon } = comparison.views;
  const isBayesian = plan.method === "bayesian";
  if (metric.role === "guardrail") {
    // A prior on the lift says nothing where there is no lift; the difference is then read as it is.
    const reading = byLimit(metric, isBayesian && !bayesian ? fixed_horizon : comparison);
    return reading === "undefined" || canCompare(metric, control, treatment) ? reading : "not_ruled_out";
  }
  if (isBayesian) return bayesian ? byLoss(bayesian, plan) : "undefined";
  const { adjusted_p_value: p, ci_low, ci_high } = comparison;
  if (p === null) return "undefined";
  // What all of the interval is on one side of, its middle is.
  const middle = (ci_low ?? 0) + (ci_high ?? 0);
  if (p >= plan.significance_level || middle === 0) return "unclear";
  return middle > 0 === (metric.direction === "increase") ? "better" : "worse";
};
