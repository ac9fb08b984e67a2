import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeMoments, momentsOf, momentsOfValues, sampleOfMoments, type Sums } from "../../analytics/moments.ts";

/** Millionths as the counting keeps them. */
const millionths = (value: number): bigint => {
  const [whole = "0", fraction = ""] = value.toFixed(6).split(".");
  return BigInt(whole + fraction);
};

const sumsOf = (values: readonly number[]): Sums => {
  const y = values.map(millionths);
  return { n: y.length, sum: y.reduce((a, b) => a + b, 0n), sumOfSquares: y.reduce((a, b) => a + b * b, 0n) };
};

describe("moments from exact sums", () => {
  it("count units without an event as 0", () => {
    // R: x <- c(10, 20, 0, 0, 0); mean(x); var(x)
    expect(momentsOf({ ...sumsOf([10, 20]), n: 5 })).toEqual({ n: 5, mean: 6, variance: 80 });
  });

  it("are 0 of nothing, and have no variance of one", () => {
    expect(momentsOf(sumsOf([]))).toEqual({ n: 0, mean: 0, variance: 0 });
    expect(momentsOf(sumsOf([5]))).toEqual({ n: 1, mean: 5, variance: 0 });
  });

  it("are exact where doubles cancel: a billion units of 1000.000001 and one more", () => {
    const y = 1_000_000_001n;
    const n = 1_000_000_000n;
    const { mean, variance } = momentsOf({
      n: Number(n) + 1,
      sum: y * n + 2n * y,
      sumOfSquares: y * y * n + 4n * y * y,
    });
    expect(mean).toBeCloseTo(1000.000002, 9);
    // n·Σy² − (Σy)² = n·y² exactly, so the variance is y²/(n+1).
    expect(variance * (1e9 + 1)).toBeCloseTo(1000.000001 ** 2, 6);
  });
});

describe("moments of doubles", () => {
  const values = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 12 });

  it("are those of the exact sums, however they are split and in whatever order they are merged", () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 6 }), fc.constantFrom(0, 1e6, -1e9, 1e12), (groups, offset) => {
        // Sixty-fourths are exact in doubles at each of these offsets, and in millionths.
        const shifted = groups.map((group) => group.map((value) => offset + value / 64));
        const exact = momentsOf(sumsOf(shifted.flat()));
        for (const order of [shifted, shifted.toReversed(), [shifted.flat()]]) {
          const { n, mean, variance } = sampleOfMoments(
            order.map(momentsOfValues).reduce(mergeMoments, momentsOfValues([])),
          );
          expect(n).toBe(exact.n);
          expect(Math.abs(mean - exact.mean)).toBeLessThanOrEqual(1e-12 * (Math.abs(exact.mean) + 1e4));
          expect(Math.abs(variance - exact.variance)).toBeLessThanOrEqual(1e-10 * exact.variance);
        }
      }),
      { seed: 9, numRuns: 500 },
    );
  });

  it("keep a small mean of large numbers that cancel", () => {
    const merged = [[-1e8], [1e8], [1]].map(momentsOfValues).reduce(mergeMoments);
    expect(merged.mean).toBeCloseTo(1 / 3, 12);
    expect(merged.m2).toBeCloseTo(2e16, -4);
  });

  it("are 0 of nothing, and nothing adds nothing", () => {
    const nothing = momentsOfValues([]);
    const some = momentsOfValues([1, 2]);
    expect(sampleOfMoments(nothing)).toEqual({ n: 0, mean: 0, variance: 0 });
    expect(mergeMoments(nothing, some)).toEqual(some);
    expect(mergeMoments(some, nothing)).toEqual(some);
  });
});
