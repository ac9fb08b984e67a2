import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareExperiments } from "../../analytics/experiment-interaction.ts";
import { overlapOf } from "../../analytics/overlap.ts";
import type { Sample } from "../../analytics/welch.ts";

const sample: fc.Arbitrary<Sample> = fc.record({
  n: fc.integer({ min: 2, max: 100_000 }),
  mean: fc.double({ min: -10, max: 10, noNaN: true }),
  variance: fc.double({ min: 0.01, max: 100, noNaN: true }),
});

const cell = (change: Partial<Sample> = {}): Sample => ({ n: 100, mean: 1, variance: 1, ...change });

const reasonOf = (cells: Sample[][]): unknown => {
  const test = compareExperiments(cells, 0.05).contrasts[0]?.test;
  return test?.kind === "undefined" ? test.reason : undefined;
};

describe("the interaction of two experiments", () => {
  it("is the same whichever of them is named first", () => {
    fc.assert(
      fc.property(sample, sample, sample, sample, (a, b, c, d) => {
        const one = compareExperiments(
          [
            [a, b],
            [c, d],
          ],
          0.05,
        ).contrasts[0]?.test;
        const other = compareExperiments(
          [
            [a, c],
            [b, d],
          ],
          0.05,
        ).contrasts[0]?.test;
        if (one?.kind !== "estimated" || other?.kind !== "estimated") throw new Error("all cells vary");
        expect(one.difference).toBeCloseTo(other.difference, 10);
        expect(one.standardError).toBeCloseTo(other.standardError, 10);
      }),
      { seed: 31 },
    );
  });

  it("is 0 where effects add up, for every pair of variants", () => {
    const cells = [0, 1, 2].map((a) => [0, 1, 2, 3].map((b) => cell({ mean: 10 * a + b })));
    const { contrasts, assignment } = compareExperiments(cells, 0.05);
    expect(contrasts.map(({ first, second }) => [first, second])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [2, 2],
      [2, 3],
    ]);
    for (const { test, effectWithControl, effectWithVariant } of contrasts) {
      expect(test).toMatchObject({ kind: "estimated", difference: 0, pValue: 1 });
      expect(effectWithVariant).toBe(effectWithControl);
    }
    expect(assignment).toMatchObject({ kind: "estimated", degreesOfFreedom: 6, chiSquared: 0 });
  });

  it("says why it cannot be told", () => {
    expect(
      reasonOf([
        [cell(), cell()],
        [cell(), cell({ n: 0 })],
      ]),
    ).toBe("no_data");
    expect(
      reasonOf([
        [cell(), cell()],
        [cell(), cell({ n: 1 })],
      ]),
    ).toBe("too_few_observations");
    const constant = cell({ variance: 0 });
    expect(
      reasonOf([
        [constant, constant],
        [constant, constant],
      ]),
    ).toBe("zero_variance");
    expect(compareExperiments([], 0.05)).toEqual({
      assignment: { kind: "undefined", reason: "no_data" },
      contrasts: [],
    });
  });
});

describe("the overlap of two experiments", () => {
  it("is 1 for the same units, 0 for none shared, and unknown without units", () => {
    expect(overlapOf(10, 0, 0)).toEqual({ jaccard: 1, shareOfFirst: 1, shareOfSecond: 1 });
    expect(overlapOf(0, 5, 5)).toEqual({ jaccard: 0, shareOfFirst: 0, shareOfSecond: 0 });
    expect(overlapOf(0, 5, 0)).toEqual({ jaccard: 0, shareOfFirst: 0, shareOfSecond: undefined });
    expect(overlapOf(0, 0, 0)).toEqual({ jaccard: undefined, shareOfFirst: undefined, shareOfSecond: undefined });
  });
});
