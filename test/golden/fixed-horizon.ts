import { cappedSample, percentileCap } from "../../analytics/capping.ts";
import {
  compareRates,
  type EventCount,
  eventRate,
  exactRatesLn,
  rateRatioInterval,
} from "../../analytics/count-rates.ts";
import type { DifferenceTest, Estimate, Undefined } from "../../analytics/difference.ts";
import { normalSf, normalUpperQuantile } from "../../analytics/distributions/normal.ts";
import { studentTSf } from "../../analytics/distributions/student-t.ts";
import { fiellerLift } from "../../analytics/fieller.ts";
import { fisherExact } from "../../analytics/fisher-exact.ts";
import type { JointSums } from "../../analytics/joint-moments.ts";
import { katzLift } from "../../analytics/katz.ts";
import { estimateLift, liftOf, liftStandardError } from "../../analytics/lift.ts";
import { mergeMoments, momentsOfValues, sampleOfMoments } from "../../analytics/moments.ts";
import {
  compareQuantiles,
  orderedValues,
  quantileEstimate,
  type QuantileSummary,
  summariseQuantile,
} from "../../analytics/quantile.ts";
import { compareRatios, ratioOf } from "../../analytics/ratio-metric.ts";
import {
  comparePooledProportions,
  compareProportions,
  type Proportion,
  rateDifference,
  rateOf,
} from "../../analytics/two-proportions.ts";
import { waldTest } from "../../analytics/wald-test.ts";
import { compareMeans, meanOf, type Sample } from "../../analytics/welch.ts";
import { newcombeInterval, wilsonInterval } from "../../analytics/wilson.ts";
import type { Fields, Json } from "./compare.ts";
import { alphaIn, computed, type Methods, numberIn, undefinedBecause } from "./method.ts";
import { sumsIn } from "./variance-reduction.ts";

type Compare<T> = (control: T, treatment: T, alpha: number) => Readonly<Record<string, unknown>>;

const fieldsOf = (value: Json | undefined): Fields => value as Fields;
const numbersIn = (input: Fields, field: string): readonly number[] => input[field] as readonly number[];

/** A comparison of a control with a treatment, each read by `read`. */
const comparing = <T>(read: (arm: Fields) => T, compare: Compare<T>) =>
  computed((input) => compare(read(fieldsOf(input["control"])), read(fieldsOf(input["treatment"])), alphaIn(input)));

const log10 = (ln: number): number => ln / Math.LN10;

/** What the fields of an undefined test are. */
const NOTHING = { statistic: null, pValue: null, lnPValue: null, interval: null } as const;
const known = (test: Partial<DifferenceTest> | Undefined): Partial<DifferenceTest> | typeof NOTHING =>
  test.kind === "estimated" ? test : NOTHING;

/** An undefined test: what is known without it, the reason, and null for all else. */
const onlyKnown = (reason: string, fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.assign(undefinedBecause(reason), fields);

/** The lift and both of its intervals, under the names that the vectors give them. */
const liftFields = (
  control: Estimate,
  treatment: Estimate,
  critical: number,
  suffix: "" | "_t" | "_normal",
): Readonly<Record<string, unknown>> => {
  const lift = liftOf(control.mean, treatment.mean);
  const standardError = liftStandardError(control, treatment);
  const both = estimateLift(control, treatment, critical);
  const fieller = fiellerLift(control, treatment, critical);
  return {
    relative_lift: lift ?? null,
    se_relative_lift_delta: standardError ?? null,
    [`ci_relative_delta${suffix}`]: both.kind === "estimated" ? (both.deltaInterval ?? null) : null,
    [`ci_relative_fieller${suffix}`]: fieller.kind === "bounded" ? fieller.interval : null,
    fieller_status: fieller.kind,
    fieller_g: fieller.g,
  };
};

const twoProportions: Compare<Proportion> = (control, treatment, alpha) => {
  const unpooled = compareProportions(control, treatment, alpha);
  const pooled = comparePooledProportions(control, treatment);
  if (unpooled.kind === "undefined" && unpooled.reason === "no_data") return undefinedBecause(unpooled.reason);
  const before = rateOf(control);
  const after = rateOf(treatment);
  const wald = known(unpooled);
  const score = known(pooled);
  return {
    rate_control: before.mean,
    rate_treatment: after.mean,
    absolute_difference: rateDifference(control, treatment),
    pooled_rate:
      pooled.kind === "estimated"
        ? pooled.pooledRate
        : (control.conversions + treatment.conversions) / (control.n + treatment.n),
    se_pooled: pooled.kind === "estimated" ? pooled.standardError : 0,
    z_pooled: score.statistic,
    p_two_sided_pooled: score.pValue,
    log10_p_two_sided_pooled: typeof score.lnPValue === "number" ? log10(score.lnPValue) : null,
    se_unpooled: unpooled.kind === "estimated" ? unpooled.standardError : 0,
    z_unpooled: wald.statistic,
    p_two_sided_unpooled: wald.pValue,
    log10_p_two_sided_unpooled: typeof wald.lnPValue === "number" ? log10(wald.lnPValue) : null,
    ci_absolute_wald: wald.interval,
    wilson_ci_control: wilsonInterval(control, alpha),
    wilson_ci_treatment: wilsonInterval(treatment, alpha),
    ci_absolute_newcombe: newcombeInterval(control, treatment, alpha),
    ci_relative_log_katz: katzLift(control, treatment, alpha) ?? null,
    p_fisher_exact_two_sided: fisherExact(control, treatment),
    ...liftFields(before, after, normalUpperQuantile(alpha / 2), ""),
  };
};

const welch: Compare<Sample> = (control, treatment, alpha) => {
  const test = compareMeans(control, treatment, alpha);
  const values = {
    mean_control: control.mean,
    mean_treatment: treatment.mean,
    variance_control: control.variance,
    variance_treatment: treatment.variance,
    absolute_difference: treatment.mean - control.mean,
  };
  if (test.kind === "undefined")
    return test.reason === "no_data" ? undefinedBecause(test.reason) : onlyKnown(test.reason, values);
  const { statistic, degreesOfFreedom, critical } = test;
  const lift = liftFields(meanOf(control), meanOf(treatment), critical, "_t");
  const relative =
    lift["relative_lift"] === null
      ? NOTHING
      : known(
          waldTest(lift["relative_lift"] as number, lift["se_relative_lift_delta"] as number, alpha, degreesOfFreedom),
        );
  return {
    ...values,
    standard_error: test.standardError,
    t_statistic: statistic,
    degrees_of_freedom_welch_satterthwaite: degreesOfFreedom,
    critical_t: critical,
    p_two_sided: test.pValue,
    log10_p_two_sided: log10(test.lnPValue),
    p_one_sided_treatment_greater: studentTSf(statistic, degreesOfFreedom),
    p_one_sided_treatment_less: studentTSf(-statistic, degreesOfFreedom),
    ci_absolute: test.interval,
    p_two_sided_normal_approximation: 2 * normalSf(Math.abs(statistic)),
    p_two_sided_relative_delta_t: relative.pValue,
    ...lift,
  };
};

const RATIO = {
  y: "sum_numerator",
  d: "sum_denominator",
  yy: "sum_numerator_squared",
  yd: "sum_numerator_times_denominator",
  dd: "sum_denominator_squared",
};

const ratioMetric: Compare<JointSums> = (control, treatment, alpha) => {
  const test = compareRatios(control, treatment, alpha);
  const before = ratioOf(control);
  const after = ratioOf(treatment);
  if (!before || !after) return undefinedBecause(test.kind === "undefined" ? test.reason : "zero_denominator");
  const values = {
    ratio_control: before.mean,
    ratio_treatment: after.mean,
    absolute_difference: after.mean - before.mean,
  };
  if (test.kind === "undefined") return onlyKnown(test.reason, values);
  const student = compareMeans(before, after, alpha);
  return {
    ...values,
    se_ratio_control: Math.sqrt(meanOf(before).variance),
    se_ratio_treatment: Math.sqrt(meanOf(after).variance),
    standard_error: test.standardError,
    z_statistic: test.statistic,
    p_two_sided_normal: test.pValue,
    log10_p_two_sided_normal: log10(test.lnPValue),
    ci_absolute_normal: test.interval,
    degrees_of_freedom_welch_satterthwaite: student.kind === "estimated" ? student.degreesOfFreedom : null,
    p_two_sided_t: known(student).pValue,
    ci_absolute_t: known(student).interval,
    ...liftFields(meanOf(before), meanOf(after), test.critical, "_normal"),
  };
};

const quantileFields: Compare<QuantileSummary> = (control, treatment, alpha) => {
  const test = compareQuantiles(control, treatment, alpha);
  const before = quantileEstimate(control);
  const after = quantileEstimate(treatment);
  if (control.n === 0 || treatment.n === 0) return undefinedBecause("no_data");
  const values = {
    quantile_control: control.estimate,
    quantile_treatment: treatment.estimate,
    bounds_control: [control.lower, control.upper],
    bounds_treatment: [treatment.lower, treatment.upper],
    absolute_difference: treatment.estimate - control.estimate,
  };
  if (test.kind === "undefined") return onlyKnown(test.reason, values);
  if (before.kind === "undefined" || after.kind === "undefined") throw new TypeError("The test needs both estimates.");
  return {
    ...values,
    se_control: Math.sqrt(before.variance),
    se_treatment: Math.sqrt(after.variance),
    standard_error: test.standardError,
    z_statistic: test.statistic,
    p_two_sided_normal: test.pValue,
    log10_p_two_sided_normal: log10(test.lnPValue),
    ci_absolute_normal: test.interval,
    ...liftFields(before, after, test.critical, "_normal"),
  };
};

const CLUSTERS = {
  y: "sum_indicator",
  d: "sum_events",
  yy: "sum_indicator_squared",
  yd: "sum_indicator_times_events",
  dd: "sum_events_squared",
};

const quantileSummary = (arm: Fields): QuantileSummary => ({
  quantile: numberIn(arm, "quantile"),
  n: numberIn(arm, "n_events"),
  estimate: numberIn(arm, "quantile_hat"),
  lower: numberIn(arm, "quantile_lower"),
  upper: numberIn(arm, "quantile_upper"),
  z: normalUpperQuantile(0.025),
  ...(arm["clusters"] ? { clusters: sumsIn({ ...arm, n: arm["clusters"] }, CLUSTERS) } : {}),
});

const eventCount = (arm: Fields): EventCount => ({
  events: numberIn(arm, "events"),
  exposure: numberIn(arm, "exposure"),
});

const countRates: Compare<EventCount> = (control, treatment, alpha) => {
  const test = compareRates(control, treatment, alpha);
  if (test.kind === "undefined" && test.reason === "no_data") return undefinedBecause(test.reason);
  const before = eventRate(control).mean;
  const after = eventRate(treatment).mean;
  const wald = known(test);
  const exact = exactRatesLn(control, treatment);
  return {
    rate_control: before,
    rate_treatment: after,
    rate_difference: after - before,
    se_difference: test.kind === "estimated" ? test.standardError : 0,
    z_unpooled: wald.statistic,
    p_two_sided_wald: wald.pValue,
    ci_difference_wald: wald.interval,
    p_two_sided_exact_conditional: exact === undefined ? null : Math.exp(exact),
    rate_ratio: before === 0 ? null : after / before,
    ci_ratio_log: rateRatioInterval(control, treatment, alpha) ?? null,
  };
};

export const fixedHorizon: Methods = {
  "Two-proportion z-test and intervals": comparing(
    (arm) => ({ n: numberIn(arm, "n"), conversions: numberIn(arm, "conversions") }),
    twoProportions,
  ),
  "Welch t-test on means (difference, relative lift, Fieller)": comparing(
    (arm) => ({ n: numberIn(arm, "n"), mean: numberIn(arm, "mean"), variance: numberIn(arm, "variance") }),
    welch,
  ),
  "Ratio metric (sum of numerators / sum of denominators per unit), delta method": comparing(
    (arm) => sumsIn(arm, RATIO),
    ratioMetric,
  ),
  "Quantile difference from raw unit-level values (small n)": computed((input) => {
    const alpha = alphaIn(input);
    const summary = (field: string): QuantileSummary =>
      summariseQuantile(
        orderedValues(numbersIn(input, field)),
        numberIn(input, "quantile"),
        normalUpperQuantile(alpha / 2),
      );
    return quantileFields(summary("control_values"), summary("treatment_values"), alpha);
  }),
  "Quantile difference from sample quantile, its 95% order-statistic bounds and cluster sums": comparing(
    quantileSummary,
    quantileFields,
  ),
  "Event-rate comparison (Poisson counts over exposure) and over-dispersion": comparing(eventCount, countRates),
  "Capping / winsorising at a pooled percentile or an absolute value": computed((input) => {
    const control = numbersIn(input, "control_values");
    const treatment = numbersIn(input, "treatment_values");
    const cap =
      typeof input["absolute_cap"] === "number"
        ? input["absolute_cap"]
        : percentileCap([control, treatment], numberIn(input, "percentile"), input["ignore_zeros"] === true);
    if (cap === undefined) return undefinedBecause("no_data");
    const before = cappedSample(control, cap);
    const after = cappedSample(treatment, cap);
    return {
      cap,
      capped_count_control: before.capped,
      capped_count_treatment: after.capped,
      mean_control: before.n > 0 ? before.mean : null,
      mean_treatment: after.n > 0 ? after.mean : null,
      variance_control: before.n > 1 ? before.variance : null,
      variance_treatment: after.n > 1 ? after.variance : null,
    };
  }),
  "Numerically stable moments and their merging": computed((input) => {
    const groups = input["groups"] as readonly (readonly number[])[];
    const moments = groups.map(momentsOfValues).reduce(mergeMoments, momentsOfValues([]));
    const { n, mean, variance } = sampleOfMoments(moments);
    return { n, mean: n > 0 ? mean : null, m2: moments.m2, variance: n > 1 ? variance : null };
  }),
};
