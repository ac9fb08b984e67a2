import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { UndefinedReason } from "../contract/estimate.ts";
import type { Comparison, MetricResult, Reading } from "../contract/results.ts";
import type { Candidate, Guarded } from "./candidates.ts";
import { primaryOf } from "./primary.ts";
import { nameOf, type Situation } from "./situation.ts";
import { type Change, chance, changeOf, count, listed, lossText, plainPercent, pValueText } from "./wording.ts";

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
export const whyUndefined = (comparison: Comparison | undefined): string =>
  WHY[comparison?.undefined_reason ?? comparison?.lift_undefined_reason ?? "no_data"];

const excludesZero = (low: number | null, high: number | null): boolean =>
  low !== null && high !== null && (low > 0 || high < 0);

/**
 * What is said of a comparison: its interval and its p-value after the correction where that can change what they say, and as they are
 * where they are unclear anyway, or where the correction has no interval.
 */
const saidOf = (
  comparison: Comparison,
): { readonly comparison: Comparison; readonly p: number | null; readonly also: number | null } => {
  const { adjusted_lift_ci_low: low, adjusted_lift_ci_high: high, adjusted_p_value: adjusted, p_value: p } = comparison;
  if (p === adjusted || !excludesZero(comparison.ci_low, comparison.ci_high)) return { comparison, p, also: null };
  return low === null || high === null
    ? { comparison, p, also: adjusted }
    : { comparison: { ...comparison, lift_ci_low: low, lift_ci_high: high }, p: adjusted, also: null };
};

/** The change of a metric with its interval, in words; undefined where there is none. */
export const changeSaid = (metric: MetricResult, comparison: Comparison): Change | undefined =>
  changeOf(metric, saidOf(comparison).comparison);

/** `95 % interval`. */
const intervalName = ({ significance_level: alpha }: Pick<AnalysisPlan, "significance_level">): string =>
  `${plainPercent(1 - alpha)} interval`;

const evidence = ({ plan }: Situation, comparison: Comparison): string[] => {
  if (plan.method === "bayesian") {
    const posterior = comparison.views.bayesian;
    return posterior === null
      ? []
      : [
          `expected loss ${lossText(posterior.expected_loss)}`,
          `chance that it beats the control ${chance(posterior.chance_to_win)}`,
        ];
  }
  const { p, also } = saidOf(comparison);
  return [
    ...(p === null ? [] : [pValueText(p)]),
    ...(also === null ? [] : [`${pValueText(also)} after the correction for several variants`]),
  ];
};

const uncompared = (metric: string, variant: string): string => `${metric} could not be compared for ${variant}.`;

/** A variant's change of a metric, with its interval and what else the method gives. */
export const sentence = (situation: Situation, metric: MetricResult, comparison: Comparison): string => {
  const change = changeSaid(metric, comparison);
  const name = nameOf(situation, comparison.key);
  if (!change || comparison.undefined_reason !== null)
    return uncompared(metric.name, `${name}, because ${whyUndefined(comparison)}`);
  const inside = [
    `${intervalName(situation.plan)} ${change.low} to ${change.high}`,
    ...(metric.role === "guardrail" ? [] : evidence(situation, comparison)),
  ];
  return `${metric.name} with ${name}: ${change.estimate} (${inside.join(", ")}).`;
};

export const primarySentence = (situation: Situation, { key, primary }: Candidate): string => {
  const metric = primaryOf(situation);
  return metric && primary
    ? sentence(situation, metric, primary)
    : uncompared(metric?.name ?? "A primary metric", nameOf(situation, key));
};

const limitOf = ({ limit }: MetricResult): string =>
  limit ? `its limit of ${plainPercent(limit)}` : "what it was before";

/** What it says about its limit; nothing where it could not be read. */
const besideLimit = (reading: Reading, limit: string): string => {
  if (reading === "some_harm") return ` Worse, and harm beyond ${limit} is not ruled out.`;
  if (reading === "not_ruled_out") return ` Harm beyond ${limit} is not ruled out.`;
  if (reading === "within_limit") return ` No worse than ${limit}.`;
  return reading === "crossed_limit" ? ` Worse than ${limit}.` : "";
};

/** A guardrail's change, with what it says about its limit. */
export const guardrailSentence = (
  situation: Situation,
  key: string,
  { metric, comparison, reading }: Guarded,
): string => {
  const name = nameOf(situation, key);
  if (!comparison) return uncompared(metric.name, name);
  const said = sentence(situation, metric, comparison);
  return said + besideLimit(reading, limitOf(metric));
};

/** What the planned effect needs, in words; empty where that is not known. */
export const unitsNeeded = ({ plan, progress }: Situation, what: string): string[] => {
  const { min_detectable_effect: target } = plan;
  if (target === null || !progress || progress.units_needed === null) return [];
  const needed = count(Number(progress.units_needed.toPrecision(3)));
  return [
    `To find a change of ${plainPercent(target)}, ${what} needs about ${needed} units in all; there are ${count(progress.units)}.`,
  ];
};

/** What a variant does harm to, in words: `Purchase and Refunds`. */
export const harmedBy = (situation: Situation, { reading, guardrails }: Candidate): string =>
  listed([
    ...(reading === "worse" ? [primaryOf(situation)?.name ?? "the primary metric"] : []),
    ...guardrails.filter((guarded) => guarded.reading === "crossed_limit").map(({ metric }) => metric.name),
  ]);
