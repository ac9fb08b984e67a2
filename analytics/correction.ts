import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import { criticalValue } from "./critical-value.ts";
import type { Estimate } from "../contract/estimate.ts";
import { treatmentsOf } from "./control.ts";
import type { Compared } from "./compare-variants.ts";
import type { Interval } from "./difference.ts";
import { estimateByPlan } from "./estimate.ts";
import { liftInterval } from "./lift-interval.ts";
import { adjustedBy, type PValue } from "./multiple-testing.ts";

type Correction = AnalysisPlan["correction"];

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

const shown = ({ comparison: { lift_ci_low, lift_ci_high } }: Pick<Compared, "comparison">): Interval | null =>
  lift_ci_low === null || lift_ci_high === null ? null : [lift_ci_low, lift_ci_high];

/** The same interval, moved to 0 where it would contradict the p-value: what an earlier look made clear stays clear. */
const agreeing = ([low, high]: Interval, isClear: boolean, { comparison: { lift, ci_low } }: Compared): Interval => {
  if (isClear && low <= 0 && high >= 0) return (ci_low ?? 0) > 0 ? [0, high] : [low, 0];
  if (isClear || (low <= 0 && high >= 0)) return [low, high];
  return (lift ?? 0) > 0 ? [0, high] : [low, 0];
};

/** The lift's interval by the plan's method at another level. */
const intervalAt = (plan: AnalysisPlan, { contrast, metric }: Compared, alpha: number): Interval | null => {
  const { lift_ci_low: low, lift_ci_high: high } = estimateByPlan(
    { ...plan, significance_level: alpha },
    contrast,
    metric.direction,
  );
  return low === null || high === null ? null : [low, high];
};

/** What a look kept, by the bound that the variants share. */
const seen = ({ comparison: { adjusted_lift_ci_low: low, adjusted_lift_ci_high: high } }: Compared): Interval | null =>
  low === null || high === null ? null : [low, high];

/**
 * Holm's method has no exact intervals. These are as wide as if the standard error were the one that would have given the adjusted p-value;
 * null where that is 1.
 */
const implied = ({ contrast, comparison }: Compared, adjusted: PValue, alpha: number): Interval | null => {
  const { difference, variance, degreesOfFreedom } = contrast;
  if (adjusted.pValue >= 1 || !shown({ comparison })) return null;
  const [critical, reached] = [Math.log(alpha), adjusted.lnPValue].map((ln) =>
    criticalValue(ln, degreesOfFreedom ?? undefined),
  ) as [number, number];
  return liftInterval(contrast, (critical * Math.abs(difference ?? 0)) / Math.sqrt(variance) / reached) ?? null;
};

const intervalsOf = (
  plan: AnalysisPlan,
  family: readonly Compared[],
  correction: Correction,
  adjusted: readonly (PValue | null)[],
): (Interval | null)[] => {
  const { significance_level: alpha, method } = plan;
  const tested = adjusted.filter((p) => p !== null);
  if (correction === "none" || tested.length < 2) return family.map(shown);
  if (method === "group_sequential") return family.map(seen);
  const rejected = tested.filter(({ pValue }) => pValue < alpha).length;
  return family.map((each, index) => {
    const p = adjusted[index];
    if (!p) return null;
    if (correction === "bonferroni") return intervalAt(plan, each, alpha / tested.length);
    if (correction === "benjamini_hochberg")
      return p.pValue < alpha ? intervalAt(plan, each, (alpha * rejected) / tested.length) : null;
    if (method === "fixed_horizon") return implied(each, p, alpha);
    // At the level that Holm's method came to for this one, as wide as the sequence is there.
    const own = pValueOf(each.comparison);
    return own && p.lnPValue < 0 ? intervalAt(plan, each, alpha * Math.exp(own.lnPValue - p.lnPValue)) : null;
  });
};

/** The comparisons of one family of goals with their p-values and intervals made up for one another, by the plan's correction. */
export const corrected = (plan: AnalysisPlan, family: readonly Compared[]): Compared[] => {
  // A group-sequential plan shares α evenly among its bounds.
  const correction = plan.method === "group_sequential" && plan.correction !== "none" ? "bonferroni" : plan.correction;
  const adjusted = adjustedBy(
    correction,
    family.map(({ comparison }) => pValueOf(comparison)),
  );
  const intervals = intervalsOf(plan, family, correction, adjusted);
  return family.map((each, index): Compared => {
    const p = adjusted[index];
    const interval = intervals[index];
    const [low, high] = p && interval ? agreeing(interval, p.pValue < plan.significance_level, each) : [null, null];
    return {
      ...each,
      comparison: {
        ...each.comparison,
        adjusted_p_value: p?.pValue ?? null,
        adjusted_lift_ci_low: low,
        adjusted_lift_ci_high: high,
      },
    };
  });
};
