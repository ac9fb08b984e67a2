import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Estimate } from "../contract/estimate.ts";
import type { Comparison } from "../contract/results.ts";
import { adjustedContrastOf, type Contrast, contrastOf } from "./contrast.ts";
import { alone, anytime, estimateByPlan, fixedHorizon, type Plan, posteriorOf } from "./estimate.ts";
import type { Measured, PlanMetric } from "./measure.ts";

/** A comparison with what it was made from, before sequences, corrections and readings. */
export interface Compared {
  readonly metric: PlanMetric;
  readonly control: Measured;
  readonly treatment: Measured;
  /** With CUPED, where the plan asks for it and it can be had. */
  readonly contrast: Contrast;
  /** Without it. */
  readonly plain: Contrast;
  readonly comparison: Comparison;
}

type ComparePlan = Plan & Pick<AnalysisPlan, "cuped">;

/** The contrast that the plan asks for. */
export const contrastByPlan = (
  { cuped }: Pick<AnalysisPlan, "cuped">,
  control: Measured,
  treatment: Measured,
): Contrast => (cuped && adjustedContrastOf(control, treatment)) || contrastOf(control, treatment);

/** A variant against the control, by the plan's method alone and from what is there now: for segments, days and ages. */
export const quickEstimate = (
  plan: ComparePlan,
  { direction }: Pick<PlanMetric, "direction">,
  control: Measured,
  treatment: Measured,
): Estimate => estimateByPlan(plan, contrastByPlan(plan, control, treatment), direction);

/** A variant against the control, by the plan's method and by the others. */
export const compareVariants = (
  plan: ComparePlan,
  metric: PlanMetric,
  control: Measured,
  treatment: Measured,
): Compared => {
  const { direction } = metric;
  const { significance_level: alpha, tuning_units } = plan;
  const plain = contrastOf(control, treatment);
  const adjusted = plan.cuped ? adjustedContrastOf(control, treatment) : null;
  const contrast = adjusted ?? plain;
  return {
    metric,
    control,
    treatment,
    contrast,
    plain,
    comparison: {
      ...estimateByPlan(plan, contrast, direction),
      reading: "undefined",
      adjusted_lift_ci_low: null,
      adjusted_lift_ci_high: null,
      cuped: adjusted && {
        theta: adjusted.theta,
        variance_reduction: Math.max(0, 1 - contrast.variance / plain.variance),
        unadjusted: alone(estimateByPlan(plan, plain, direction)),
      },
      views: {
        anytime: alone(anytime(contrast, alpha, tuning_units)),
        fixed_horizon: alone(fixedHorizon(contrast, alpha)),
        bayesian: posteriorOf(plan, contrast, direction),
      },
    },
  };
};
