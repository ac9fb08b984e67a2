import type { AnalysedMetricType, MetricType } from "../contract/metric.ts";
import type { Comparison, MetricVariant, UndefinedReason } from "../contract/results.ts";
import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import { fiellerLift } from "./fieller.ts";
import { liftOf } from "./lift.ts";
import { momentsOf, type Sums } from "./moments.ts";
import { compareProportions, rateOf } from "./two-proportions.ts";
import { compareMeans, meanOf } from "./welch.ts";

/** One variant's units and what they did. */
export interface Measured {
  readonly key: string;
  /** Exposed units, those without an event included. */
  readonly units: number;
  /** Of the units with an event. */
  readonly events: Sums;
}

export const isAnalysed = (type: MetricType): type is AnalysedMetricType => type === "conversion" || type === "sum";

export const readingOf = (type: AnalysedMetricType, { key, units, events }: Measured): MetricVariant => {
  // A converted unit counts once, whatever it did after.
  const sum = type === "conversion" ? events.n : Number(events.sum) / 1e6;
  return { key, n: units, sum, mean: units === 0 ? null : sum / units };
};

interface Test {
  readonly before: Estimate;
  readonly after: Estimate;
  readonly test: DifferenceTest | Undefined;
}

const TESTS: Record<AnalysedMetricType, (control: Measured, treatment: Measured, alpha: number) => Test> = {
  conversion: (control, treatment, alpha) => {
    const before = { n: control.units, conversions: control.events.n };
    const after = { n: treatment.units, conversions: treatment.events.n };
    return { before: rateOf(before), after: rateOf(after), test: compareProportions(before, after, alpha) };
  },
  sum: (control, treatment, alpha) => {
    const before = momentsOf({ ...control.events, n: control.units });
    const after = momentsOf({ ...treatment.events, n: treatment.units });
    return { before: meanOf(before), after: meanOf(after), test: compareMeans(before, after, alpha) };
  },
};

const without = (key: string, reason: UndefinedReason): Comparison => ({
  key,
  difference: null,
  lift: null,
  ci_low: null,
  ci_high: null,
  p_value: null,
  lift_ci_low: null,
  lift_ci_high: null,
  standard_error: null,
  undefined_reason: reason,
  lift_undefined_reason: reason,
});

/** A variant against the control. The lift's interval uses the critical value of the test, so that the two agree. */
export const compareVariants = (
  type: AnalysedMetricType,
  control: Measured,
  treatment: Measured,
  alpha: number,
): Comparison => {
  if (control.units === 0 || treatment.units === 0) return without(treatment.key, "no_data");
  const { before, after, test } = TESTS[type](control, treatment, alpha);
  const lift = liftOf(before.mean, after.mean);
  const known = {
    key: treatment.key,
    difference: after.mean - before.mean,
    lift: lift ?? null,
  };
  if (test.kind === "undefined")
    return {
      ...without(treatment.key, test.reason),
      ...known,
      lift_undefined_reason: lift === undefined ? "zero_baseline" : test.reason,
    };
  const fieller = fiellerLift(before, after, test.critical);
  const bounded = fieller.kind === "bounded";
  return {
    ...known,
    ci_low: test.interval[0],
    ci_high: test.interval[1],
    p_value: test.pValue,
    standard_error: test.standardError,
    undefined_reason: null,
    lift_ci_low: bounded ? fieller.interval[0] : null,
    lift_ci_high: bounded ? fieller.interval[1] : null,
    lift_undefined_reason: bounded ? null : lift === undefined ? "zero_baseline" : "unbounded",
  };
};
