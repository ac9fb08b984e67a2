import { describe, expect, it } from "vitest";
import { type HoldoutImpact, holdoutImpact } from "../../analytics/holdout.ts";
import type { Sample } from "../../analytics/welch.ts";

const aSample = (change: Partial<Sample> = {}): Sample => ({ n: 1000, mean: 2, variance: 4, ...change });

const impactOf = (heldOut: Sample, exposed: Sample, population = 5000): HoldoutImpact => {
  const result = holdoutImpact(heldOut, exposed, population, 0.05);
  if (result.kind === "undefined") throw new Error(result.reason);
  return result;
};

describe("the impact that a holdout measures", () => {
  it("is of as many units as were exposed, with the interval of one unit", () => {
    const { test, incremental, projected, shareOfTotal, lift } = impactOf(aSample(), aSample({ n: 4000, mean: 2.5 }));
    expect(incremental).toEqual({ total: 2000, interval: test.interval.map((limit) => limit * 4000) });
    expect(projected).toEqual({ total: 2500, interval: test.interval.map((limit) => limit * 5000) });
    expect(shareOfTotal).toBeCloseTo(0.2, 14);
    expect(lift).toBeCloseTo(0.25, 14);
  });

  it("has no lift over a holdout with a mean of 0, and no share of a total of 0", () => {
    expect(impactOf(aSample({ mean: 0 }), aSample())).toMatchObject({ lift: undefined, liftInterval: undefined });
    expect(impactOf(aSample(), aSample({ mean: 0 })).shareOfTotal).toBeUndefined();
  });

  it.each([
    [aSample({ n: 0 }), "no_data"],
    [aSample({ n: 1 }), "too_few_observations"],
  ])("of %j is undefined", (heldOut, reason) => {
    expect(holdoutImpact(heldOut, aSample(), 1, 0.05)).toEqual({ kind: "undefined", reason });
    expect(holdoutImpact(aSample(), heldOut, 1, 0.05)).toEqual({ kind: "undefined", reason });
  });

  it("is undefined where nothing varies", () => {
    const constant = aSample({ variance: 0 });
    expect(holdoutImpact(constant, constant, 1, 0.05)).toEqual({ kind: "undefined", reason: "zero_variance" });
  });
});
