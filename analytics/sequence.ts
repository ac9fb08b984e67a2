import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Estimate } from "../contract/estimate.ts";
import type { Look, Sequence } from "../contract/sequence.ts";
import type { Compared } from "./compare-variants.ts";
import { sharesOf } from "./correction.ts";
import type { Interval } from "./difference.ts";
import { DAY_MS } from "./day.ts";
import { hasEnough } from "./enough-data.ts";
import { anytimeTest, estimateOf } from "./estimate.ts";
import { type Boundary, spendingBoundaries } from "./group-sequential.ts";
import { liftInterval } from "./lift-interval.ts";
import { lnRepeatedPValue } from "./repeated-p-value.ts";
import { addLook, NO_LOOK, type RunningInference } from "./running-inference.ts";
import { elapsedMs, hasEndedEarly } from "./schedule.ts";
import type { SpendingFunction } from "./spending.ts";

export interface Instant {
  readonly ms: number;
  /** ISO 8601. */
  readonly iso: string;
}

/** What the memory of a sequence belongs to: with other settings, variants or metrics, or from another phase on, it begins anew. */
export const identityOf = (plan: AnalysisPlan): string =>
  JSON.stringify([
    [plan.method, plan.correction, plan.cuped, plan.tuning_units, plan.looks, plan.spending, plan.spending_parameter],
    [plan.design, plan.significance_level, plan.estimated_duration_days, plan.phases[0]?.number ?? null],
    plan.variants.map(({ id, weight_bp, is_control }) => [id, weight_bp, is_control]),
    plan.metrics.map(({ id, role, type, quantile }) => [id, role, type, quantile]),
  ]);

type Running = Sequence["running"][number];

/** Below this doubles end, and the logarithm of what was kept as 0 is not known. */
const LN_SMALLEST = -744;

const restored = ({ p_value, ci_low, ci_high, moved }: Running): RunningInference => ({
  pValue: p_value,
  lnPValue: p_value === 0 ? LN_SMALLEST : Math.log(p_value),
  intersection: [ci_low, ci_high],
  moved,
  interval: [ci_low, ci_high],
});

/**
 * A bound of the lift as one of the difference of now: at the same place between the bounds that both have now, and on the same side of 0.
 */
const asDifference = (bound: number, [low, high]: Interval, [from, to]: Interval): number => {
  if (bound === low) return from;
  if (bound === high) return to;
  return low < 0 && high > 0
    ? bound * (bound > 0 ? to / high : from / low)
    : from + ((bound - low) / (high - low)) * (to - from);
};

/**
 * Anytime-valid comparisons with what earlier analyses knew: the smallest p-value so far, and what all intervals of the lift have in common.
 * Not those of the difference: units go on doing things after their first exposure, so that it grows with the control's value while the lift
 * stays. Nothing is remembered of variants that are too small for their standard errors to be relied on, nor without an interval of the lift.
 */
export const withRunning = (
  plan: AnalysisPlan,
  compared: readonly Compared[],
  previous: Sequence["running"],
): { readonly compared: readonly Compared[]; readonly running: Running[] } => {
  const running: Running[] = [];
  const next = compared.map((each): Compared => {
    const { metric, control, treatment, contrast, comparison } = each;
    const known = previous.find(({ metric_key, key }) => metric_key === metric.key && key === comparison.key);
    const test = anytimeTest(contrast, plan.significance_level, plan.tuning_units);
    const { lift_ci_low: low, lift_ci_high: high } = comparison;
    if (!test || low === null || high === null || !hasEnough(metric, control) || !hasEnough(metric, treatment)) {
      if (known) running.push(known);
      return each;
    }
    const ofNow: Interval = [low, high];
    const now = addLook(known ? restored(known) : NO_LOOK, { ...test, interval: ofNow });
    const [ci_low, ci_high] = now.intersection;
    const { moved } = now;
    running.push({ metric_key: metric.key, key: comparison.key, p_value: now.pValue, ci_low, ci_high, moved });
    // What was clear once need not be so any more: an old p-value beside the interval of now would contradict it.
    if (moved) return each;
    return {
      ...each,
      comparison: {
        ...comparison,
        ci_low: asDifference(ci_low, ofNow, test.interval),
        ci_high: asDifference(ci_high, ofNow, test.interval),
        lift_ci_low: ci_low,
        lift_ci_high: ci_high,
        p_value: now.pValue,
        log10_p_value: now.lnPValue / Math.LN10,
      },
    };
  });
  return { compared: next, running };
};

const boundaryOf = ({ information_fraction: fraction, bound, alpha_spent: alphaSpent }: Look): Boundary => ({
  fraction,
  bound: bound ?? Infinity,
  nominalP: 0,
  alphaSpent,
});

/**
 * The number of the last look that is due, from 1; 0 before the first. Looks are due evenly over the planned duration, and none is after an
 * end by hand, which may have been chosen for its numbers.
 */
const dueLook = (plan: AnalysisPlan, { ms }: Instant): number => {
  const { started_at: start, estimated_duration_days: days, looks } = plan;
  if (start === null) return 0;
  const elapsed = hasEndedEarly(plan, ms) ? elapsedMs(plan, ms) : ms - start;
  return Math.min(looks, Math.floor((elapsed / (days * DAY_MS)) * looks));
};

type Seen = Look["comparisons"][number];

const NO_INTERVAL = { adjusted_lift_ci_low: null, adjusted_lift_ci_high: null };

const takeLook = (
  plan: AnalysisPlan,
  compared: readonly Compared[],
  taken: readonly Look[],
  number: number,
  asOf: Instant,
): Look => {
  const { significance_level: alpha, spending, spending_parameter: parameter, looks } = plan;
  const spent: SpendingFunction = { spending, parameter };
  const fractions = [...taken.map(({ information_fraction }) => information_fraction), number / looks];
  const deciding = spendingBoundaries(fractions, alpha / sharesOf(plan), spent, { taken: taken.map(boundaryOf) }).at(
    -1,
  );
  const plain = spendingBoundaries(fractions, alpha, spent).at(-1)?.bound ?? Infinity;
  const bound = deciding?.bound ?? Infinity;
  return {
    number,
    at: asOf.iso,
    information_fraction: number / looks,
    bound: bound === Infinity ? null : bound,
    alpha_spent: deciding?.alphaSpent ?? 0,
    comparisons: compared.map(({ metric, control, treatment, contrast, comparison: { key } }): Seen => {
      const { difference, variance } = contrast;
      // A look is kept as it was, so that units which come later cannot make up for those that it lacked.
      const isEnough = hasEnough(metric, control) && hasEnough(metric, treatment);
      const reason = contrast.reason ?? (isEnough ? null : "too_few_observations");
      const nothing = { metric_key: metric.key, key, z: null, rejected: false, ...NO_INTERVAL };
      if (reason !== null || difference === null) return { ...nothing, ...estimateOf({ ...contrast, reason }) };
      const standardError = Math.sqrt(variance);
      const z = difference / standardError;
      const isPrimary = metric.role === "primary";
      const seen = { ...nothing, z, rejected: Math.abs(z) >= (isPrimary ? bound : plain) };
      if (plain === Infinity) return { ...seen, ...unread(estimateOf(contrast)) };
      const half = plain * standardError;
      const lnPValue = lnRepeatedPValue(fractions, Math.abs(z), spent);
      const shared = isPrimary && bound < Infinity ? liftInterval(contrast, bound) : undefined;
      return {
        ...seen,
        ...estimateOf(contrast, {
          interval: [difference - half, difference + half],
          pValue: Math.exp(lnPValue),
          lnPValue,
        }),
        ...(shared && { adjusted_lift_ci_low: shared[0], adjusted_lift_ci_high: shared[1] }),
      };
    }),
  };
};

/** Before a look there is nothing to read. */
const unread = (estimate: Estimate): Estimate =>
  estimate.undefined_reason === null
    ? {
        ...estimate,
        undefined_reason: "no_look_yet",
        lift_undefined_reason: estimate.lift_undefined_reason ?? "no_look_yet",
      }
    : estimate;

/**
 * Group-sequential comparisons as the last look saw them. The first analysis at or after the time that a look is due takes it; looks that
 * passed without one are not made up for, and what they would have spent is spent by the next. Without a time none is taken: analyses that
 * are not kept would each take the same look anew, and whoever asks often would choose among them.
 */
export const withLooks = (
  plan: AnalysisPlan,
  compared: readonly Compared[],
  taken: readonly Look[],
  asOf: Instant | null,
): { readonly compared: readonly Compared[]; readonly looks: readonly Look[] } => {
  const due = asOf === null ? 0 : dueLook(plan, asOf);
  const looks =
    asOf !== null && due > (taken.at(-1)?.number ?? 0) ? [...taken, takeLook(plan, compared, taken, due, asOf)] : taken;
  const last = looks.at(-1);
  return {
    looks,
    compared: compared.map((each): Compared => {
      const { metric, comparison, contrast, plain } = each;
      const seen = last?.comparisons.find(({ metric_key, key }) => metric_key === metric.key && key === comparison.key);
      if (!seen) return { ...each, comparison: { ...comparison, ...unread(estimateOf(contrast)) } };
      const { metric_key: _metric, z: _z, rejected: _rejected, ...estimate } = seen;
      const cuped = comparison.cuped && { ...comparison.cuped, unadjusted: unread(estimateOf(plain)) };
      return { ...each, comparison: { ...comparison, ...estimate, cuped } };
    }),
  };
};
