import type { AdjustedLift } from "../../analytics/adjusted-lift.ts";
import { cuped } from "../../analytics/cuped.ts";
import { cupedRatio } from "../../analytics/cuped-ratio.ts";
import type { DifferenceTest, Undefined } from "../../analytics/difference.ts";
import { type JointSums, type PairedMoments, pairedMomentsOf } from "../../analytics/joint-moments.ts";
import { postStratify, type Stratum } from "../../analytics/post-stratification.ts";
import { thetaOf } from "../../analytics/theta.ts";
import type { SumName } from "../../contract/sums.ts";
import type { Fields, Json } from "./compare.ts";
import { alphaIn, computed, type Methods, numberIn, undefinedBecause } from "./method.ts";

/** Every double that is not absurdly small is a whole number of these, and so is every product in their squares. */
const UNIT = 2 ** 200;

const parts = (value: number, unit: number): bigint => BigInt(Math.trunc(value * unit));

/** The very sums that a vector gives, which are doubles, in parts of {@link UNIT}: `names` says how it calls them. */
export const sumsIn = (input: Json | undefined, names: Readonly<Partial<Record<SumName, string>>>): JointSums => {
  const fields = input as Fields;
  const sums = Object.entries(names).map(([name, field]) => {
    const value = numberIn(fields, field);
    return [name, name.length === 1 ? parts(value, UNIT) : parts(value * UNIT, UNIT)] as const;
  });
  return { n: numberIn(fields, "n"), sums: Object.fromEntries(sums) };
};

const PAIRED = { y: "sum_y", x: "sum_x", yy: "sum_y_squared", xx: "sum_x_squared", yx: "sum_x_times_y" };

const momentsIn = (input: Json | undefined): PairedMoments => {
  const { n, y, x, yy, yx, xx } = pairedMomentsOf(sumsIn(input, PAIRED));
  const value = 1e6 / UNIT;
  return { n, y: y * value, x: x * value, yy: yy * value * value, yx: yx * value * value, xx: xx * value * value };
};

const RATIO = {
  y: "sum_m_post",
  d: "sum_d_post",
  x: "sum_m_pre",
  e: "sum_d_pre",
  yy: "sum_m_post_x_m_post",
  yd: "sum_m_post_x_d_post",
  yx: "sum_m_post_x_m_pre",
  ye: "sum_m_post_x_d_pre",
  dd: "sum_d_post_x_d_post",
  dx: "sum_d_post_x_m_pre",
  de: "sum_d_post_x_d_pre",
  xx: "sum_m_pre_x_m_pre",
  xe: "sum_m_pre_x_d_pre",
  ee: "sum_d_pre_x_d_pre",
};

/** What a test or a lift says; nothing where it is undefined. */
const known = (result: DifferenceTest | AdjustedLift | Undefined): Partial<DifferenceTest & AdjustedLift> =>
  result.kind === "undefined" ? {} : result;

/** The log10 of a p-value, null where there is none. */
const log10P = (test: DifferenceTest | Undefined): number | null =>
  test.kind === "undefined" ? null : test.lnPValue / Math.LN10;

const cupedFields = (input: Fields): Readonly<Record<string, unknown>> => {
  const control = momentsIn(input["control"]);
  const treatment = momentsIn(input["treatment"]);
  const result = cuped(control, treatment, alphaIn(input));
  const { test, lift } = result;
  if (test.kind === "undefined" && test.reason !== "zero_variance") return undefinedBecause(test.reason);
  const tested = known(test);
  const relative = known(lift);
  const undefinedFields = test.kind === "undefined" ? { undefined: true, reason: test.reason } : {};
  return {
    ...undefinedFields,
    joint_theta: {
      ...undefinedFields,
      theta: result.theta,
      adjusted_mean_control: result.control.mean,
      adjusted_mean_treatment: result.treatment.mean,
      adjusted_variance_control: result.control.variance,
      adjusted_variance_treatment: result.treatment.variance,
      absolute_difference: result.treatment.mean - result.control.mean,
      standard_error: tested.standardError ?? 0,
      t_statistic: tested.statistic ?? null,
      degrees_of_freedom_welch_satterthwaite: test.kind === "undefined" ? null : test.degreesOfFreedom,
      p_two_sided: tested.pValue ?? null,
      log10_p_two_sided: log10P(test),
      ci_absolute: tested.interval ?? null,
      variance_reduction_fraction: result.varianceReduction ?? null,
      relative_lift_vs_unadjusted_control_mean: relative.lift ?? null,
      se_relative_lift_delta: relative.standardError ?? null,
      ci_relative_delta_t: relative.interval ?? null,
    },
    theta_within_arms: thetaOf(control, treatment, "within"),
  };
};

const cupedRatioFields = (input: Fields): Readonly<Record<string, unknown>> => {
  const result = cupedRatio(sumsIn(input["control"], RATIO), sumsIn(input["treatment"], RATIO), alphaIn(input));
  if (result.kind === "undefined") return undefinedBecause(result.reason);
  const { test } = result;
  const tested = known(test);
  const relative = known(result.lift);
  return {
    ...(test.kind === "undefined" ? { undefined: true, reason: test.reason } : {}),
    theta: result.theta,
    ratio_post_control: result.control,
    ratio_post_treatment: result.treatment,
    absolute_difference: result.difference,
    standard_error: tested.standardError ?? 0,
    z_statistic: tested.statistic ?? null,
    p_two_sided_normal: tested.pValue ?? null,
    log10_p_two_sided_normal: log10P(test),
    ci_absolute_normal: tested.interval ?? null,
    variance_reduction_fraction: result.varianceReduction ?? null,
    relative_lift_vs_unadjusted_control_ratio: relative.lift ?? null,
    se_relative_lift_delta: relative.standardError ?? null,
    ci_relative_delta_normal: relative.interval ?? null,
  };
};

const postStratificationFields = (input: Fields): Readonly<Record<string, unknown>> => {
  const result = postStratify(input["strata"] as unknown as readonly Stratum[], alphaIn(input));
  if (result.kind === "undefined") return undefinedBecause(result.reason);
  const fixed = known(result.fixedWeights);
  const random = known(result.randomWeights);
  const relative = known(result.lift);
  return {
    ...(result.randomWeights.kind === "undefined" ? { undefined: true, reason: result.randomWeights.reason } : {}),
    weights: result.weights,
    stratum_differences: result.differences,
    adjusted_control_mean: result.controlMean,
    absolute_difference: result.difference,
    standard_error_fixed_weights: fixed.standardError ?? 0,
    z_fixed_weights: fixed.statistic ?? null,
    p_two_sided_fixed_weights: fixed.pValue ?? null,
    log10_p_two_sided_fixed_weights: log10P(result.fixedWeights),
    ci_absolute_fixed_weights: fixed.interval ?? null,
    standard_error_random_weights: random.standardError ?? 0,
    p_two_sided_random_weights: random.pValue ?? null,
    log10_p_two_sided_random_weights: log10P(result.randomWeights),
    ci_absolute_random_weights: random.interval ?? null,
    relative_lift: relative.lift ?? null,
    se_relative_lift_delta_random_weights: relative.standardError ?? null,
    ci_relative_delta_random_weights: relative.interval ?? null,
  };
};

export const varianceReduction: Methods = {
  "CUPED regression adjustment (means and proportions, pooled theta)": computed(cupedFields),
  "CUPED for ratio metrics": computed(cupedRatioFields),
  "Post-stratified difference in means": computed(postStratificationFields),
};
