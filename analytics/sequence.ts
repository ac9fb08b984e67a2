import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Estimate } from "../contract/estimate.ts";
import type { Look, Sequence } from "../contract/sequence.ts";
import type { Compared } from "./compare-variants.ts";
import type { Contrast } from "./contrast.ts";
import { adjustedBounds, bounds, liftBounds, pValueOf, sharesOf } from "./correction.ts";
import type { Interval } from "./difference.ts";
import { DAY_MS } from "./day.ts";
import { hasEnough } from "./enough-data.ts";
import { alone, estimateOf } from "./estimate.ts";
import { spendingBounds } from "./group-sequential.ts";
import { liftInterval } from "./lift-interval.ts";
import { lnRepeatedPValue } from "./repeated-p-value.ts";
import { type AnytimeLook, inCommon } from "./running-inference.ts";
import { elapsedMs, hasEndedEarly } from "./schedule.ts";
import { SEQUENCE_SETTINGS } from "./settings.ts";
import type { SpendingFunction } from "./spending.ts";

export interface Instant {
  readonly ms: number;
  /** ISO 8601. */
  readonly iso: string;
}

/** What the memory of a sequence belongs to: with other settings, variants or metrics, or from another phase on, it begins anew. */
export const identityOf = (plan: AnalysisPlan): string =>
  JSON.stringify([
    SEQUENCE_SETTINGS.map((name) => plan[name]),
    [plan.design, plan.significance_level, plan.estimated_duration_days, plan.phases[0]?.number ?? null],
    plan.variants.map(({ id, weight_bp, is_control }) => [id, weight_bp, is_control]),
    plan.metrics.map(({ id, role, type, quantile }) => [id, role, type, quantile]),
  ]);

type Running = Sequence["running"][number];

/** Below this doubles end, and the logarithm of what was kept as 0 is not known. */
const LN_SMALLEST = -744;

const restored = ({ p_value, ci_low, ci_high }: Running): AnytimeLook => ({
  lnPValue: p_value === 0 ? LN_SMALLEST : Math.log(p_value),
  interval: [ci_low, ci_high],
});

/** Whether the standard errors of both variants can be relied on. */
const isEnough = ({ metric, control, treatment }: Compared): boolean =>
  hasEnough(metric, control) && hasEnough(metric, treatment);

/** What was kept of a comparison. */
const keptOf = <Kept extends { readonly metric_key: string; readonly key: string }>(
  kept: readonly Kept[],
  { metric, comparison }: Compared,
): Kept | undefined => kept.find(({ metric_key, key }) => metric_key === metric.key && key === comparison.key);

/**
 * A bound of the lift as one of the difference of now: at the same place between the bounds that both have now, and on the same side of 0.
 */
const asDifference = (bound: number, [low, high]: Interval, [from, to]: Interval): number =>
  low < 0 && high > 0
    ? bound * (bound > 0 ? to / high : from / low)
    : from + ((bound - low) / (high - low)) * (to - from);

/**
 * Anytime-valid comparisons with what earlier analyses knew: the smallest p-value so far, and what all intervals of the lift have in common.
 * Not those of the difference: units go on doing things after their first exposure, so that it grows with the control's value while the lift
 * stays. Nothing is remembered of variants that are too small for their standard errors to be relied on, nor without an interval of the lift that has a width.
 */
export const withRunning = (
  compared: readonly Compared[],
  previous: Sequence["running"],
): { readonly compared: readonly Compared[]; readonly running: Running[] } => {
  const running: Running[] = [];
  const next = compared.map((each): Compared => {
    const { metric, comparison } = each;
    const known = keptOf(previous, each);
    const test = pValueOf(comparison);
    const [ofNow, ofDifference] = [liftBounds(comparison), bounds(comparison)];
    // That of a variant which did nothing, −100 %, can be without width.
    if (!test || !ofNow || !ofDifference || !(ofNow[0] < ofNow[1]) || !isEnough(each)) {
      if (known) running.push(known);
      return each;
    }
    const now = { lnPValue: test.lnPValue, interval: ofNow };
    const { lnPValue, interval } = known ? inCommon(restored(known), now) : now;
    const [ci_low, ci_high] = interval;
    const [pValue, moved] = [Math.exp(lnPValue), ci_low > ci_high];
    running.push({ metric_key: metric.key, key: comparison.key, p_value: pValue, ci_low, ci_high, moved });
    // What was clear once need not be so any more: an old p-value beside the interval of now would contradict it.
    if (moved) return each;
    return {
      ...each,
      comparison: {
        ...comparison,
        ci_low: asDifference(ci_low, ofNow, ofDifference),
        ci_high: asDifference(ci_high, ofNow, ofDifference),
        lift_ci_low: ci_low,
        lift_ci_high: ci_high,
        p_value: pValue,
        log10_p_value: lnPValue / Math.LN10,
      },
    };
  });
  return { compared: next, running };
};

/**
 * The number of the last look that is due, from 1; 0 before the first. Looks are due evenly over the planned duration, and none is after an
 * end by hand, which may have been chosen for its numbers.
 */
const dueLook = (plan: AnalysisPlan, ms: number): number => {
  const { started_at: start, estimated_duration_days: days, looks } = plan;
  if (start === null) return 0;
  const elapsed = hasEndedEarly(plan, ms) ? elapsedMs(plan, ms) : ms - start;
  return Math.min(looks, Math.floor((elapsed / (days * DAY_MS)) * looks));
};

type Seen = Look["comparisons"][number];

/** What can be said before a look, or without one. */
const unread = (contrast: Contrast): Estimate =>
  alone(estimateOf({ ...contrast, reason: contrast.reason ?? "no_look_yet" }));

/** The looks with the one that is due, if one is. */
const takeLook = (plan: AnalysisPlan, compared: readonly Compared[], taken: Look[], { ms, iso }: Instant): Look[] => {
  const { significance_level: alpha, spending, spending_parameter: parameter, looks } = plan;
  const number = dueLook(plan, ms);
  if (number <= (taken.at(-1)?.number ?? 0)) return taken;
  const spent: SpendingFunction = { spending, parameter };
  const fraction = number / looks;
  const fractions = [...taken.map(({ information_fraction }) => information_fraction), fraction];
  const before = taken.map((look) => ({ bound: look.bound ?? Infinity, alphaSpent: look.alpha_spent }));
  const { bound, alphaSpent } = spendingBounds(fractions, alpha / sharesOf(plan), spent, before).at(-1)!;
  const plain = spendingBounds(fractions, alpha, spent).at(-1)!.bound;
  const look: Look = {
    number,
    at: iso,
    information_fraction: fraction,
    bound: bound === Infinity ? null : bound,
    alpha_spent: alphaSpent,
    comparisons: compared.map((each): Seen => {
      const { metric, contrast, comparison } = each;
      // A look is kept as it was, so that units which come later cannot make up for those that it lacked.
      const reason = contrast.reason ?? (isEnough(each) ? null : "too_few_observations");
      const z = reason === null ? (contrast.difference ?? Number.NaN) / Math.sqrt(contrast.variance) : null;
      const isPrimary = metric.role === "primary";
      const seen = {
        metric_key: metric.key,
        key: comparison.key,
        z,
        rejected: z !== null && Math.abs(z) >= (isPrimary ? bound : plain),
      };
      if (z === null || plain === Infinity)
        return { ...seen, ...adjustedBounds(undefined), ...unread({ ...contrast, reason }) };
      const lnPValue = lnRepeatedPValue(fractions, Math.abs(z), spent);
      return {
        ...seen,
        ...adjustedBounds(isPrimary && bound < Infinity ? liftInterval(contrast, bound) : undefined),
        ...alone(estimateOf(contrast, plain, lnPValue)),
      };
    }),
  };
  return [...taken, look];
};

/**
 * Group-sequential comparisons as the last look saw them. The first analysis at or after the time that a look is due takes it; looks that
 * passed without one are not made up for, and what they would have spent is spent by the next. Without a time none is taken: analyses that
 * are not kept would each take the same look anew, and whoever asks often would choose among them.
 */
export const withLooks = (
  plan: AnalysisPlan,
  compared: readonly Compared[],
  taken: Look[],
  asOf: Instant | null,
): { readonly compared: readonly Compared[]; readonly looks: Look[] } => {
  const looks = asOf ? takeLook(plan, compared, taken, asOf) : taken;
  return {
    looks,
    compared: compared.map((each): Compared => {
      const { comparison, contrast, plain } = each;
      const seen = keptOf(looks.at(-1)?.comparisons ?? [], each);
      const cuped = comparison.cuped && { ...comparison.cuped, unadjusted: unread(plain) };
      if (!seen) return { ...each, comparison: { ...comparison, ...unread(contrast), cuped } };
      const { metric_key: _metric, z: _z, rejected: _rejected, ...estimate } = seen;
      return { ...each, comparison: { ...comparison, ...estimate, cuped } };
    }),
  };
};
