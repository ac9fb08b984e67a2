import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareClusterMeans } from "../../analytics/cluster-means.ts";
import {
  type Cluster,
  type ClusterComparison,
  clusteredSampleOf,
  clusteredSampleOfSums,
  compareClusters,
} from "../../analytics/cluster-robust.ts";
import { clusterSpreadOf } from "../../analytics/intraclass-correlation.ts";
import { sampleOf } from "../../analytics/sample-of.ts";
import { compareMeans } from "../../analytics/welch.ts";

const compared = (control: readonly Cluster[], treatment: readonly Cluster[]): ClusterComparison => {
  const result = compareClusters(clusteredSampleOf(control), clusteredSampleOf(treatment), 0.05);
  if (result.kind === "undefined") throw new Error(result.reason);
  return result;
};

const reasonOf = (control: readonly Cluster[], treatment: readonly Cluster[]): unknown => {
  const result = compareClusters(clusteredSampleOf(control), clusteredSampleOf(treatment), 0.05);
  return result.kind === "undefined" ? result.reason : undefined;
};

const singles = (sums: readonly number[]): Cluster[] => sums.map((sum) => ({ units: 1, sum }));

const MILLIONTHS = 1_000_000n;

const sumsOf = (clusters: readonly Cluster[]) => {
  const each = clusters.map(({ units, sum }) => ({ d: BigInt(units) * MILLIONTHS, y: BigInt(Math.round(sum * 1e6)) }));
  const over = (value: (cluster: { d: bigint; y: bigint }) => bigint) =>
    each.reduce((total, cluster) => total + value(cluster), 0n);
  return {
    clusters: each.length,
    y: over(({ y }) => y),
    d: over(({ d }) => d),
    yy: over(({ y }) => y * y),
    yd: over(({ y, d }) => y * d),
    dd: over(({ d }) => d * d),
  };
};

const cluster: fc.Arbitrary<Cluster> = fc.record({
  units: fc.integer({ min: 1, max: 5000 }),
  sum: fc.integer({ min: 0, max: 1_000_000 }),
});
const variant = fc.array(cluster, { minLength: 2, maxLength: 20 });

describe("the comparison of clusters", () => {
  it("needs no more than sums over clusters", () => {
    fc.assert(
      fc.property(variant, (clusters) => {
        const listed = clusteredSampleOf(clusters);
        const summed = clusteredSampleOfSums(sumsOf(clusters));
        expect(summed).toMatchObject({ clusters: listed.clusters, units: listed.units });
        expect(summed.mean).toBeCloseTo(listed.mean, 9);
        expect(Math.abs(summed.residualSquares - listed.residualSquares)).toBeLessThanOrEqual(
          1e-9 * listed.residualSquares + 1e-9 * listed.mean ** 2,
        );
      }),
      { seed: 61 },
    );
  });

  it("keeps small residuals of clusters with large totals", () => {
    const clusters = Array.from({ length: 10 }, (_, i) => ({ units: 1_000_000, sum: 1e9 + (i % 2) }));
    expect(clusteredSampleOfSums(sumsOf(clusters)).residualSquares).toBeCloseTo(2.5, 12);
  });

  it("is a comparison of means where clusters are of one unit", () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (before, after) => {
        fc.pre(new Set(before).size > 1);
        const { ratio } = compared(singles(before), singles(after));
        const welch = compareMeans(sampleOf(before), sampleOf(after), 0.05);
        if (ratio.kind === "undefined" || welch.kind === "undefined") throw new Error("they vary");
        expect(ratio.difference).toBeCloseTo(welch.difference, 9);
        expect(ratio.standardError).toBeCloseTo(welch.standardError, 9);
      }),
      { seed: 62 },
    );
  });

  it("is, where clusters are of one size, the comparison of their means", () => {
    const control = [10, 14, 9, 12].map((sum) => ({ units: 5, sum }));
    const treatment = [15, 13, 18].map((sum) => ({ units: 5, sum }));
    const { ratio, robust, standardErrorCr0 } = compared(control, treatment);
    const means = compareClusterMeans(control, treatment, 0.05);
    if (ratio.kind === "undefined" || robust.kind === "undefined" || means.kind === "undefined")
      throw new Error("they vary");
    expect(ratio.standardError).toBeCloseTo(means.standardError, 12);
    // G/(G − 1)·(N − 1)/(N − 2) for 7 clusters of 35 units.
    expect((robust.standardError / standardErrorCr0) ** 2).toBeCloseTo((7 / 6) * (34 / 33), 12);
  });

  it("does not change with clusters that have no units", () => {
    const control = [10, 14, 9].map((sum) => ({ units: 5, sum }));
    const treatment = [15, 13, 18].map((sum) => ({ units: 4, sum }));
    const empty = { units: 0, sum: 0 };
    expect(compared([...control, empty], [empty, ...treatment])).toEqual(compared(control, treatment));
    expect(compareClusterMeans([...control, empty], treatment, 0.05)).toEqual(
      compareClusterMeans(control, treatment, 0.05),
    );
  });

  it("says why it cannot", () => {
    const two = [4, 6].map((sum) => ({ units: 5, sum }));
    expect(reasonOf([], two)).toBe("no_data");
    expect(reasonOf(two, two.slice(1))).toBe("too_few_clusters");
    expect(compareClusterMeans(two, two.slice(1), 0.05)).toEqual({ kind: "undefined", reason: "too_few_clusters" });
    expect(compareClusterMeans([], two, 0.05)).toEqual({ kind: "undefined", reason: "no_data" });
    const same = [5, 5].map((sum) => ({ units: 5, sum }));
    const constant = { kind: "undefined", reason: "zero_variance" };
    expect(compared(same, same)).toMatchObject({ robust: constant, ratio: constant });
    const sizeless = clusteredSampleOfSums({ ...sumsOf(two), d: 0n, dd: 0n, yd: 0n });
    expect(compareClusters(sizeless, clusteredSampleOf(two), 0.05)).toEqual({
      kind: "undefined",
      reason: "zero_denominator",
    });
  });
});

const clusterOf = (values: readonly number[]) => ({
  units: values.length,
  sum: values.reduce((total, value) => total + value, 0),
  sumOfSquares: values.reduce((total, value) => total + value * value, 0),
});

describe("the correlation inside clusters", () => {
  /** Shrout & Fleiss (1979), table 2: six targets, four judges. */
  const RATINGS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
  ];
  it("is Shrout and Fleiss's ICC(1,1) of their table", () => {
    const targets = RATINGS.map(clusterOf);
    // Both variants alike, so that pooling leaves the mean squares of one: 11.24 and 6.26, ICC .17.
    expect(clusterSpreadOf(targets, targets).intraclassCorrelation).toBeCloseTo(0.1657, 4);
  });

  it("is 1 where all units of a cluster are the same, and negative where clusters are alike", () => {
    const same = [clusterOf([1, 1]), clusterOf([2, 2]), clusterOf([3, 3])];
    expect(clusterSpreadOf(same, same).intraclassCorrelation).toBeCloseTo(1, 12);
    const alike = [clusterOf([1, 3]), clusterOf([1, 3])];
    expect(clusterSpreadOf(alike, alike).intraclassCorrelation).toBeCloseTo(-1, 12);
  });

  it("is unknown without clusters of more than one unit, or without any spread", () => {
    const single = [clusterOf([1]), clusterOf([2])];
    expect(clusterSpreadOf(single, single).intraclassCorrelation).toBeUndefined();
    const constant = [clusterOf([1, 1]), clusterOf([1, 1])];
    expect(clusterSpreadOf(constant, constant)).toEqual({ naiveStandardError: 0, intraclassCorrelation: undefined });
  });
});
