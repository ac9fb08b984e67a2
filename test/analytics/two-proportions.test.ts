import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fiellerLift } from "../../analytics/fieller.ts";
import {
  comparePooledProportions,
  compareProportions,
  rateDifference,
  rateOf,
} from "../../analytics/two-proportions.ts";

const proportion = fc
  .integer({ min: 1, max: 5000 })
  .chain((n) => fc.record({ n: fc.constant(n), conversions: fc.integer({ min: 0, max: n }) }));

describe("the comparison of two proportions", () => {
  it.each([
    ["no_data", { n: 0, conversions: 0 }, { n: 5, conversions: 1 }],
    ["zero_variance", { n: 50, conversions: 0 }, { n: 60, conversions: 0 }],
    ["zero_variance", { n: 1e9, conversions: 1e9 }, { n: 60, conversions: 60 }],
    ["zero_variance", { n: 1, conversions: 0 }, { n: 1, conversions: 1 }],
  ] as const)("is undefined for %s, never p = 1", (reason, control, treatment) => {
    expect(compareProportions(control, treatment, 0.05)).toEqual({ kind: "undefined", reason });
    expect(compareProportions(treatment, control, 0.05)).toEqual({ kind: "undefined", reason });
  });

  it("says the same in the interval, the p-value and Fieller's interval of the lift", () => {
    fc.assert(
      fc.property(proportion, proportion, fc.constantFrom(0.01, 0.05, 0.2), (control, treatment, alpha) => {
        const test = compareProportions(control, treatment, alpha);
        if (test.kind === "undefined") return;
        const clear = test.pValue < alpha;
        const [low, high] = test.interval;
        expect(low > 0 || high < 0).toBe(clear);
        const lift = fiellerLift(rateOf(control), rateOf(treatment), test.critical);
        if (lift.kind === "bounded") expect(lift.interval[0] > 0 || lift.interval[1] < 0).toBe(clear);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("is antisymmetric: exchanging the variants turns the difference and keeps the p-value", () => {
    const a = { n: 830, conversions: 91 };
    const b = { n: 410, conversions: 60 };
    const there = compareProportions(a, b, 0.05);
    expect(there).toMatchObject({ kind: "estimated" });
    if (there.kind === "undefined") return;
    expect(compareProportions(b, a, 0.05)).toMatchObject({ difference: -there.difference, pValue: there.pValue });
  });

  it("goes on past the smallest double in the logarithm of the p-value", () => {
    const test = compareProportions({ n: 1e9, conversions: 1e8 }, { n: 1e9, conversions: 2e8 }, 0.05);
    expect(test).toMatchObject({ pValue: 0 });
    // R: pnorm(0.1 / sqrt(0.09/1e9 + 0.16/1e9), lower.tail = FALSE, log.p = TRUE) + log(2)
    if (test.kind === "estimated") expect(test.lnPValue).toBeCloseTo(-(6324.555320336759 ** 2) / 2 - 8.978, 2);
  });
});

describe("the pooled test of two proportions", () => {
  it("knows a difference where the unpooled one has no standard error", () => {
    const test = comparePooledProportions({ n: 10, conversions: 0 }, { n: 10, conversions: 10 });
    // z = 1 / √(½·½·(1/10 + 1/10)) = √20
    expect(test).toMatchObject({ kind: "estimated", pooledRate: 0.5 });
    if (test.kind === "estimated") expect(test.statistic).toBeCloseTo(Math.sqrt(20), 12);
  });

  it("squares to Pearson's χ² of the two-by-two table", () => {
    // R: chisq.test(matrix(c(30, 70, 45, 55), 2), correct = FALSE)  X-squared = 4.8, p-value = 0.02846
    const test = comparePooledProportions({ n: 100, conversions: 30 }, { n: 100, conversions: 45 });
    expect(test).toMatchObject({ kind: "estimated" });
    if (test.kind === "undefined") return;
    expect(test.statistic ** 2).toBeCloseTo(4.8, 12);
    expect(test.pValue).toBeCloseTo(0.02846, 5);
  });

  it("is undefined where all did the same", () => {
    const all = { n: 7, conversions: 7 };
    expect(comparePooledProportions(all, all)).toEqual({ kind: "undefined", reason: "zero_variance" });
    expect(comparePooledProportions(all, { n: 0, conversions: 0 })).toEqual({ kind: "undefined", reason: "no_data" });
  });
});

describe("the difference of two rates", () => {
  it("keeps its digits near 1 as it does near 0", () => {
    expect(rateDifference({ n: 1e9, conversions: 1e9 }, { n: 1e9, conversions: 999_999_999 })).toBe(-1e-9);
    expect(rateDifference({ n: 1e9, conversions: 0 }, { n: 1e9, conversions: 1 })).toBe(1e-9);
  });

  it("is that of the rates", () => {
    fc.assert(
      fc.property(proportion, proportion, (control, treatment) => {
        const difference = rateOf(treatment).mean - rateOf(control).mean;
        expect(rateDifference(control, treatment)).toBeCloseTo(difference, 14);
      }),
      { seed: 4 },
    );
  });
});
