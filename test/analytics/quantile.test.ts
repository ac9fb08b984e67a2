import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JointSums } from "../../analytics/joint-moments.ts";
import { momentsOfValues, sampleOfMoments } from "../../analytics/moments.ts";
import {
  type Bin,
  compareQuantiles,
  orderedBins,
  orderedValues,
  quantileAt,
  quantileEstimate,
  type QuantileSummary,
  summariseQuantile,
} from "../../analytics/quantile.ts";
import { bucketBounds, bucketOf } from "../../counting/histogram.ts";
import { seededRandom } from "../random.ts";

const Z = 1.959963984540054;

/** The bins that counting keeps values in, with their moments. */
const binsOf = (values: readonly number[]): Bin[] =>
  [...Map.groupBy(values, (value) => bucketOf(Math.round(value * 1e6)))].map(([bucket, own]) => {
    const { lower, upper } = bucketBounds(bucket);
    return { ...sampleOfMoments(momentsOfValues(own)), low: Number(lower) / 1e6, high: Number(upper) / 1e6 };
  });

const summaryOf = (change: Partial<QuantileSummary> = {}): QuantileSummary => ({
  quantile: 0.5,
  n: 1000,
  estimate: 50,
  lower: 47,
  upper: 53,
  z: Z,
  ...change,
});

/** `n` clusters of a size: in `below` of them all values are up to the estimate, in the others none. */
const clusters = (n: number, size: bigint, below: bigint): JointSums => {
  const count = BigInt(n);
  return {
    n,
    sums: {
      y: below * size,
      d: count * size,
      yy: below * size * size,
      yd: below * size * size,
      dd: count * size * size,
    },
  };
};

describe("a quantile of values", () => {
  it.each([
    [0, 1],
    [0.1, 1.4],
    [0.25, 2],
    [0.9, 7.6],
    [1, 10],
  ])("at %f is R's type 7", (level, expected) => {
    // R: quantile(c(1, 2, 3, 4, 10), c(0, .1, .25, .9, 1))
    expect(quantileAt(orderedValues([10, 3, 1, 4, 2]), level)).toBeCloseTo(expected, 14);
  });

  it("is the value itself where there is one, and not a number where there is none", () => {
    expect(quantileAt(orderedValues([7]), 0.3)).toBe(7);
    expect(quantileAt(orderedValues([]), 0.3)).toBeNaN();
    expect(quantileAt(orderedBins([]), 0.3)).toBeNaN();
  });
});

describe("a quantile of a histogram", () => {
  const values = fc.array(fc.double({ min: -100, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 60 });

  it("is never further from the quantile of the values than the bins are wide", () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (raw, level) => {
        const rounded = raw.map((value) => Math.round(value * 1e6) / 1e6);
        const exact = quantileAt(orderedValues(rounded), level);
        const got = quantileAt(orderedBins(binsOf(rounded)), level);
        const largest = Math.max(...rounded.map(Math.abs));
        expect(Math.abs(got - exact)).toBeLessThanOrEqual(largest / 64 + 1e-9);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it("is exact while no bin has more than two different values", () => {
    const few = [1, 5, 5, 5, 9.25, 9.3, 20, 40];
    for (const level of [0, 0.2, 0.5, 0.7, 0.95, 1])
      expect(quantileAt(orderedBins(binsOf(few)), level)).toBeCloseTo(quantileAt(orderedValues(few), level), 12);
  });

  it("rises with the level", () => {
    const random = seededRandom(3);
    const sample = orderedBins(binsOf(Array.from({ length: 300 }, () => Math.exp(3 * random()))));
    const steps = Array.from({ length: 200 }, (_, i) => quantileAt(sample, i / 199));
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  });

  it("holds for a billion units, whose bounds are within one bin", () => {
    // Even from 0 to 1 in 100 bins: the median's bounds are half a standard error of a share, z/√(4n), from 0.5.
    const bins = Array.from({ length: 100 }, (_, i) => ({
      n: 1e7,
      low: i / 100,
      high: (i + 1) / 100,
      mean: (i + 0.5) / 100,
      variance: 1 / 120_000,
    }));
    const { estimate, upper } = summariseQuantile(orderedBins(bins), 0.505, Z);
    expect(estimate).toBeCloseTo(0.505, 8);
    expect((upper - estimate) / (Z * Math.sqrt((0.505 * 0.495) / 1e9))).toBeCloseTo(1, 3);
  });
});

describe("the comparison of quantiles", () => {
  it("rejects as often as it says when nothing has changed, from a histogram too", () => {
    const random = seededRandom(20);
    const lognormal = (): number => Math.exp(Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
    const sample = (): number[] => Array.from({ length: 500 }, lognormal);
    const rejections = { values: 0, bins: 0 };
    for (let i = 0; i < 600; i += 1) {
      const [control, treatment] = [sample(), sample()];
      for (const [name, order] of [
        ["values", orderedValues],
        ["bins", (values: readonly number[]) => orderedBins(binsOf(values))],
      ] as const) {
        const test = compareQuantiles(
          summariseQuantile(order(control), 0.9, Z),
          summariseQuantile(order(treatment), 0.9, Z),
          0.05,
        );
        if (test.kind === "estimated" && test.pValue < 0.05) rejections[name] += 1;
      }
    }
    // 0.05 ± 4 standard errors of 600 trials.
    expect(rejections.values / 600).toBeLessThan(0.086);
    expect(rejections.values / 600).toBeGreaterThan(0.014);
    expect(Math.abs(rejections.bins - rejections.values)).toBeLessThanOrEqual(6);
  });

  it.each([
    [0.5, 3, 4],
    [0.9, 34, 35],
    [0.99, 380, 381],
    [0.01, 380, 381],
  ])("of level %f is undefined for %i values and defined for %i", (quantile, few, enough) => {
    expect(quantileEstimate(summaryOf({ quantile, n: few }))).toEqual({
      kind: "undefined",
      reason: "too_few_observations",
    });
    expect(quantileEstimate(summaryOf({ quantile, n: enough })).kind).toBe("estimated");
  });

  it("is undefined within ties, even if the other variant has none", () => {
    const ties = summariseQuantile(orderedValues(Array.from({ length: 900 }, (_, i) => (i < 100 ? 1 : 9.99))), 0.5, Z);
    expect(compareQuantiles(ties, summaryOf(), 0.05)).toEqual({ kind: "undefined", reason: "zero_variance" });
    expect(compareQuantiles(summaryOf(), ties, 0.05)).toEqual({ kind: "undefined", reason: "zero_variance" });
    const binned = summariseQuantile(orderedBins(binsOf([...Array<number>(800).fill(9.99), 1])), 0.5, Z);
    expect(quantileEstimate(binned)).toEqual({ kind: "undefined", reason: "zero_variance" });
  });

  it("is undefined without values", () => {
    const none = summariseQuantile(orderedValues([]), 0.5, Z);
    expect(compareQuantiles(none, summaryOf(), 0.05)).toEqual({ kind: "undefined", reason: "no_data" });
  });

  describe("of values in clusters", () => {
    it("is that of independent values where each cluster has one, but for n/(n − 1)", () => {
      const plain = quantileEstimate(summaryOf());
      const single = quantileEstimate(summaryOf({ clusters: clusters(1000, 1n, 500n) }));
      expect(plain.kind === "estimated" && single.kind === "estimated" && single.variance / plain.variance).toBeCloseTo(
        1000 / 999,
        12,
      );
    });

    it("has the variance times a cluster's size where all of its values go the same way", () => {
      const plain = quantileEstimate(summaryOf());
      const eight = quantileEstimate(summaryOf({ clusters: clusters(125, 8n, 62n) }));
      const share = 62 / 125;
      expect(plain.kind === "estimated" && eight.kind === "estimated" && eight.variance / plain.variance).toBeCloseTo(
        ((8 * share * (1 - share)) / 0.25) * (125 / 124),
        10,
      );
    });

    it.each([
      ["too_few_clusters", clusters(1, 1000n, 1n)],
      ["no_data", { n: 0, sums: {} }],
      ["zero_denominator", { n: 10, sums: {} }],
      ["zero_variance", clusters(10, 100n, 10n)],
    ] as const)("is undefined for %s", (reason, sums) => {
      expect(quantileEstimate(summaryOf({ clusters: sums }))).toEqual({ kind: "undefined", reason });
    });
  });
});
