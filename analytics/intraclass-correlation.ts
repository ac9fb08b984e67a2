import { type Cluster, clusteredSampleOf } from "./cluster-robust.ts";

/** A cluster of which the spread among its units is known, too. */
export interface ClusterWithin extends Cluster {
  /** Σy² over its units. */
  readonly sumOfSquares: number;
}

export interface ClusterSpread {
  /** The standard error of the difference as if units were independent. (Robust / naive)² is the design effect. */
  readonly naiveStandardError: number;
  /** The share of the units' variance that lies between clusters of a variant; negative where there is less than chance would give. Undefined without spread. */
  readonly intraclassCorrelation: number | undefined;
}

/**
 * What clustering does to the spread of two variants, by one-way analysis of variance within variants, pooled:
 * (MSB − MSW)/(MSB + (n₀ − 1)MSW). Source: R. A. Fisher (1925); n₀ for unequal sizes as A. Donner and J. J. Koval (1980) have it.
 */
export const clusterSpreadOf = (
  control: readonly ClusterWithin[],
  treatment: readonly ClusterWithin[],
): ClusterSpread => {
  let between = 0;
  let within = 0;
  let naiveVariance = 0;
  let clusterCount = 0;
  let unitCount = 0;
  let unequal = 0;
  for (const variant of [control, treatment]) {
    const { clusters, units, mean } = clusteredSampleOf(variant);
    clusterCount += clusters;
    unitCount += units;
    let squares = 0;
    for (const cluster of variant) {
      if (cluster.units === 0) continue;
      const fromMean = cluster.units * (cluster.sum / cluster.units - mean) ** 2;
      const inside = Math.max(0, cluster.sumOfSquares - (cluster.sum / cluster.units) * cluster.sum);
      between += fromMean;
      within += inside;
      squares += fromMean + inside;
      unequal += cluster.units ** 2 / units;
    }
    naiveVariance += squares / (units - 1) / units;
  }
  const msb = between / (clusterCount - 2);
  // Clusters of one unit each have no spread inside.
  const msw = unitCount > clusterCount ? within / (unitCount - clusterCount) : 0;
  const typicalSize = (unitCount - unequal) / (clusterCount - 2);
  const correlation = (msb - msw) / (msb + (typicalSize - 1) * msw);
  return {
    naiveStandardError: Math.sqrt(naiveVariance),
    intraclassCorrelation: unitCount > clusterCount && Number.isFinite(correlation) ? correlation : undefined,
  };
};
