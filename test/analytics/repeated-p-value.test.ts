import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spendingBoundaries } from "../../analytics/group-sequential.ts";
import { lnRepeatedPValue } from "../../analytics/repeated-p-value.ts";
import type { SpendingFunction } from "../../analytics/spending.ts";

const evenly = (looks: number, upTo: number): number[] => Array.from({ length: upTo }, (_, k) => (k + 1) / looks);

const spendings = fc.constantFrom<SpendingFunction>(
  { spending: "obrien_fleming" },
  { spending: "pocock" },
  { spending: "power", parameter: 3 },
  { spending: "hwang_shih_decani", parameter: -4 },
  { spending: "hwang_shih_decani", parameter: 40 },
);
const plans = fc.record({ looks: fc.integer({ min: 1, max: 8 }), spending: spendings }).chain(({ looks, spending }) =>
  fc.record({
    fractions: fc.integer({ min: 1, max: looks }).map((upTo) => evenly(looks, upTo)),
    spending: fc.constant(spending),
  }),
);

describe("a repeated p-value", () => {
  it("is a probability, and never larger for a larger |Z|", () => {
    fc.assert(
      fc.property(
        plans,
        fc.double({ min: 0, max: 300, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        ({ fractions, spending }, size, more) => {
          const lnP = lnRepeatedPValue(fractions, size, spending);
          expect(lnP).toBeLessThanOrEqual(0);
          expect(lnP).toBeGreaterThanOrEqual(-690);
          expect(lnRepeatedPValue(fractions, size + more, spending)).toBeLessThanOrEqual(lnP + 1e-8 * Math.abs(lnP));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is the level whose bound at the look is |Z|", () => {
    fc.assert(
      fc.property(plans, fc.double({ min: -14, max: -0.5, noNaN: true }), ({ fractions, spending }, lnAlpha) => {
        const bound = spendingBoundaries(fractions, Math.exp(lnAlpha), spending).at(-1)!.bound;
        fc.pre(bound > 0 && bound < 1e3);
        expect(lnRepeatedPValue(fractions, bound, spending)).toBeCloseTo(lnAlpha, 6);
      }),
      { numRuns: 60 },
    );
  });

  it("is at most 1 at an early look that says nothing", () => {
    // 1000 and 1048 of 10,000 each at the first of five looks: z = 1.12, where the level that would reject is 1 but for 1e-4.
    expect(lnRepeatedPValue([0.2], 1.1204, { spending: "obrien_fleming" })).toBeLessThanOrEqual(0);
  });
});
