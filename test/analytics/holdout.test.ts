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
    if (test.kind === "undefined") throw new Error(test.reason);
    expect(incremental.total).toBe(2000);
    expect(projected.total).toBe(2500);
    for (const side of [0, 1] as const) {
      expect(incremental.interval?.[side]).toBeCloseTo(test.interval[side] * 4000, 9);
      expect(projected.interval?.[side]).toBeCloseTo(test.interval[side] * 5000, 9);
    }
    expect(shareOfTotal).toBeCloseTo(0.2, 14);
    expect(lift).toBeCloseTo(0.25, 14);
  });

  it("has no lift over a holdout with a mean of 0, and no share of a total of 0", () => {
    expect(impactOf(aSample({ mean: 0 }), aSample())).toMatchObject({ lift: undefined, liftInterval: undefined });
    expect(impactOf(aSample(), aSample({ mean: 0 })).shareOfTotal).toBeUndefined();
  });

  it.each([
    [aSample({ n: 1 }), "too_few_observations"],
    [aSample({ variance: 0 }), "zero_variance"],
  ])("of %j is a number without an interval", (sample, reason) => {
    const exposed = { ...sample, mean: 3 };
    expect(impactOf(sample, exposed, 10)).toMatchObject({
      difference: 1,
      test: { kind: "undefined", reason },
      projected: { total: 10, interval: undefined },
      lift: 0.5,
      liftInterval: undefined,
    });
  });

  it("is unknown while a side is empty", () => {
    const unknown = { kind: "undefined", reason: "no_data" };
    expect(holdoutImpact(aSample({ n: 0 }), aSample(), 1, 0.05)).toEqual(unknown);
    expect(holdoutImpact(aSample(), aSample({ n: 0 }), 1, 0.05)).toEqual(unknown);
  });
});
