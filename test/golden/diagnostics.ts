import type { Estimate } from "../../analytics/difference.ts";
import { compareExperiments } from "../../analytics/experiment-interaction.ts";
import { compareSegments } from "../../analytics/heterogeneity.ts";
import { checkNovelty } from "../../analytics/novelty.ts";
import { overlapOf } from "../../analytics/overlap.ts";
import { checkSimpson } from "../../analytics/simpson.ts";
import type { Sample } from "../../analytics/welch.ts";
import { computed, type Methods, undefinedBecause } from "./method.ts";

const DEFAULT_ALPHA = 0.05;

const heterogeneity = computed((input) => {
  const { estimates, standard_errors, alpha } = input as unknown as {
    estimates: number[];
    standard_errors: number[];
    alpha?: number;
  };
  const effects = estimates.map((mean, i) => ({ mean, variance: (standard_errors[i] ?? Number.NaN) ** 2 }));
  const result = compareSegments(effects, alpha ?? DEFAULT_ALPHA);
  if (result.kind === "undefined") return undefinedBecause(result.reason);
  const { pooled, cochranQ, degreesOfFreedom, between, segments } = result;
  return {
    pooled_fixed_effect: pooled.mean,
    pooled_standard_error: Math.sqrt(pooled.variance),
    cochran_q: cochranQ,
    degrees_of_freedom: degreesOfFreedom,
    p_value: between?.pValue ?? null,
    log10_p_value: between ? between.lnPValue / Math.LN10 : null,
    i_squared: between?.iSquared ?? null,
    tau_squared_dersimonian_laird: between?.tauSquared ?? null,
    pooled_random_effects: between?.randomEffects.mean ?? null,
    pooled_random_effects_se: between ? Math.sqrt(between.randomEffects.variance) : null,
    segment_p_values: segments.map(({ test }) => test.pValue),
    segment_p_values_bonferroni: segments.map(({ adjustedPValue }) => adjustedPValue),
    segment_ci_bonferroni: segments.map(({ test }) => test.interval),
    segment_versus_rest_p_values: between ? segments.map(({ versusRest }) => versusRest?.pValue ?? null) : null,
  };
});

const simpson = computed((input) => {
  interface Counts {
    readonly n: number;
    readonly conversions: number;
  }
  const { segments } = input as unknown as { segments: { control: Counts; treatment: Counts }[] };
  const totalOf = ({ n, conversions }: Counts) => ({ n, sum: conversions });
  const result = checkSimpson(
    segments.map(({ control, treatment }) => ({ control: totalOf(control), treatment: totalOf(treatment) })),
  );
  if (result.kind === "undefined") return undefinedBecause(result.reason);
  const { allocation } = result;
  return {
    aggregate_difference: result.aggregateDifference,
    segment_differences: result.segmentDifferences.map((difference) => difference ?? null),
    standardised_difference: result.standardisedDifference,
    reversal: result.reversal,
    allocation_share_chi_square: allocation.kind === "estimated" ? allocation.chiSquared : null,
    allocation_share_p_value: allocation.kind === "estimated" ? allocation.pValue : null,
  };
});

const experimentInteraction = computed((input) => {
  const { cells, users_1_only, users_2_only, alpha } = input as unknown as {
    cells: Sample[][];
    users_1_only: number;
    users_2_only: number;
    alpha?: number;
  };
  const both = cells.flat().reduce((sum, { n }) => sum + n, 0);
  const { jaccard, shareOfFirst, shareOfSecond } = overlapOf(both, users_1_only, users_2_only);
  const { assignment, contrasts } = compareExperiments(cells, alpha ?? DEFAULT_ALPHA);
  const contrast = contrasts[0];
  const test = contrast?.test;
  const about = {
    jaccard: jaccard ?? null,
    overlap_share_of_1: shareOfFirst ?? null,
    overlap_share_of_2: shareOfSecond ?? null,
    assignment_chi_square: assignment.kind === "estimated" ? assignment.chiSquared : null,
    assignment_p_value: assignment.kind === "estimated" ? assignment.pValue : null,
    assignment_degrees_of_freedom: assignment.kind === "estimated" ? assignment.degreesOfFreedom : null,
    effect_1_when_2_control: contrast?.effectWithControl ?? null,
    effect_1_when_2_treatment: contrast?.effectWithVariant ?? null,
  };
  if (test?.kind !== "estimated") return Object.assign(undefinedBecause(test?.reason ?? "no_data"), about);
  return {
    ...about,
    interaction_contrast: test.difference,
    interaction_standard_error: test.standardError,
    interaction_z: test.statistic,
    interaction_p_value: test.pValue,
    interaction_ci: test.interval,
  };
});

const noveltyPrimacy = computed((input) => {
  const { daily_effects, daily_standard_errors, alpha } = input as unknown as {
    daily_effects: (number | null)[];
    daily_standard_errors: (number | null)[];
    alpha?: number;
  };
  const days = daily_effects.map((mean, i): Estimate | null => {
    const standardError = daily_standard_errors[i] ?? null;
    return mean === null || standardError === null ? null : { mean, variance: standardError ** 2 };
  });
  const result = checkNovelty(days, alpha ?? DEFAULT_ALPHA);
  if (result.kind === "undefined") return undefinedBecause(result.reason);
  const { trend, logTrend, lateMinusEarly } = result;
  const fitted = trend.kind === "estimated" ? trend : undefined;
  const contrast = lateMinusEarly.kind === "estimated" ? lateMinusEarly : undefined;
  return {
    slope: fitted?.difference ?? null,
    slope_standard_error: fitted?.standardError ?? null,
    slope_p_value: fitted?.pValue ?? null,
    intercept: fitted?.intercept ?? null,
    pooled_effect: result.pooled.mean,
    slope_log: logTrend.kind === "estimated" ? logTrend.difference : null,
    slope_log_p_value: logTrend.kind === "estimated" ? logTrend.pValue : null,
    early_effect: result.early?.mean ?? null,
    late_effect: result.late.mean,
    late_minus_early: contrast?.difference ?? null,
    late_minus_early_p_value: contrast?.pValue ?? null,
    classification: result.classification,
  };
});

/** By the names that the files of vectors give them. */
export const diagnostics: Methods = {
  "Segment effects: Bonferroni, Cochran Q, I^2, DerSimonian-Laird, segment versus rest": heterogeneity,
  "Simpson paradox check: aggregate versus segment-standardised difference": simpson,
  "Overlap and interaction of two experiments": experimentInteraction,
  "Novelty / primacy: weighted trend of daily effects and first-versus-last contrast": noveltyPrimacy,
};
