import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "../../analytics/distributions/normal.ts";
import { defaultLag, neweyWestVariance } from "../../analytics/newey-west.ts";
import { randomisationTest } from "../../analytics/randomisation-test.ts";
import { sampleOf } from "../../analytics/sample-of.ts";
import { type Block, type BlockComparison, compareBlocks } from "../../analytics/switchback.ts";
import { seededRandom } from "../random.ts";

const compared = (blocks: readonly Block[], lag: number, alpha = 0.05): BlockComparison => {
  const result = compareBlocks(blocks, lag, alpha);
  if (result.kind === "undefined") throw new Error(result.reason);
  return result;
};

const alternating = (values: readonly number[]): Block[] =>
  values.map((value, period) => ({ period, treated: period % 2 === 1, value }));

const rejects = (blocks: readonly Block[], lag: number): number => {
  const { autocorrelated } = compared(blocks, lag);
  return autocorrelated.kind === "estimated" && autocorrelated.pValue < 0.05 ? 1 : 0;
};

const reasonOf = (blocks: readonly Block[], lag = 1): unknown => {
  const result = compareBlocks(blocks, lag, 0.05);
  return result.kind === "undefined" ? result.reason : undefined;
};

describe("Newey and West's variance", () => {
  it("is the sum of the weighted products of neighbours", () => {
    // By hand: 1 + 4 + 9 = 14; lag 1: 1·2 + 2·3 = 8, weight 2/3; lag 2: 1·3 = 3, weight 1/3.
    const terms = [1, 2, 3].map((value, period) => ({ period, value }));
    expect(neweyWestVariance(terms, 0)).toBe(14);
    expect(neweyWestVariance(terms, 1)).toBe(14 + 8);
    expect(neweyWestVariance(terms, 2)).toBeCloseTo(14 + 2 * ((2 / 3) * 8 + (1 / 3) * 3), 12);
  });

  it("knows no order among terms, and takes a missing period for 0", () => {
    const terms = [
      { period: 7, value: 1 },
      { period: 5, value: 2 },
    ];
    expect(neweyWestVariance(terms, 1)).toBe(5);
    expect(neweyWestVariance(terms, 2)).toBeCloseTo(5 + (2 / 3) * 2, 12);
    expect(neweyWestVariance(terms.toReversed(), 2)).toBe(neweyWestVariance(terms, 2));
  });

  it("adds up the terms of one period first", () => {
    const apart = [
      { period: 0, value: 1 },
      { period: 0, value: 2 },
      { period: 1, value: -1 },
    ];
    const together = [
      { period: 0, value: 3 },
      { period: 1, value: -1 },
    ];
    expect(neweyWestVariance(apart, 1)).toBe(neweyWestVariance(together, 1));
  });

  it("is never negative", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { maxLength: 30 }),
        fc.nat(40),
        (values, lag) => {
          const terms = values.map((value, period) => ({ period, value }));
          expect(neweyWestVariance(terms, lag)).toBeGreaterThanOrEqual(0);
        },
      ),
      { seed: 51 },
    );
  });

  it("looks back n^(1/3) periods by default", () => {
    expect([1, 8, 27, 100, 1000].map(defaultLag)).toEqual([1, 2, 3, 5, 10]);
  });
});

describe("the comparison of a switchback test's blocks", () => {
  it("is, without a lag and with sides of one size, least squares with equal variances and n − 2", () => {
    // {1, 2, 3} and {3, 5, 7}: variances 1 and 4, so (1 + 4)/2 · (1/3 + 1/3).
    const blocks = alternating([1, 3, 2, 5, 3, 7]);
    const { autocorrelated } = compared(blocks, 0);
    if (autocorrelated.kind === "undefined") throw new Error(autocorrelated.reason);
    expect(autocorrelated.difference).toBeCloseTo(3, 12);
    expect(autocorrelated.standardError ** 2).toBeCloseTo(10 / 6, 12);
  });

  it("turns round with the sides, and does not move with the level of the values", () => {
    const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 6, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.nat(5), (values, lag) => {
        fc.pre(new Set(values).size > 4);
        const blocks = alternating(values);
        const one = compared(blocks, lag).autocorrelated;
        const turned = compared(
          blocks.map((block) => ({ ...block, treated: !block.treated, value: block.value + 1000 })),
          lag,
        ).autocorrelated;
        fc.pre(one.kind === "estimated" && turned.kind === "estimated");
        expect(turned.difference).toBeCloseTo(-one.difference, 8);
        expect(turned.standardError).toBeCloseTo(one.standardError, 8);
      }),
      { seed: 52 },
    );
  });

  it("rejects a null hypothesis as often as it says where blocks carry over to the next", () => {
    const random = seededRandom(53);
    const rounds = 2000;
    const rejected = { without: 0, with: 0 };
    for (let round = 0; round < rounds; round++) {
      let state = 0;
      const blocks = Array.from({ length: 120 }, (_, period) => {
        state = 0.5 * state + normalQuantile(random());
        return { period, treated: Math.floor(period / 4) % 2 === 1, value: state };
      });
      rejected.without += rejects(blocks, 0);
      rejected.with += rejects(blocks, defaultLag(120));
    }
    const error = Math.sqrt((0.05 * 0.95) / rounds);
    expect(Math.abs(rejected.with / rounds - 0.05)).toBeLessThan(4 * error);
    expect(rejected.without / rounds).toBeGreaterThan(0.05 + 4 * error);
  });

  it("keeps the digits of a small difference of large values", () => {
    // Every double between 2^29 and 2^30 is a whole number of 2^-23, so that these are exact.
    const values = [1, 2, 0, 1, 2, 0, 1, 2, 0, 1].map((value) => value / 16);
    const near = compared(alternating(values), 2);
    const far = compared(alternating(values.map((value) => value + 1e9)), 2);
    expect(far.difference).toBe(near.difference);
    expect(far.autocorrelated).toEqual(near.autocorrelated);
    expect(far.welch).toEqual(near.welch);
  });

  it("says from how many blocks on it is to be believed", () => {
    expect(compared(alternating(Array.from({ length: 19 }, (_, i) => i)), 1).enoughBlocks).toBe(false);
    expect(compared(alternating(Array.from({ length: 20 }, (_, i) => i)), 1).enoughBlocks).toBe(true);
  });

  it("says why it cannot", () => {
    expect(reasonOf([])).toBe("no_data");
    expect(reasonOf([{ period: 0, treated: true, value: 1 }])).toBe("no_data");
    expect(reasonOf(alternating([1, 2, 3]))).toBe("too_few_observations");
    const constant = { kind: "undefined", reason: "zero_variance" };
    expect(compared(alternating([1, 2, 1, 2, 1, 2]), 1)).toMatchObject({ welch: constant, autocorrelated: constant });
    const twoPeriods = [0, 0, 1, 1].map((period, i) => ({ period, treated: i % 2 === 1, value: i * i }));
    expect(compared(twoPeriods, 1).autocorrelated).toEqual({ kind: "undefined", reason: "too_few_observations" });
  });
});

const treatedLast = (values: readonly number[], treated: number) =>
  values.map((value, i) => ({ value, treated: i >= values.length - treated }));

describe("the randomisation test", () => {
  it("comes to the share of all assignments that are as extreme", () => {
    // Of the 20 ways to treat three of six, two are as extreme as the last three: those and the first three.
    const p = randomisationTest(treatedLast([1, 2, 3, 4, 5, 6], 3), seededRandom(54), 20_000);
    expect(p).toBeGreaterThan(0.1 - 4 * Math.sqrt(0.09 / 20_000));
    expect(p).toBeLessThan(0.1 + 4 * Math.sqrt(0.09 / 20_000));
  });

  it("assigns anew only within a stratum", () => {
    // Strata differ widely and not at all inside, so that no assignment changes the difference.
    const blocks = ["night", "day"].flatMap((stratum, i) =>
      treatedLast([10 * i, 10 * i], 1).map((block) => ({ ...block, stratum })),
    );
    expect(randomisationTest(blocks, seededRandom(55), 200)).toBe(1);
  });

  it("is never 0, repeats with its seed, and needs both sides", () => {
    const blocks = treatedLast([...Array.from({ length: 20 }, () => 0), ...Array.from({ length: 20 }, () => 1)], 20);
    expect(randomisationTest(blocks, seededRandom(56), 999)).toBe(0.001);
    const noisy = treatedLast([3, 1, 4, 1, 5, 9, 2, 6], 4);
    expect(randomisationTest(noisy, seededRandom(57), 500)).toBe(randomisationTest(noisy, seededRandom(57), 500));
    expect(randomisationTest(treatedLast([1, 2], 2), seededRandom(58), 10)).toBeUndefined();
    expect(randomisationTest([], seededRandom(58), 10)).toBeUndefined();
  });
});

describe("the mean and variance of a list", () => {
  it("cancel nothing, and are 0 of nothing", () => {
    expect(sampleOf([1e9 + 1, 1e9 + 2, 1e9 + 3])).toMatchObject({ n: 3, variance: 1 });
    expect(sampleOf([])).toEqual({ n: 0, mean: 0, variance: 0 });
    expect(sampleOf([0.1, 0.1, 0.1, 0.1, 0.1, 0.1])).toEqual({ n: 6, mean: 0.1, variance: 0 });
    expect(sampleOf([7])).toEqual({ n: 1, mean: 7, variance: 0 });
  });
});
