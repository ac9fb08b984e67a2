import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketBounds, bucketOf, cappedSums, percentileCap, quantile } from "../../counting/histogram.ts";
import { intOf } from "../../counting/int.ts";
import { seededRandom } from "../random.ts";

const aValue = fc.oneof(
  fc.bigInt({ min: -200n, max: 200n }),
  fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
);

const cellsOf = (values: readonly bigint[], { d = 0n, x = 0n, e = 0n } = {}) =>
  values.map((y) => ({
    slice: String(bucketOf(intOf(y))),
    n: 1,
    sums: Object.fromEntries(
      Object.entries({ y, d, x, e, yy: y * y, yd: y * d, yx: y * x, ye: y * e }).map(([name, sum]) => [
        name,
        String(sum),
      ]),
    ),
  }));

describe("bucketOf", () => {
  it("puts a value between the bounds of its bucket, which are at most 1/64 apart", () => {
    fc.assert(
      fc.property(aValue, (value) => {
        const { lower, upper } = bucketBounds(bucketOf(intOf(value)));
        expect(lower <= value && value <= upper).toBe(true);
        const size = value < 0n ? -value : value;
        expect((upper - lower) * 64n).toBeLessThanOrEqual(size);
      }),
      { numRuns: 3000, seed: 20_261_132 },
    );
  });

  it("is in the order of the values", () => {
    fc.assert(
      fc.property(aValue, aValue, (a, b) => {
        expect(Math.sign(bucketOf(intOf(a)) - bucketOf(intOf(b))) * Number(a < b ? -1n : 1n)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 3000, seed: 20_261_133 },
    );
  });

  it.each([
    [0, 0],
    [63, 63],
    [64, 64],
    [127, 127],
    [128, 128],
    [129, 128],
    [130, 129],
    [1_000_000, 954],
    [-1_000_000, -954],
    [2 ** 31, 1664],
    [2 ** 52 + 1, 3008],
  ])("puts %d into bucket %d", (value, bucket) => {
    expect(bucketOf(value)).toBe(bucket);
  });

  it("leaves no gap between buckets", () => {
    for (let bucket = -3000; bucket < 3000; bucket++)
      expect(bucketBounds(bucket + 1).lower).toBe(bucketBounds(bucket).upper + 1n);
  });
});

describe("quantile", () => {
  it("is within 1 % of the exact one", () => {
    const random = seededRandom(20_261_134);
    const values = Array.from({ length: 999 }, () => BigInt(Math.floor(Math.exp(random() * 20) * 1_000_000)));
    const sorted = values.toSorted((a, b) => (a < b ? -1 : 1));
    for (const q of [0.01, 0.5, 0.9, 0.99]) {
      const exact = Number(sorted[Math.ceil(q * 999) - 1]);
      expect(Math.abs((quantile(cellsOf(values), q) ?? 0) / exact - 1)).toBeLessThan(0.01);
    }
  });

  it("is unknown without units", () => {
    expect(quantile([], 0.5)).toBeUndefined();
  });
});

describe("cappedSums", () => {
  it("are those of the values cut down to the cap of the percentile", () => {
    const values = Array.from({ length: 100 }, (_, index) => BigInt(index + 1) * 1_000_000n);
    const cells = cellsOf(values, { d: 2_000_000n, x: 3_000_000n, e: 5n });
    const cap = percentileCap(cells, 0.95) ?? 0n;
    expect(cap).toBeGreaterThanOrEqual(95_000_000n);
    expect(cap).toBeLessThan(96_500_000n);
    const cut = values.map((value) => (value > cap ? cap : value));
    const sum = (of: (value: bigint) => bigint) => cut.reduce((total, value) => total + of(value), 0n);
    expect(cappedSums(cells, cap)).toEqual({
      y: sum((y) => y),
      yy: sum((y) => y * y),
      yd: sum((y) => y * 2_000_000n),
      yx: sum((y) => y * 3_000_000n),
      ye: sum((y) => y * 5n),
    });
  });
});
