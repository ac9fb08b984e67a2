import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import { impliedIntervals, type Tested } from "./adjusted-intervals.ts";
import type { Estimate } from "../contract/results.ts";
import type { Compared } from "./compare-variants.ts";
import type { Interval } from "./difference.ts";
import { estimateByPlan } from "./estimate.ts";
import { adjustedBy, type PValue } from "./multiple-testing.ts";

type Correction = AnalysisPlan["correction"];

/** Null where there is none. */
export const pValueOf = ({ p_value, log10_p_value }: Pick<Estimate, "p_value" | "log10_p_value">): PValue | null =>
  p_value === null || log10_p_value === null ? null : { pValue: p_value, lnPValue: log10_p_value * Math.LN10 };

const shown = ({ comparison: { lift_ci_low, lift_ci_high } }: Compared): Interval | null =>
  lift_ci_low === null || lift_ci_high === null ? null : [lift_ci_low, lift_ci_high];

/** The lift's interval by the plan's method at another level. What an earlier look made clear stays clear: it ends at 0 at the most. */
const intervalAt = (plan: AnalysisPlan, each: Compared, alpha: number, p: PValue): Interval | null => {
  const { contrast, metric, comparison } = each;
  const { lift_ci_low: low, lift_ci_high: high } = estimateByPlan(
    { ...plan, significance_level: alpha },
    contrast,
    metric.direction,
  );
  if (low === null || high === null) return null;
  if (p.pValue >= plan.significance_level || low > 0 || high < 0) return [low, high];
  return (comparison.ci_low ?? 0) > 0 ? [0, high] : [low, 0];
};

/** With the standard error that would have given the adjusted p-value: Holm's method has no exact intervals, and past looks no others. */
const implied = (
  family: readonly Compared[],
  adjusted: readonly (PValue | null)[],
  alpha: number,
): (Interval | null)[] =>
  impliedIntervals(
    family.map((each): Tested | null => {
      const { lift, lift_ci_low, lift_ci_high } = each.comparison;
      const p = pValueOf(each.comparison);
      return p === null || !lift || lift_ci_low === null || lift_ci_high === null
        ? null
        : { ...p, difference: lift, standardError: 0 };
    }),
    adjusted,
    alpha,
  );

const intervalsOf = (
  plan: AnalysisPlan,
  family: readonly Compared[],
  correction: Correction,
  adjusted: readonly (PValue | null)[],
): (Interval | null)[] => {
  const { significance_level: alpha, method } = plan;
  const tested = adjusted.filter((p) => p !== null);
  if (correction === "none" || tested.length < 2) return family.map(shown);
  if (correction === "holm" || method === "group_sequential") return implied(family, adjusted, alpha);
  const rejected = tested.filter(({ pValue }) => pValue < alpha).length;
  return family.map((each, index) => {
    const p = adjusted[index];
    if (!p || (correction === "benjamini_hochberg" && p.pValue >= alpha)) return null;
    return intervalAt(plan, each, (alpha * (correction === "bonferroni" ? 1 : rejected)) / tested.length, p);
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
    const [low, high] = intervals[index] ?? [null, null];
    return {
      ...each,
      comparison: {
        ...each.comparison,
        adjusted_p_value: adjusted[index]?.pValue ?? null,
        adjusted_lift_ci_low: low,
        adjusted_lift_ci_high: high,
      },
    };
  });
};
