import type { UndefinedReason } from "../contract/estimate.ts";
import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import type { JointSums } from "./joint-moments.ts";
import { ratioOf } from "./ratio-metric.ts";
import { waldTest } from "./wald-test.ts";
import { meanOf, type Sample } from "./welch.ts";
import { sumOf } from "./sum.ts";

/** Values by size: the smallest has rank 0, the largest n − 1. */
export interface OrderedSample {
  readonly n: number;
  readonly at: (rank: number) => number;
}

export const orderedValues = (values: readonly number[]): OrderedSample => {
  const sorted = Float64Array.from(values).sort();
  return { n: sorted.length, at: (rank) => sorted[rank] ?? NaN };
};

/** The values of a histogram's bin: how many, their mean and variance, and the bounds that they are within. */
export interface Bin extends Sample {
  readonly low: number;
  readonly high: number;
}

/**
 * The values behind a histogram, as far as it tells them: those of a bin are spread evenly with the bin's mean and
 * variance, and stay within its bounds. Exact where a bin has one value, two values, or none but equal ones. The bins must
 * not overlap; any order will do.
 */
export const orderedBins = (bins: readonly Bin[]): OrderedSample => {
  const sorted = bins.filter(({ n }) => n > 0).toSorted((a, b) => a.low - b.low);
  const n = sumOf(sorted, (bin) => bin.n);
  return {
    n,
    at: (rank) => {
      let before = 0;
      for (const bin of sorted) {
        if (rank < before + bin.n) {
          // From −1 to 1; n evenly spaced points have (n + 1)/(3n) of the square of half their range as variance.
          const place = (2 * (rank - before) + 1) / bin.n - 1;
          const halfRange = Math.sqrt((3 * bin.variance * bin.n) / (bin.n + 1));
          return Math.min(bin.high, Math.max(bin.low, bin.mean + place * halfRange));
        }
        before += bin.n;
      }
      return NaN;
    },
  };
};

/** The value at a level from 0 to 1, between the two next to it as R's type 7 (NumPy's `linear`) has it. NaN of none. */
export const quantileAt = ({ n, at }: OrderedSample, level: number): number => {
  const rank = (n - 1) * level;
  const below = Math.floor(rank);
  const share = rank - below;
  const low = at(below);
  if (share === 0) return low;
  const high = at(below + 1);
  // From the nearer end, as NumPy does: a cap that is one of the values must not be a rounding off it.
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
};

/** The values at the levels quantile ∓ z·√(quantile·(1 − quantile)/n); those of too few values end at 0 and 1. */
const boundsOf = (values: OrderedSample, quantile: number, z: number): readonly [lower: number, upper: number] => {
  const half = z * Math.sqrt((quantile * (1 - quantile)) / values.n);
  return [quantileAt(values, Math.max(0, quantile - half)), quantileAt(values, Math.min(1, quantile + half))];
};

/** With more values than this none of the bounds is past the last one. */
export const fewestFor = (quantile: number, z: number): number => {
  const odds = quantile / (1 - quantile);
  return z * z * Math.max(odds, 1 / odds);
};

/**
 * The variance of a quantile of independent values, from the distance of its bounds, or why there is none: so few values that a bound would be
 * past the last one, or equal bounds, as they are within ties.
 *
 * Source: Deng, Knoblich & Lu (2018), section 4.
 */
const varianceBetween = (
  n: number,
  quantile: number,
  z: number,
  [lower, upper]: readonly [lower: number, upper: number],
): number | UndefinedReason => {
  if (n === 0) return "no_data";
  if (!(n > fewestFor(quantile, z))) return "too_few_observations";
  const variance = ((upper - lower) / (2 * z)) ** 2;
  return variance > 0 ? variance : "zero_variance";
};

/** `z` says how far the bounds are; the test's critical value is usual. */
export const quantileVariance = (values: OrderedSample, quantile: number, z: number): number | UndefinedReason =>
  varianceBetween(values.n, quantile, z, boundsOf(values, quantile, z));

/** A quantile of `n` values, with what its variance is told by. */
export interface QuantileSummary {
  /** Which one, between 0 and 1. */
  readonly quantile: number;
  readonly n: number;
  readonly estimate: number;
  /** The value at the level quantile − z·√(quantile·(1 − quantile)/n). */
  readonly lower: number;
  /** The value as far above it. */
  readonly upper: number;
  readonly z: number;
  /** For values that come in clusters, the units: of each one's values, how many are up to the estimate (y), and all (d). */
  readonly clusters?: JointSums;
}

type QuantileEstimate = (Estimate & { readonly kind: "estimated" }) | Undefined;

/** `z` says how far the bounds are, as in {@link quantileVariance}. */
export const summariseQuantile = (values: OrderedSample, quantile: number, z: number): QuantileSummary => {
  const [lower, upper] = boundsOf(values, quantile, z);
  return { quantile, n: values.n, estimate: quantileAt(values, quantile), lower, upper, z };
};

/** The quantile of independent values with its variance. */
export const independentQuantile = ({ quantile, n, estimate, lower, upper, z }: QuantileSummary): QuantileEstimate => {
  const variance = varianceBetween(n, quantile, z, [lower, upper]);
  return typeof variance === "number"
    ? { kind: "estimated", mean: estimate, variance }
    : { kind: "undefined", reason: variance };
};

/** The same, its variance times what clusters inflate that of the share of values below it. Source: S. Yao, Y. Li, J. Lu (2024). */
export const quantileEstimate = (summary: QuantileSummary): QuantileEstimate => {
  const { quantile, n, clusters } = summary;
  const own = independentQuantile(summary);
  if (!clusters) return own;
  if (clusters.n === 0) return { kind: "undefined", reason: "no_data" };
  if (own.kind === "undefined" && own.reason !== "zero_variance") return own;
  if (clusters.n < 2) return { kind: "undefined", reason: "too_few_clusters" };
  const below = ratioOf(clusters);
  if (!below) return { kind: "undefined", reason: "zero_denominator" };
  if (own.kind === "undefined") return own;
  const variance = own.variance * (meanOf(below).variance / ((quantile * (1 - quantile)) / n));
  return variance > 0 ? { ...own, variance } : { kind: "undefined", reason: "zero_variance" };
};

/** The z-test of two quantiles. */
export const compareQuantiles = (
  control: QuantileSummary,
  treatment: QuantileSummary,
  alpha: number,
): DifferenceTest | Undefined => {
  const before = quantileEstimate(control);
  const after = quantileEstimate(treatment);
  if (before.kind === "undefined") return before;
  if (after.kind === "undefined") return after;
  return waldTest(after.mean - before.mean, Math.sqrt(before.variance + after.variance), alpha);
};
