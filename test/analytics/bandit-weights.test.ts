import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  epsilonGreedyShares,
  nextWeights,
  russoTopTwoShares,
  topTwoShares,
  ucb1,
  withFloor,
} from "../../analytics/bandit-weights.ts";
import { bestArmGaussian } from "../../analytics/best-arm.ts";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const shares = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 })
  .filter((weights) => sum(weights) > 0)
  .map((weights) => weights.map((weight) => weight / sum(weights)));

describe("nextWeights", () => {
  it("sums to 10,000 with every variant at its floor or above, in the order of the shares", () => {
    fc.assert(
      fc.property(shares, fc.double({ min: 0, max: 0.08, noNaN: true }), (wanted, floor) => {
        const weights = nextWeights(
          wanted,
          wanted.map(() => 100),
          floor,
        );
        expect(sum(weights)).toBe(10_000);
        expect(weights.every((weight) => Number.isInteger(weight) && weight >= floor * 10_000 - 1e-6)).toBe(true);
        const order = wanted.map((_, i) => i).toSorted((i, j) => wanted[i]! - wanted[j]!);
        order.slice(1).forEach((i, place) => expect(weights[i]!).toBeGreaterThanOrEqual(weights[order[place]!]!));
      }),
      { seed: 61 },
    );
  });

  it.each([
    ["nobody was seen", [0, 0, 0]],
    ["one variant has 99 units", [5000, 99, 5000]],
    ["a variant was added", [5000, 5000]],
  ])("keeps weights equal while %s", (_, units) => {
    expect(nextWeights([0.9, 0.1, 0], units, 0.01)).toEqual([3334, 3333, 3333]);
  });

  it("follows the shares once every variant has 100 units", () => {
    expect(nextWeights([0.9, 0.1, 0], [100, 100, 100], 0)).toEqual([9000, 1000, 0]);
    expect(nextWeights([0.9, 0.1, 0], [100, 100, 100], 0.05)).toEqual([8150, 1350, 500]);
  });

  it.each([0.25, 0.3, 1])("is uniform when a floor of %d leaves nothing to share out among four", (floor) => {
    expect(nextWeights([1, 0, 0, 0], [100, 100, 100, 100], floor)).toEqual([2500, 2500, 2500, 2500]);
  });

  it("gives a single variant everything, and equal shares to those of which nothing is known", () => {
    expect(nextWeights([1], [0], 0.1)).toEqual([10_000]);
    expect(nextWeights([NaN, NaN], [100, 100], 0)).toEqual([5000, 5000]);
  });
});

describe("withFloor", () => {
  it("leaves shares that sum to 1, none below the floor", () => {
    fc.assert(
      fc.property(shares, fc.double({ min: 0, max: 1, noNaN: true }), (wanted, floor) => {
        const result = withFloor(wanted, floor);
        expect(sum(result)).toBeCloseTo(1, 12);
        expect(Math.min(...result)).toBeGreaterThanOrEqual(Math.min(floor, 1 / wanted.length) - 1e-15);
      }),
      { seed: 62 },
    );
  });
});

describe("topTwoShares and russoTopTwoShares", () => {
  it("sum to 1 and give nobody more than half", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -40, max: 40, noNaN: true }), { minLength: 2, maxLength: 8 }), (means) => {
        const { probabilityBest, probabilitySecondBest } = bestArmGaussian(
          means,
          means.map(() => 1),
        );
        for (const result of [
          topTwoShares(probabilityBest, probabilitySecondBest),
          russoTopTwoShares(probabilityBest),
        ]) {
          expect(sum(result)).toBeCloseTo(1, 10);
          expect(Math.max(...result)).toBeLessThan(0.5 + 1e-10);
        }
      }),
      { seed: 63, numRuns: 50 },
    );
  });

  it("share what the best leaves by who is likelier to be second, however certain the best is", () => {
    const [, second, third] = russoTopTwoShares([1 - 3e-20, 2e-20, 1e-20]);
    expect(second! / third!).toBeCloseTo(2, 12);
    expect(russoTopTwoShares([1, 0, 0])).toEqual([0.5, 0.25, 0.25]);
  });

  it("give a single variant everything", () => {
    expect(topTwoShares([1], [0])).toEqual([1]);
    expect(russoTopTwoShares([1])).toEqual([1]);
  });
});

describe("ucb1", () => {
  it("puts a variant that nobody saw before all others", () => {
    expect(ucb1([0.5, 0.9], [0, 1], 1)).toEqual([Infinity, 0.9]);
    expect(ucb1([0, 0], [0, 0], 1)).toEqual([Infinity, Infinity]);
  });

  it("adds more where there are fewer units", () => {
    const [few, many] = ucb1([0.1, 0.1], [100, 10_000], 1);
    expect(few!).toBeGreaterThan(many!);
    // 0.1 + sqrt(2·ln(10100)/100)
    expect(few).toBeCloseTo(0.1 + Math.sqrt((2 * Math.log(10_100)) / 100), 14);
  });
});

describe("epsilonGreedyShares", () => {
  it("shares the greedy part out among ties", () => {
    const [first, second, third] = epsilonGreedyShares([0.2, 0.2, 0.1], 0.3);
    expect(first).toBeCloseTo(0.45, 14);
    expect(second).toBe(first);
    expect(third).toBeCloseTo(0.1, 14);
  });
});
