import { clusterSpreadOf, type ClusterWithin } from "../../analytics/intraclass-correlation.ts";
import { compareClusterMeans } from "../../analytics/cluster-means.ts";
import { clusteredSampleOf, compareClusters } from "../../analytics/cluster-robust.ts";
import { twoLevelEffects } from "../../analytics/factorial.ts";
import { holdoutImpact } from "../../analytics/holdout.ts";
import { preferenceOf, signTest } from "../../analytics/interleaving.ts";
import { defaultLag } from "../../analytics/newey-west.ts";
import { compareBlocks } from "../../analytics/switchback.ts";
import type { Sample } from "../../analytics/welch.ts";
import { computed, type Methods, undefinedBecause } from "./method.ts";

const DEFAULT_ALPHA = 0.05;

const switchback = computed((input) => {
  const { block_values, block_treatment, hac_lag, alpha } = input as unknown as {
    block_values: (number | null)[];
    block_treatment: (number | boolean)[];
    hac_lag?: number;
    alpha?: number;
  };
  const blocks = block_values
    .flatMap((value, i) => (value === null ? [] : [{ value, treated: Number(block_treatment[i]) === 1 }]))
    .map((block, period) => ({ ...block, period }));
  const result = compareBlocks(blocks, hac_lag ?? defaultLag(blocks.length), alpha ?? DEFAULT_ALPHA);
  if (result.kind === "undefined") return undefinedBecause(result.reason);
  const { welch, autocorrelated, difference } = result;
  const byBlock = welch.kind === "estimated" ? welch : undefined;
  const known = {
    difference,
    block_welch_standard_error: byBlock?.standardError ?? null,
    block_welch_df: byBlock?.degreesOfFreedom ?? null,
    block_welch_p_value: byBlock?.pValue ?? null,
  };
  if (autocorrelated.kind === "undefined") return Object.assign(undefinedBecause(autocorrelated.reason), known);
  return {
    ...known,
    hac_standard_error: autocorrelated.standardError,
    hac_t: autocorrelated.statistic,
    hac_p_value: autocorrelated.pValue,
    hac_ci: autocorrelated.interval,
  };
});

const clusterRobust = computed((input) => {
  const { clusters, alpha = DEFAULT_ALPHA } = input as unknown as {
    clusters: { treatment: number | boolean; n: number; sum: number; sum_squares?: number }[];
    alpha?: number;
  };
  const side = (treated: boolean): ClusterWithin[] =>
    clusters
      .filter(({ treatment }) => (Number(treatment) === 1) === treated)
      .map(({ n, sum, sum_squares }) => ({ units: n, sum, sumOfSquares: sum_squares ?? Number.NaN }));
  const control = side(false);
  const treatment = side(true);
  const before = clusteredSampleOf(control);
  const after = clusteredSampleOf(treatment);
  const result = compareClusters(before, after, alpha);
  const means = {
    mean_control: before.units > 0 ? before.mean : null,
    mean_treatment: after.units > 0 ? after.mean : null,
    difference: before.units > 0 && after.units > 0 ? after.mean - before.mean : null,
  };
  if (result.kind === "undefined") return Object.assign(undefinedBecause(result.reason), means);
  const { robust, ratio, standardErrorCr0 } = result;
  const byCluster = compareClusterMeans(control, treatment, alpha);
  const { naiveStandardError, intraclassCorrelation } = clusterSpreadOf(control, treatment);
  const known = {
    ...means,
    se_cr0: standardErrorCr0,
    cluster_means_difference: byCluster.kind === "estimated" ? byCluster.difference : null,
    cluster_means_se: byCluster.kind === "estimated" ? byCluster.standardError : null,
    cluster_means_df: byCluster.kind === "estimated" ? byCluster.degreesOfFreedom : null,
    cluster_means_p_value: byCluster.kind === "estimated" ? byCluster.pValue : null,
    naive_iid_se: naiveStandardError,
    intraclass_correlation: intraclassCorrelation ?? null,
  };
  if (robust.kind === "undefined") return Object.assign(undefinedBecause(robust.reason), known);
  return {
    ...known,
    se_cr1: robust.standardError,
    p_cr1_t_df_g_minus_2: robust.pValue,
    ci_cr1: robust.interval,
    ratio_delta_se: ratio.kind === "estimated" ? ratio.standardError : null,
    design_effect: naiveStandardError > 0 ? (robust.standardError / naiveStandardError) ** 2 : null,
  };
});

const interleaving = computed((input) => {
  const {
    wins_a,
    wins_b,
    ties = 0,
    alpha = DEFAULT_ALPHA,
  } = input as unknown as { wins_a: number; wins_b: number; ties?: number; alpha?: number };
  const credits = { winsFirst: wins_a, winsSecond: wins_b, ties };
  const preference = { delta_ab: preferenceOf(credits) ?? null };
  const result = signTest(credits, alpha);
  if (result.kind === "undefined") return Object.assign(undefinedBecause(result.reason), preference);
  return {
    ...preference,
    p_normal: result.approximate.kind === "estimated" ? result.approximate.pValue : null,
    wilson_ci_b_preference: result.preference,
    p_exact: result.pValue,
    log10_p_exact: result.lnPValue / Math.LN10,
  };
});

const holdout = computed((input) => {
  const vector = input as unknown as { holdout: Sample; exposed: Sample; population?: number; alpha?: number };
  const result = holdoutImpact(
    vector.holdout,
    vector.exposed,
    vector.population ?? vector.holdout.n + vector.exposed.n,
    vector.alpha ?? DEFAULT_ALPHA,
  );
  if (result.kind === "undefined") return undefinedBecause(result.reason);
  const { test, incremental, projected } = result;
  const known = {
    difference: result.difference,
    incremental_total: incremental.total,
    projected_total: projected.total,
    share_of_total: result.shareOfTotal ?? null,
    relative_lift: result.lift ?? null,
  };
  if (test.kind === "undefined") return Object.assign(undefinedBecause(test.reason), known);
  return {
    ...known,
    standard_error: test.standardError,
    p_two_sided_normal: test.pValue,
    incremental_total_ci: incremental.interval ?? null,
    projected_total_ci: projected.interval ?? null,
    ci_relative_delta_normal: result.liftInterval ?? null,
  };
});

const effectName = (factors: readonly number[]): string =>
  String.fromCodePoint(...factors.map((factor) => factor + 65));

const factorial = computed((input) => {
  const { cells, alpha } = input as unknown as { cells: Record<string, Sample>; alpha?: number };
  const effects = twoLevelEffects(
    Object.entries(cells).map(([levels, cell]) => ({ ...cell, levels: Array.from(levels, Number) })),
    alpha ?? DEFAULT_ALPHA,
  );
  return {
    effects: Object.fromEntries(
      effects.map(({ of, effect, test }) => {
        const estimated = test.kind === "estimated" ? test : undefined;
        return [
          effectName(of.map(({ factor }) => factor)),
          {
            effect: Number.isNaN(effect) ? null : effect,
            standard_error: estimated?.standardError ?? null,
            z: estimated?.statistic ?? null,
            p_value: estimated?.pValue ?? null,
            log10_p_value: estimated ? estimated.lnPValue / Math.LN10 : null,
            ci: estimated?.interval ?? null,
            ...(test.kind === "undefined" && { undefined: true, reason: test.reason }),
          },
        ];
      }),
    ),
  };
});

/** By the names that the files of vectors give them. */
export const designs: Methods = {
  "Switchback: block-mean t-test, paired difference, Newey-West (HAC) regression": switchback,
  "Cluster-randomised comparison: cluster-robust (CR0/CR1) and cluster-mean t-test from per-cluster sums":
    clusterRobust,
  "Interleaving (team-draft): sign / binomial test on queries": interleaving,
  "Holdout cumulative impact": holdout,
  "MVT / 2^k factorial main effects and interactions from cell statistics": factorial,
};
