import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alphaSpent, type SpendingFunction } from "../../analytics/spending.ts";

const functions: readonly SpendingFunction[] = [
  { spending: "obrien_fleming" },
  { spending: "pocock" },
  { spending: "power", parameter: 0.1 },
  { spending: "power", parameter: 3 },
  { spending: "hwang_shih_decani", parameter: -40 },
  { spending: "hwang_shih_decani", parameter: 4 },
  { spending: "hwang_shih_decani", parameter: 0 },
];

describe("a spending function", () => {
  it.each(functions)("spends nothing at 0 and all from 1 on: $spending $parameter", (spending) => {
    for (const alpha of [1e-6, 0.05, 0.5]) {
      expect(alphaSpent(spending, alpha, 0)).toBe(0);
      expect(alphaSpent(spending, alpha, 1)).toBeCloseTo(alpha, 16);
      expect(alphaSpent(spending, alpha, 1.7)).toBe(alphaSpent(spending, alpha, 1));
    }
  });

  it.each(functions)("never takes back what it has spent: $spending $parameter", (spending) => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fraction, fraction, (s, t) => {
        const [early, late] = [Math.min(s, t), Math.max(s, t)];
        // Between neighbouring doubles the functions that they are made of are not monotone in their last digits.
        const rounding = 1 + 4 * Number.EPSILON;
        expect(alphaSpent(spending, 0.05, early)).toBeLessThanOrEqual(alphaSpent(spending, 0.05, late) * rounding);
      }),
    );
  });

  it("spends no more than all just before the end, whatever alpha's quantile is rounded to", () => {
    for (const alpha of [0.001, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5])
      expect(alphaSpent({ spending: "obrien_fleming" }, alpha, 1 - 2 ** -53)).toBeLessThanOrEqual(alpha);
  });

  it("shares alpha out between the sides before it is spent", () => {
    // R: 2 * 2 * (1 - pnorm(qnorm(1 - 0.025 / 2) / sqrt(0.2))); rpact's first bound for five looks is 4.8769.
    expect(alphaSpent({ spending: "obrien_fleming" }, 0.05, 0.2)).toBeCloseTo(1.0777e-6, 10);
  });

  it("is linear for Hwang, Shih and DeCani's 0, and near it", () => {
    const [at, above, below] = [0, 1e-9, -1e-9].map((parameter) =>
      alphaSpent({ spending: "hwang_shih_decani", parameter }, 0.05, 0.3),
    );
    expect(at).toBeCloseTo(0.015, 17);
    expect(above).toBeCloseTo(0.015, 10);
    expect(below).toBeCloseTo(0.015, 10);
  });

  it("does not overflow for the most extreme parameters", () => {
    expect(alphaSpent({ spending: "hwang_shih_decani", parameter: -900 }, 0.05, 0.5)).toBeCloseTo(0, 15);
    expect(alphaSpent({ spending: "hwang_shih_decani", parameter: 900 }, 0.05, 0.5)).toBeCloseTo(0.05, 15);
  });
});
