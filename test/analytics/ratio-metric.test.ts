import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JointSums } from "../../analytics/joint-moments.ts";
import { momentsOfValues, sampleOfMoments } from "../../analytics/moments.ts";
import { compareRatios, ratioOf } from "../../analytics/ratio-metric.ts";
import { compareMeans } from "../../analytics/welch.ts";

type Unit = readonly [y: number, d: number];

/** Of whole numbers. */
const sumsOf = (units: readonly Unit[]): JointSums => {
  const sum = (of: (y: bigint, d: bigint) => bigint): bigint =>
    units.reduce((total, [y, d]) => total + of(BigInt(y), BigInt(d)), 0n);
  return {
    n: units.length,
    sums: {
      y: sum((y) => y),
      d: sum((_, d) => d),
      yy: sum((y) => y * y),
      yd: sum((y, d) => y * d),
      dd: sum((_, d) => d * d),
    },
  };
};

const units = fc.array(fc.tuple(fc.integer({ min: -50, max: 1000 }), fc.integer({ min: 1, max: 40 })), {
  minLength: 2,
  maxLength: 40,
});

describe("a ratio metric", () => {
  it("has the variance of its linearised units", () => {
    fc.assert(
      fc.property(units, (values) => {
        const ratio = ratioOf(sumsOf(values));
        const total = values.reduce((sum, [y]) => sum + y, 0);
        const denominator = values.reduce((sum, [, d]) => sum + d, 0);
        const residuals = values.map(([y, d]) => (y - (total / denominator) * d) / (denominator / values.length));
        expect(ratio?.mean).toBeCloseTo(total / denominator, 12);
        expect(ratio?.variance).toBeCloseTo(sampleOfMoments(momentsOfValues(residuals)).variance, 8);
      }),
      { seed: 10 },
    );
  });

  it("is a mean where each unit has a denominator of 1", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const ratio = ratioOf(sumsOf(values.map((y) => [y, 1])));
    const mean = sampleOfMoments(momentsOfValues(values));
    expect(ratio?.mean).toBeCloseTo(mean.mean, 14);
    expect(ratio?.variance).toBeCloseTo(mean.variance, 12);
  });

  it("keeps its digits where numerators are a billion times what is left of them", () => {
    const few: readonly Unit[] = [
      [3_000_000_001, 1],
      [5_999_999_999, 2],
      [9_000_000_000, 3],
    ];
    // R = 3e9 exactly; the residuals are 1, −1 and 0, the mean denominator is 2.
    expect(ratioOf(sumsOf(few))).toEqual({ n: 3, mean: 3e9, variance: 0.25 });
  });

  it("does not change with the unit that sums are kept in", () => {
    const values: readonly Unit[] = [
      [7, 2],
      [1, 1],
      [9, 5],
    ];
    const millionths = values.map(([y, d]) => [y * 1e6, d * 1e6] as const);
    expect(ratioOf(sumsOf(millionths))).toEqual(ratioOf(sumsOf(values)));
  });

  it("is compared by z, and with few units by Welch's test of the same numbers", () => {
    const control = sumsOf([
      [1, 3],
      [0, 2],
      [2, 4],
      [1, 5],
    ]);
    const treatment = sumsOf([
      [2, 3],
      [1, 2],
      [3, 4],
      [1, 6],
    ]);
    const before = ratioOf(control);
    const after = ratioOf(treatment);
    const test = compareRatios(control, treatment, 0.05);
    expect(before && after && compareMeans(before, after, 0.05)).toMatchObject({
      difference: test.kind === "estimated" && test.difference,
      statistic: test.kind === "estimated" && test.statistic,
    });
  });

  const some = sumsOf([
    [1, 2],
    [2, 2],
  ]);
  it.each([
    ["no_data", { n: 0, sums: {} }],
    ["zero_denominator", { n: 5, sums: {} }],
    ["too_few_observations", sumsOf([[1, 2]])],
  ] as const)("is undefined for %s", (reason, other) => {
    expect(compareRatios(some, other, 0.05)).toEqual({ kind: "undefined", reason });
    expect(compareRatios(other, some, 0.05)).toEqual({ kind: "undefined", reason });
  });

  it("is undefined where every unit has the same ratio", () => {
    const same = sumsOf([
      [1, 3],
      [2, 6],
      [5, 15],
    ]);
    expect(compareRatios(same, same, 0.05)).toEqual({ kind: "undefined", reason: "zero_variance" });
  });
});
