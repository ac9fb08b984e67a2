import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exitProbabilities } from "../../analytics/exit-probabilities.ts";
import { spendingBoundaries } from "../../analytics/group-sequential.ts";
import type { SpendingFunction } from "../../analytics/spending.ts";

const OBRIEN_FLEMING: SpendingFunction = { spending: "obrien_fleming" };
const POCOCK: SpendingFunction = { spending: "pocock" };

const boundsAt = (fractions: readonly number[], spending: SpendingFunction, alpha = 0.05): number[] =>
  spendingBoundaries(fractions, alpha, spending).map(({ bound }) => bound);

const levelOf = (fractions: readonly number[], bounds: readonly number[]): number =>
  2 * exitProbabilities(fractions, bounds, 0).upper.reduce((sum, exit) => sum + exit, 0);

const equalLooks = (looks: number): number[] => Array.from({ length: looks }, (_, k) => (k + 1) / looks);

describe("spending boundaries", () => {
  it("are rpact's for five looks", () => {
    // R: rpact::getDesignGroupSequential(kMax = 5, alpha = 0.025, sided = 1, typeOfDesign = "asOF")$criticalValues
    expect(boundsAt(equalLooks(5), OBRIEN_FLEMING).map((bound) => bound.toFixed(4))).toEqual([
      "4.8769",
      "3.3570",
      "2.6803",
      "2.2898",
      "2.0310",
    ]);
  });

  it("spend exactly alpha over all looks, however they are spaced", () => {
    const spacing = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        spacing,
        fc.constantFrom(OBRIEN_FLEMING, POCOCK),
        fc.constantFrom(1e-6, 0.05, 0.3),
        (steps, spending, alpha) => {
          const whole = steps.reduce((sum, step) => sum + step, 0);
          let sum = 0;
          const fractions = steps.map((step) => (sum += step) / whole);
          fractions[fractions.length - 1] = 1;
          const level = levelOf(fractions, boundsAt(fractions, spending, alpha));
          expect(Math.abs(level / alpha - 1)).toBeLessThan(1e-9);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("do not depend on looks still to come", () => {
    const all = boundsAt([0.2, 0.5, 0.8, 1], POCOCK);
    boundsAt([0.2, 0.5, 0.9], POCOCK)
      .slice(0, 2)
      .forEach((bound, k) => expect(bound).toBeCloseTo(all[k]!, 12));
  });

  it("leave what was taken as it was, and spend from there", () => {
    const taken = spendingBoundaries([0.2, 0.4], 0.05, OBRIEN_FLEMING);
    // The information turned out to be less than was believed at those looks.
    const now = spendingBoundaries([0.15, 0.3, 1], 0.05, OBRIEN_FLEMING, { taken });
    expect(now.slice(0, 2).map(({ bound }) => bound)).toEqual(taken.map(({ bound }) => bound));
    expect(now[1]?.alphaSpent).toBe(taken[1]?.alphaSpent);
    expect(now[2]?.alphaSpent).toBe(0.05);
    // The later bound spends what is left: the exits beyond it are alpha less what was spent.
    const { upper } = exitProbabilities(
      [0.15, 0.3, 1],
      now.map(({ bound }) => bound),
      0,
    );
    expect(2 * upper[2]!).toBeCloseTo(0.05 - taken[1]!.alphaSpent, 12);
  });

  it("spend what is left at the first look beyond the plan, or at the declared end", () => {
    const overrun = spendingBoundaries([0.5, 1.2, 1.4], 0.05, OBRIEN_FLEMING);
    expect(overrun.map(({ alphaSpent }) => alphaSpent)).toEqual([expect.closeTo(0.00305, 5), 0.05, 0.05]);
    expect(overrun[2]?.bound).toBe(Infinity);
    const ended = spendingBoundaries([0.5, 0.8], 0.05, OBRIEN_FLEMING, { final: true });
    expect(
      levelOf(
        [0.5, 0.8],
        ended.map(({ bound }) => bound),
      ),
    ).toBeCloseTo(0.05, 12);
  });

  it("leave alpha unspent when the last look is early", () => {
    expect(spendingBoundaries([0.5, 0.8], 0.05, POCOCK).at(-1)?.alphaSpent).toBeLessThan(0.045);
  });

  it("stop nothing at looks that add no information, and lose nothing by it", () => {
    const bounds = boundsAt([0.3, 0.3, 0.2, 0, 1], POCOCK);
    expect(bounds.slice(1, 4)).toEqual([Infinity, Infinity, Infinity]);
    expect(bounds[4]).toBeCloseTo(boundsAt([0.3, 1], POCOCK)[1]!, 12);
  });

  it("have no bound where nothing that a double holds is spent", () => {
    expect(spendingBoundaries([1e-6, 1], 0.05, OBRIEN_FLEMING)).toMatchObject([
      { bound: Infinity, nominalP: 0, alphaSpent: 0 },
      { bound: expect.closeTo(1.959963984540054, 12) as number, alphaSpent: 0.05 },
    ]);
  });

  it("have no looks without fractions", () => {
    expect(spendingBoundaries([], 0.05, POCOCK)).toEqual([]);
  });
});
