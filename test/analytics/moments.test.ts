import { describe, expect, it } from "vitest";
import { momentsOf, type Sums } from "../../analytics/moments.ts";
import { failures, readVectors } from "./golden.ts";

const NOTHING: Sums = { n: 0, sum: 0n, sumOfSquares: 0n };

/** Millionths as the counting keeps them. */
const millionths = (value: number): bigint => {
  const [whole = "0", fraction = ""] = value.toFixed(6).split(".");
  return BigInt(whole + fraction);
};

const sumsOf = (values: readonly number[]): Sums => {
  const y = values.map(millionths);
  return { n: y.length, sum: y.reduce((a, b) => a + b, 0n), sumOfSquares: y.reduce((a, b) => a + b * b, 0n) };
};

const add = (a: Sums, b: Sums): Sums => ({
  n: a.n + b.n,
  sum: a.sum + b.sum,
  sumOfSquares: a.sumOfSquares + b.sumOfSquares,
});

const compute = (input: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const { groups } = input as unknown as { groups: number[][] };
  const { n, mean, variance } = momentsOf(groups.map(sumsOf).reduce(add, NOTHING));
  return { n, mean, m2: variance * (n - 1), variance: n > 1 ? variance : null };
};

describe("moments from exact sums", () => {
  it.each(readVectors("moments").cases)("meet the exact numbers of $name, whatever the offset", (vector) => {
    expect(failures(vector, compute)).toEqual([]);
  });

  it("count units without an event as 0", () => {
    // R: x <- c(10, 20, 0, 0, 0); mean(x); var(x)
    expect(momentsOf({ ...sumsOf([10, 20]), n: 5 })).toEqual({ n: 5, mean: 6, variance: 80 });
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
