import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { MetricType } from "../contract/metric.ts";
import type { UndefinedReason } from "../contract/estimate.ts";
import type { MetricVariant } from "../contract/results.ts";
import { orderedUnits } from "./histogram.ts";
import { type PairedMoments, pairedMomentsOf, type Whole, ratioMomentsOf } from "./joint-moments.ts";
import { quantileAt, quantileVariance } from "./quantile.ts";
import { sampleOf } from "./sample-of.ts";
import { addUp, type Counts, EXPOSURES, talliesBy, type Tally, type Totals } from "./tally.ts";
import { meanOf } from "./welch.ts";

export type PlanMetric = AnalysisPlan["metrics"][number];
type PlanVariant = Pick<AnalysisPlan["variants"][number], "id" | "key">;

/** One variant's units and what they did, as one metric has it. */
export interface Measured {
  readonly key: string;
  /** What is shown: units, and what the metric is made of. */
  readonly n: number;
  readonly sum: number;
  readonly denominator: number | null;
  /** Units with an event that counts. */
  readonly events: number;
  /** Exposed units: what a sequence goes by. */
  readonly units: number;
  /** The metric; null while it is undefined. */
  readonly mean: number | null;
  /** Why there is no standard error; then `variance` is 0. */
  readonly reason: UndefinedReason | null;
  /** Of `mean`, as an estimate. */
  readonly variance: number;
  /** How many independent ones it is an average of: what Student's t goes by. Null where the normal distribution serves. */
  readonly observations: number | null;
  /**
   * Student's t loses a degree of freedom for each variant of clusters; a switchback test averages windows, however many units were in them;
   * interleaved variants share units: what one wins the other loses.
   */
  readonly structure: "independent" | "clusters" | "windows" | "shared";
  /** Of the units, with what they did before they were exposed, where that can make a difference sharper. */
  readonly covariates: PairedMoments | null;
}

export const RATES: ReadonlySet<MetricType> = new Set(["conversion", "retention"]);
export const RATIOS: ReadonlySet<MetricType> = new Set(["mean", "ratio", "time_to_event"]);

/** The level at which the bounds of a quantile are taken for its variance. Source: Deng, Knoblich & Lu (2018), section 4. */
export const QUANTILE_Z = 1.959963984540054;

const without = (key: string, units: number, reason: UndefinedReason | null = "no_data"): Measured => ({
  key,
  n: units,
  sum: 0,
  denominator: null,
  events: 0,
  units,
  mean: null,
  reason,
  variance: 0,
  observations: null,
  structure: "independent",
  covariates: null,
});

/** A sum in the metric's own unit. */
const valueOf = (sum: Whole = 0n): number => Number(sum) / 1e6;

/** Sums that the cells leave to be filled in: how many times a unit divides, and the size of a cluster that did nothing. */
const denominatorsOf = (type: MetricType, isCluster: boolean, exposed: Totals, metric: Totals): Totals["sums"] => {
  const { sums } = metric;
  if (type === "time_to_event") {
    const units = BigInt(metric.n);
    return { ...sums, d: units * 1_000_000n, dd: units * 1_000_000_000_000n, yd: BigInt(sums.y ?? 0) * 1_000_000n };
  }
  return isCluster && !RATIOS.has(type) ? { ...sums, d: exposed.sums.d ?? 0n, dd: exposed.sums.dd ?? 0n } : sums;
};

/**
 * One variant's value of a metric from its totals, whatever group of units they are of: all, those of a day, of a country.
 * A quantile's cannot be had from totals.
 */
export const measureTotals = (
  design: AnalysisPlan["design"],
  { type }: Pick<PlanMetric, "type">,
  key: string,
  exposed: Totals,
  metric: Totals,
): Measured => {
  const { n } = exposed;
  const isCluster = design === "cluster";
  // Σy/Σd over exposed units, or over clusters; else a share of units that did it, or a mean over all of them.
  const isRatio = isCluster || RATIOS.has(type);
  const isRate = !isRatio && RATES.has(type);
  const moments = isRatio
    ? ratioMomentsOf({ n, sums: denominatorsOf(type, isCluster, exposed, metric) })
    : pairedMomentsOf({ n, sums: metric.sums });
  const isKnown = n > 0 && moments.denominator !== 0;
  const rate = metric.n / n;
  const reason =
    n === 0
      ? "no_data"
      : !isKnown
        ? "zero_denominator"
        : isRate || n > 1
          ? null
          : isCluster
            ? "too_few_clusters"
            : "too_few_observations";
  return {
    key,
    n,
    // A converted unit counts once, whatever it did after.
    sum: isRate ? metric.n : moments.sum,
    denominator: isRatio ? moments.denominator : null,
    events: metric.n,
    units: n,
    mean: !isKnown ? null : isRate ? rate : moments.y,
    reason,
    variance: isKnown ? (isRate ? rate * ((n - metric.n) / n) : moments.yy) / n : 0,
    observations: isKnown && (isCluster || !(isRatio || isRate)) ? n : null,
    structure: isKnown && isCluster ? "clusters" : "independent",
    covariates: reason === null && !isCluster && type !== "time_to_event" && moments.xx > 0 ? moments : null,
  };
};

/** The same, from a tally of the group's cells. */
export const measureTally = (
  design: AnalysisPlan["design"],
  metric: Pick<PlanMetric, "id" | "type">,
  { id, key }: PlanVariant,
  tally: Tally,
): Measured => measureTotals(design, metric, key, tally.of(id, EXPOSURES), tally.of(id, metric.id));

/** A quantile over the units with an event. */
const measureQuantile = (metric: PlanMetric, { id, key }: PlanVariant, counts: Counts): Measured => {
  const cells = counts.cells("bucket").filter((cell) => cell.metric_id === metric.id && cell.variant_id === id);
  const { n, sums } = addUp(cells);
  const values = orderedUnits(cells);
  const level = metric.quantile ?? 0.5;
  const variance = quantileVariance(values, level, QUANTILE_Z);
  const isKnown = typeof variance === "number";
  return {
    ...without(key, n, isKnown ? null : variance),
    sum: valueOf(sums.y),
    events: n,
    units: counts.tally.of(id, EXPOSURES).n,
    mean: n === 0 ? null : quantileAt(values, level),
    variance: isKnown ? variance : 0,
  };
};

/** The mean over a switchback test's windows on one side, which count alike however many units were in them. */
const measureBlocks = (metric: PlanMetric, variant: PlanVariant, counts: Counts): Measured => {
  const all = measureTally("switchback", metric, variant, counts.tally);
  const windows = [...talliesBy(counts.cells("block"), ({ slice }) => slice).values()];
  const blocks = sampleOf(windows.flatMap((tally) => measureTally("switchback", metric, variant, tally).mean ?? []));
  const hasNone = blocks.n === 0;
  return {
    ...all,
    ...(hasNone ? { mean: null, variance: 0 } : meanOf(blocks)),
    reason: hasNone ? (all.reason ?? "no_data") : blocks.n < 2 ? "too_few_observations" : null,
    observations: blocks.n,
    structure: "windows",
    covariates: null,
  };
};

/** The share of credit that one of the two interleaved variants won, as a mean over units with credit. */
const measureCredit = (plan: AnalysisPlan, metric: PlanMetric, { id, key }: PlanVariant, counts: Counts): Measured => {
  const cells = counts.cells("credit").filter(({ metric_id }) => metric_id === metric.id);
  const { n, sums } = addUp(cells);
  const measured = { ...without(key, n), events: n, structure: "shared" as const };
  const place = plan.variants.findIndex((variant) => variant.id === id);
  if (n === 0 || place > 1) return measured;
  const { y, yy } = pairedMomentsOf({ n, sums });
  const mean = (1 + (place === 0 ? y : -y)) / 2;
  return {
    ...measured,
    sum: mean * n,
    mean,
    variance: yy / n / 4,
    reason: n < 2 ? "too_few_observations" : null,
    observations: n,
  };
};

/**
 * Whether any group of exposed units has the metric by the sums over those units: those of a day, of a country. A percentile's cap is that
 * of all of them.
 */
export const isSummed = (
  { design }: Pick<AnalysisPlan, "design">,
  { type, cap_percentile }: Pick<PlanMetric, "type" | "cap_percentile">,
): boolean => type !== "quantile" && cap_percentile === null && (design === "parallel" || design === "cluster");

/** What one variant's cells say of a metric of the plan. */
export const measure = (plan: AnalysisPlan, metric: PlanMetric, variant: PlanVariant, counts: Counts): Measured => {
  if (plan.design === "interleaving") return measureCredit(plan, metric, variant, counts);
  if (metric.type === "quantile") return measureQuantile(metric, variant, counts);
  if (plan.design === "switchback") return measureBlocks(metric, variant, counts);
  return measureTally(plan.design, metric, variant, counts.tally);
};

export const shownOf = ({ key, n, sum, denominator, mean, variance, reason }: Measured): MetricVariant => ({
  key,
  n,
  sum,
  denominator,
  mean,
  standard_error: mean === null || reason !== null ? null : Math.sqrt(variance),
});
