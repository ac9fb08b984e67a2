import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import { criticalValue } from "./critical-value.ts";
import type { Estimate } from "../contract/estimate.ts";
import type { Comparison } from "../contract/results.ts";
import { treatmentsOf } from "./control.ts";
import type { Contrast } from "./contrast.ts";
import type { Compared } from "./compare-variants.ts";
import type { Interval } from "./difference.ts";
import { estimateByPlan } from "./estimate.ts";
import { liftInterval } from "./lift-interval.ts";
import { adjustedBy, type PValue } from "./multiple-testing.ts";

/**
 * How many comparisons of the primary metric share the significance level, at the worst. A group-sequential plan shares it evenly (Bonferroni),
 * whatever its correction.
 */
export const sharesOf = (plan: AnalysisPlan): number =>
  plan.correction === "none" || plan.method === "bayesian"
    ? 1
    : Math.max(1, treatmentsOf(plan).filter(({ weight_bp }) => weight_bp > 0).length);

/** Null where there is none. */
export const pValueOf = ({ p_value, log10_p_value }: Pick<Estimate, "p_value" | "log10_p_value">): PValue | null =>
  p_value === null || log10_p_value === null ? null : { pValue: p_value, lnPValue: log10_p_value * Math.LN10 };

const intervalOf = (low: number | null, high: number | null): Interval | undefined =>
  low === null || high === null ? undefined : [low, high];

/** The difference's interval. */
export const bounds = ({ ci_low, ci_high }: Estimate): Interval | undefined => intervalOf(ci_low, ci_high);

/** The lift's interval. */
export const liftBounds = ({ lift_ci_low, lift_ci_high }: Estimate): Interval | undefined =>
  intervalOf(lift_ci_low, lift_ci_high);

/** It as that of the corrected level. */
export const adjustedBounds = (
  interval: Interval | undefined,
): Pick<Comparison, "adjusted_lift_ci_low" | "adjusted_lift_ci_high"> => ({
  adjusted_lift_ci_low: interval?.[0] ?? null,
  adjusted_lift_ci_high: interval?.[1] ?? null,
});

/**
 * The same interval, moved to 0 where it would contradict the p-value: what an earlier look made clear stays clear, and what is not clear
 * has 0 in it.
 */
const agreeing = ([low, high]: Interval, isClear: boolean, { lift, ci_low }: Estimate): Interval => {
  if (isClear !== (low <= 0 && high >= 0)) return [low, high];
  return ((isClear ? ci_low : lift) ?? 0) > 0 ? [0, high] : [low, 0];
};

/**
 * Holm's method has no exact intervals. These are as wide as if the standard error were the one that would have given the adjusted p-value;
 * undefined where that is 1.
 */
const implied = (contrast: Contrast, { pValue, lnPValue }: PValue, alpha: number): Interval | undefined => {
  const { difference, variance, degreesOfFreedom } = contrast;
  if (pValue >= 1) return undefined;
  const [critical, reached] = [Math.log(alpha), lnPValue].map((ln) => criticalValue(ln, degreesOfFreedom ?? undefined));
  return liftInterval(contrast, (critical! * Math.abs(difference!)) / Math.sqrt(variance) / reached!);
};

/** The comparisons of one family of goals with their p-values and intervals made up for one another, by the plan's correction. */
export const corrected = (plan: AnalysisPlan, family: readonly Compared[]): Compared[] => {
  const { significance_level: alpha, method } = plan;
  // A group-sequential plan shares α evenly among its bounds.
  const correction = method === "group_sequential" && plan.correction !== "none" ? "bonferroni" : plan.correction;
  const adjusted = adjustedBy(
    correction,
    family.map(({ comparison }) => pValueOf(comparison)),
  );
  const tested = adjusted.filter((p) => p !== null);
  const rejected = tested.filter(({ pValue }) => pValue < alpha).length;
  const adjustedInterval = ({ metric, contrast, comparison }: Compared, p: PValue): Interval | undefined => {
    const at = (level: number): Interval | undefined =>
      liftBounds(estimateByPlan({ ...plan, significance_level: level }, contrast, metric.direction));
    if (correction === "none" || tested.length < 2) return liftBounds(comparison);
    // What a look kept, by the bound that the variants share.
    if (method === "group_sequential")
      return intervalOf(comparison.adjusted_lift_ci_low, comparison.adjusted_lift_ci_high);
    if (correction === "bonferroni") return at(alpha / tested.length);
    if (correction === "benjamini_hochberg")
      return p.pValue < alpha ? at((alpha * rejected) / tested.length) : undefined;
    if (method === "fixed_horizon") return implied(contrast, p, alpha);
    // At the level that Holm's method came to for this one, as wide as the sequence is there.
    return p.lnPValue < 0 ? at(alpha * Math.exp(pValueOf(comparison)!.lnPValue - p.lnPValue)) : undefined;
  };
  return family.map((each, index): Compared => {
    const { comparison } = each;
    const p = adjusted[index];
    const interval = p ? adjustedInterval(each, p) : undefined;
    return {
      ...each,
      comparison: {
        ...comparison,
        adjusted_p_value: p?.pValue ?? null,
        ...adjustedBounds(p && interval ? agreeing(interval, p.pValue < alpha, comparison) : undefined),
      },
    };
  });
};
