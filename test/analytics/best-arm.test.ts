import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bestArmBeta, bestArmGaussian, type BestArm } from "../../analytics/best-arm.ts";
import { lnExceedance } from "../../analytics/beta-posterior.ts";
import { normalCdf } from "../../analytics/distributions/normal.ts";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const closeTo = (got: readonly number[], expected: readonly number[], digits = 12): void =>
  got.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, digits));

const arm = fc.record({
  mean: fc.double({ min: -10, max: 10, noNaN: true }),
  // A seventh of them is certain; the others spread by anything from 1e-8 to 10.
  sd: fc.integer({ min: -5, max: 1 }).map((exponent) => (exponent === -5 ? 0 : 10 ** (2 * exponent))),
});

describe("bestArmGaussian", () => {
  it("is certain of a single variant", () => {
    expect(bestArmGaussian([3], [0.1])).toEqual<BestArm>({
      probabilityBest: [1],
      probabilitySecondBest: [0],
      expectedRegret: [0],
    });
    expect(bestArmGaussian([3], [0]).probabilityBest).toEqual([1]);
  });

  it.each([0, 1e-9, 1, 1e9])("calls identical variants equally good when they spread by %d", (sd) => {
    const { probabilityBest, probabilitySecondBest } = bestArmGaussian([5, 5, 5, 5], [sd, sd, sd, sd]);
    closeTo(probabilityBest, [0.25, 0.25, 0.25, 0.25]);
    closeTo(probabilitySecondBest, [0.25, 0.25, 0.25, 0.25]);
  });

  it.each([
    // The expected largest of k standard normal values: H. L. Harter (1961), table 1.
    [2, 0.5641895835],
    [3, 0.8462843753],
    [5, 1.1629644736],
    [10, 1.5387527308],
    [20, 1.86747506],
  ])("expects the best of %d equal ones where the tables of order statistics do", (count, expected) => {
    const zeros = Array<number>(count).fill(0);
    closeTo(
      bestArmGaussian(
        zeros,
        zeros.map(() => 1),
      ).expectedRegret,
      zeros.map(() => expected),
      9,
    );
  });

  it.each([
    [1, 1],
    [1, 1e-6],
    [1e-12, 1],
    [0, 1],
    [1e6, 1e-9],
  ])("has the closed form of two variants, which spread by %d and %d", (one, other) => {
    const z = 0.5 / Math.hypot(one, other);
    const { probabilityBest, probabilitySecondBest, expectedRegret } = bestArmGaussian([0, 0.5], [one, other]);
    closeTo(probabilityBest, [normalCdf(-z), normalCdf(z)]);
    closeTo(probabilitySecondBest, [normalCdf(z), normalCdf(-z)]);
    expect(expectedRegret[0]! - expectedRegret[1]!).toBeCloseTo(0.5, 9);
  });

  it("shares certainty out among several that are best by the same value", () => {
    // P(N(−1, 1) < 0) = Φ(1)
    const { probabilityBest } = bestArmGaussian([0, 0, -1], [0, 0, 1]);
    closeTo(probabilityBest, [normalCdf(1) / 2, normalCdf(1) / 2, normalCdf(-1)]);
  });

  it("sums to 1, orders regrets by the means, and is blind to the order of variants", () => {
    fc.assert(
      fc.property(fc.array(arm, { minLength: 2, maxLength: 8 }), (arms) => {
        const means = arms.map(({ mean }) => mean);
        const sds = arms.map(({ sd }) => sd);
        const result = bestArmGaussian(means, sds);
        expect(sum(result.probabilityBest)).toBeCloseTo(1, 12);
        expect(sum(result.probabilitySecondBest)).toBeCloseTo(1, 10);
        means.forEach((mean, i) =>
          expect(result.expectedRegret[i]! - result.expectedRegret[0]!).toBeCloseTo(means[0]! - mean, 9),
        );
        expect(Math.min(...result.expectedRegret)).toBeGreaterThanOrEqual(0);
        const reversed = bestArmGaussian(means.toReversed(), sds.toReversed());
        closeTo(reversed.probabilityBest.toReversed(), result.probabilityBest);
        const mirrored = bestArmGaussian(
          means.map((mean) => -mean),
          sds,
          true,
        );
        closeTo(mirrored.probabilityBest, result.probabilityBest);
      }),
      { seed: 51, numRuns: 100 },
    );
  });

  it("keeps the small regret of a variant that is all but certainly best", () => {
    const { expectedRegret } = bestArmGaussian([12, 0], [1, 1]);
    const z = 12 / Math.SQRT2;
    // φ(z)/z²·(1 − 3/z² + 15/z⁴ − 105/z⁶)
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const series = (density / z ** 2) * (1 - 3 / z ** 2 + 15 / z ** 4 - 105 / z ** 6 + 945 / z ** 8);
    expect(expectedRegret[0]! / (Math.SQRT2 * series)).toBeCloseTo(1, 4);
  });
});

describe("bestArmBeta", () => {
  it("has the closed form of three rates of which nothing is known", () => {
    const { probabilityBest, expectedRegret } = bestArmBeta([1, 1, 1].map((a) => ({ a, b: 1 })));
    closeTo(probabilityBest, [1 / 3, 1 / 3, 1 / 3]);
    closeTo(expectedRegret, [1 / 4, 1 / 4, 1 / 4]);
  });

  it("agrees with the comparison of two", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            a: fc.double({ min: 0.5, max: 1e9, noNaN: true }),
            b: fc.double({ min: 0.5, max: 1e9, noNaN: true }),
          }),
          { minLength: 2, maxLength: 2 },
        ),
        (beliefs) => {
          const [one, other] = beliefs;
          closeTo(
            bestArmBeta(beliefs).probabilityBest,
            [Math.exp(lnExceedance(one!, other!).lnProbability), Math.exp(lnExceedance(other!, one!).lnProbability)],
            11,
          );
        },
      ),
      { seed: 52, numRuns: 50 },
    );
  });

  it("tells a billion units from three", () => {
    // P(X > 0.1) of Beta(3, 2) is 1 − 4·0.1³ + 3·0.1⁴, the other rate being all but 0.1
    const { probabilityBest } = bestArmBeta([
      { a: 1e8, b: 9e8 },
      { a: 3, b: 2 },
    ]);
    expect(probabilityBest[1]).toBeCloseTo(0.9963, 8);
  });

  it("turns around where lower is better", () => {
    const beliefs = [
      { a: 10, b: 90 },
      { a: 14, b: 86 },
      { a: 8, b: 70 },
    ];
    const turned = beliefs.map(({ a, b }) => ({ a: b, b: a }));
    expect(bestArmBeta(beliefs, true)).toEqual(bestArmBeta(turned));
  });
});
