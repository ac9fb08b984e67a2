import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Estimate } from "../contract/estimate.ts";
import type { Comparison, Posterior } from "../contract/results.ts";
import { mixtureRatio, sequenceCritical } from "./confidence-sequence.ts";
import type { Contrast } from "./contrast.ts";
import { normalUpperQuantile } from "./distributions/normal.ts";
import { liftInterval, liftVariance } from "./lift-interval.ts";
import { lnMixtureRatio } from "./msprt.ts";
import { believe, chanceWithin } from "./normal-posterior.ts";
import { waldTest } from "./wald-test.ts";

/** One with its variant, and with room for what its p-value comes to when it is made up for others. */
export type VariantEstimate = Estimate & Pick<Comparison, "key" | "adjusted_p_value">;

/** The estimate by itself. */
export const alone = ({ key: _key, adjusted_p_value: _adjusted, ...estimate }: VariantEstimate): Estimate => estimate;

/** The lift that is known even where nothing can be said of it. */
export const liftOf = ({ difference, baseline }: Contrast): number | null =>
  difference === null || baseline === null || baseline === 0 ? null : difference / Math.abs(baseline);

/**
 * What can be said, with a method's answer and without: how many standard errors its interval goes to either side, and the p-value that agrees
 * with it. The lift's interval is as many standard errors wide as the difference's, so that the two agree about 0.
 */
export const estimateOf = (
  contrast: Contrast,
  critical: number | null = null,
  lnPValue = 0,
  pValue = Math.exp(lnPValue),
): VariantEstimate => {
  const { difference, baseline, reason } = contrast;
  const hasAnswer = critical !== null;
  const standardError = Math.sqrt(contrast.variance);
  const isKnown = hasAnswer && difference !== null;
  const lift = hasAnswer && liftInterval(contrast, critical);
  return {
    difference,
    standard_error: hasAnswer ? standardError : null,
    ci_low: isKnown ? difference - critical * standardError : null,
    ci_high: isKnown ? difference + critical * standardError : null,
    lift: liftOf(contrast),
    lift_ci_low: lift ? lift[0] : null,
    lift_ci_high: lift ? lift[1] : null,
    p_value: hasAnswer ? pValue : null,
    log10_p_value: hasAnswer ? lnPValue / Math.LN10 : null,
    undefined_reason: hasAnswer ? null : reason,
    lift_undefined_reason: lift
      ? null
      : difference !== null && baseline === 0
        ? "zero_baseline"
        : hasAnswer
          ? "unbounded"
          : reason,
    key: contrast.key,
    adjusted_p_value: null,
  };
};

/** By the test that holds at every look; see `confidence-sequence.ts`. */
export const anytime = (contrast: Contrast, alpha: number, tuningUnits: number): VariantEstimate => {
  const { difference, variance, units } = contrast;
  if (difference === null || !(variance > 0)) return estimateOf(contrast);
  const lnEValue = lnMixtureRatio(difference / Math.sqrt(variance), mixtureRatio(units, tuningUnits, alpha));
  return estimateOf(contrast, sequenceCritical(units, tuningUnits, alpha), Math.min(0, -lnEValue));
};

/** By a test that is read once. */
export const fixedHorizon = (contrast: Contrast, alpha: number): VariantEstimate => {
  const { difference, variance, degreesOfFreedom } = contrast;
  const test = waldTest(difference ?? 0, Math.sqrt(variance), alpha, degreesOfFreedom ?? undefined);
  return test.kind === "estimated"
    ? estimateOf(contrast, test.critical, test.lnPValue, test.pValue)
    : estimateOf(contrast);
};

export type Plan = Pick<
  AnalysisPlan,
  "method" | "significance_level" | "tuning_units" | "prior_sd" | "min_detectable_effect"
>;

/** What is believed of the lift, from a normal prior around none. Null where there is no lift to be had. */
export const posteriorOf = (
  { prior_sd, min_detectable_effect, significance_level }: Plan,
  contrast: Contrast,
  direction: "increase" | "decrease",
): Posterior | null => {
  const variance = liftVariance(contrast) ?? 0;
  const lift = liftOf(contrast);
  if (lift === null || !(variance > 0)) return null;
  const prior = prior_sd === null ? undefined : { mean: 0, sd: prior_sd };
  const belief = believe(lift, Math.sqrt(variance), prior);
  const { mean, sd, lnAbove, lnBelow, gain, loss } = belief;
  const half = normalUpperQuantile(significance_level / 2) * sd;
  const higherIsBetter = direction === "increase";
  return {
    lift_mean: mean,
    lift_sd: sd,
    lift_ci_low: mean - half,
    lift_ci_high: mean + half,
    chance_to_win: Math.exp(higherIsBetter ? lnAbove : lnBelow),
    expected_loss: higherIsBetter ? loss : gain,
    expected_loss_control: higherIsBetter ? gain : loss,
    chance_no_effect: min_detectable_effect === null ? null : chanceWithin(min_detectable_effect, belief),
  };
};

/** The posterior as an estimate: it has an interval, and no p-value. */
const bayesian = (contrast: Contrast, posterior: Posterior | null): VariantEstimate => {
  const empty = estimateOf(contrast);
  if (!posterior || contrast.baseline === null)
    return { ...empty, undefined_reason: contrast.reason ?? empty.lift_undefined_reason };
  const size = Math.abs(contrast.baseline);
  const { lift_mean, lift_sd, lift_ci_low, lift_ci_high } = posterior;
  return {
    ...empty,
    difference: lift_mean * size,
    standard_error: lift_sd * size,
    ci_low: lift_ci_low * size,
    ci_high: lift_ci_high * size,
    lift: lift_mean,
    lift_ci_low,
    lift_ci_high,
    undefined_reason: null,
    lift_undefined_reason: null,
  };
};

/**
 * The estimate by the plan's method from what is there now, looks and earlier intervals left aside. Of a group-sequential plan, whose looks
 * alone count, it is that of a test that is read once.
 */
export const estimateByPlan = (plan: Plan, contrast: Contrast, direction: "increase" | "decrease"): VariantEstimate => {
  if (plan.method === "bayesian") return bayesian(contrast, posteriorOf(plan, contrast, direction));
  return plan.method === "anytime"
    ? anytime(contrast, plan.significance_level, plan.tuning_units)
    : fixedHorizon(contrast, plan.significance_level);
};
