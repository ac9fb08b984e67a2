import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { UndefinedReason } from "../contract/estimate.ts";
import type { Comparison, MetricResult, Reading } from "../contract/results.ts";
import { textOf } from "./prose.ts";
import type { Situation } from "./situation.ts";
import { chance, changeOf, listed, lossText, plainPercent, pValueText } from "./wording.ts";

/** What one metric says of one variant, in words. */
export interface Finding extends Comparison {
  readonly metric: MetricResult;
  /** `Purchase with “B”`. */
  readonly of: string;
  /** `between +1.2 % and +3.4 %`; undefined where there is no interval. */
  readonly range: string | undefined;
  /** The change with its interval and what else the method gives; of a guardrail, also what it says about the limit. */
  readonly sentence: string;
}

const WHY: Record<UndefinedReason, string> = {
  no_data: "a variant has no data",
  too_few_observations: "there are too few units",
  zero_variance: "no unit differs from another",
  zero_baseline: "the control’s value is 0",
  zero_denominator: "there is nothing to divide by",
  unbounded: "the control’s value cannot be told from 0",
  too_few_clusters: "there are too few clusters",
  no_look_yet: "no planned look has been taken yet",
};

/** Why no number can be given, in words. */
export const whyUndefined = (comparison: Partial<Comparison> | undefined): string =>
  WHY[comparison?.undefined_reason ?? comparison?.lift_undefined_reason ?? "no_data"];

/** What a guardrail says about its limit; nothing where it could not be read, nor of other metrics. */
const besideLimit = (reading: Reading, limit: number | null): string | undefined => {
  const most = limit ? `its limit of ${plainPercent(limit)}` : "what it was before";
  const said: Partial<Record<Reading, string>> = {
    some_harm: `Worse, and harm beyond ${most} is not ruled out.`,
    not_ruled_out: `Harm beyond ${most} is not ruled out.`,
    within_limit: `No worse than ${most}.`,
    crossed_limit: `Worse than ${most}.`,
  };
  return said[reading];
};

const findingOf = (
  { method, significance_level: alpha }: AnalysisPlan,
  metric: MetricResult,
  variant: string,
  comparison: Comparison,
): Finding => {
  const { adjusted_lift_ci_low: lift_ci_low, adjusted_lift_ci_high: lift_ci_high } = comparison;
  const { adjusted_p_value: adjusted, p_value } = comparison;
  // Its interval and p-value are those after the correction where that can change what they say, and as they are where they are unclear
  // anyway, or where the correction has no interval.
  const isCorrected = p_value !== adjusted && ((comparison.ci_low ?? 0) > 0 || (comparison.ci_high ?? 0) < 0);
  const hasInterval = isCorrected && lift_ci_low !== null;
  const [change, low, high] = changeOf(metric, hasInterval ? { ...comparison, lift_ci_low, lift_ci_high } : comparison);
  const p = hasInterval ? adjusted : p_value;
  const posterior = method === "bayesian" ? comparison.views.bayesian : null;
  const of = `${metric.name} with ${variant}`;
  const inside = [
    `${plainPercent(1 - alpha)} interval ${low} to ${high}`,
    metric.role !== "guardrail" && [
      posterior && [
        `expected loss ${lossText(posterior.expected_loss)}`,
        `chance that it beats the control ${chance(posterior.chance_to_win)}`,
      ],
      p !== null && pValueText(p),
      isCorrected &&
        !hasInterval &&
        adjusted !== null &&
        `${pValueText(adjusted)} after the correction for several variants`,
    ],
  ];
  return {
    ...comparison,
    metric,
    of,
    range: change && `between ${low} and ${high}`,
    sentence: textOf([
      change
        ? `${of}: ${change} (${textOf(inside, ", ")}).`
        : `${metric.name} could not be compared for ${variant}, because ${whyUndefined(comparison)}.`,
      besideLimit(comparison.reading, metric.limit),
    ]),
  };
};

/** What every metric says of every variant, in their order. */
export const findingsOf = ({ plan, metrics }: Situation, variants: Situation["variants"]): Finding[] =>
  metrics.flatMap((metric) =>
    variants.flatMap(({ key, name }) =>
      metric.comparisons
        .filter((comparison) => comparison.key === key)
        .map((comparison) => findingOf(plan, metric, name, comparison)),
    ),
  );

/** `Purchase and Refunds`. */
export const metricsOf = (findings: readonly Finding[]): string => listed(findings.map(({ metric }) => metric.name));
