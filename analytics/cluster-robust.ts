import type { DifferenceTest, Undefined } from "./difference.ts";
import { waldTest } from "./wald-test.ts";

/** With fewer clusters than this in all, robust standard errors are too small; where they are known one by one, compare their means instead. */
export const FEWEST_ROBUST_CLUSTERS = 40;

/** One cluster: its units and the total over them. */
export interface Cluster {
  readonly units: number;
  readonly sum: number;
}

/** Exact sums over clusters of the total `y` and the size `d` of each, in millionths, and of their products, in millionths squared. */
export interface ClusterSums {
  readonly clusters: number;
  readonly y: bigint;
  readonly d: bigint;
  readonly yy: bigint;
  readonly yd: bigint;
  readonly dd: bigint;
}

/** All that the tests need of one variant's clusters. */
export interface ClusteredSample {
  readonly clusters: number;
  readonly units: number;
  /** Over units. */
  readonly mean: number;
  /** Σ over clusters of (total − size · mean)². */
  readonly residualSquares: number;
}

/** Clusters one by one; those without units say nothing. */
export const clusteredSampleOf = (clusters: readonly Cluster[]): ClusteredSample => {
  const used = clusters.filter(({ units }) => units > 0);
  const units = used.reduce((sum, cluster) => sum + cluster.units, 0);
  const mean = units === 0 ? 0 : used.reduce((sum, cluster) => sum + cluster.sum, 0) / units;
  return {
    clusters: used.length,
    units,
    mean,
    residualSquares: used.reduce((sum, cluster) => sum + (cluster.sum - cluster.units * mean) ** 2, 0),
  };
};

/** The same from running sums; the squares are formed in whole numbers, so that nothing cancels. */
export const clusteredSampleOfSums = ({ clusters, y, d, yy, yd, dd }: ClusterSums): ClusteredSample => ({
  clusters,
  units: Number(d) / 1e6,
  mean: d === 0n ? 0 : Number(y) / Number(d),
  residualSquares: d === 0n ? 0 : Number(d * d * yy - 2n * d * y * yd + y * y * dd) / Number(d * d) / 1e12,
});

export interface ClusterComparison {
  readonly kind: "estimated";
  readonly difference: number;
  /** Of the difference as least squares of the units on treatment has it, robust to any correlation inside a cluster, without a correction for few. */
  readonly standardErrorCr0: number;
  /** With the correction G/(G − 1) · (N − 1)/(N − 2) for G clusters of N units, and Student's t of G − 2. */
  readonly robust: DifferenceTest | Undefined;
  /** With the delta method's standard error, the clusters being the units of a ratio metric, and a z-test. */
  readonly ratio: DifferenceTest | Undefined;
}

/**
 * Compares the means over units of two variants whose clusters were randomised. Prefer Welch's test of the clusters' means below 40 clusters.
 *
 * Sources: K.-Y. Liang and S. L. Zeger (1986); A. Deng, U. Knoblich and J. Lu (2018) for the ratio.
 */
export const compareClusters = (
  control: ClusteredSample,
  treatment: ClusteredSample,
  alpha: number,
): ClusterComparison | Undefined => {
  if (control.clusters === 0 || treatment.clusters === 0) return { kind: "undefined", reason: "no_data" };
  if (control.clusters < 2 || treatment.clusters < 2) return { kind: "undefined", reason: "too_few_clusters" };
  if (!(control.units > 0) || !(treatment.units > 0)) return { kind: "undefined", reason: "zero_denominator" };
  const difference = treatment.mean - control.mean;
  const clusters = control.clusters + treatment.clusters;
  const units = control.units + treatment.units;
  const before = control.residualSquares / control.units ** 2;
  const after = treatment.residualSquares / treatment.units ** 2;
  const correction = (clusters / (clusters - 1)) * ((units - 1) / (units - 2));
  const small = ({ clusters }: ClusteredSample): number => clusters / (clusters - 1);
  return {
    kind: "estimated",
    difference,
    standardErrorCr0: Math.sqrt(before + after),
    robust:
      units > 2
        ? waldTest(difference, Math.sqrt((before + after) * correction), alpha, clusters - 2)
        : { kind: "undefined", reason: "too_few_observations" },
    ratio: waldTest(difference, Math.sqrt(before * small(control) + after * small(treatment)), alpha),
  };
};
