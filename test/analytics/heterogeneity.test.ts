import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareSegments, type Heterogeneity } from "../../analytics/heterogeneity.ts";
import type { Estimate } from "../../analytics/difference.ts";

const compared = (effects: readonly Estimate[], alpha = 0.05): Heterogeneity => {
  const result = compareSegments(effects, alpha);
  if (result.kind === "undefined") throw new Error(result.reason);
  return result;
};

const effect = fc.record({
  mean: fc.double({ min: -10, max: 10, noNaN: true }),
  variance: fc.double({ min: 1e-4, max: 100, noNaN: true }),
});

describe("the comparison of segments", () => {
  it("finds nothing to test in one segment", () => {
    const { between, segments, cochranQ } = compared([{ mean: 0.1, variance: 0.01 }]);
    expect(between).toBeUndefined();
    expect(cochranQ).toBe(0);
    expect(segments.map(({ versusRest }) => versusRest)).toEqual([undefined]);
  });

  it("finds no heterogeneity where all effects are the same", () => {
    const { between, pooled } = compared(Array.from({ length: 4 }, () => ({ mean: 0.3, variance: 0.04 })));
    expect(between).toMatchObject({ iSquared: 0, tauSquared: 0 });
    expect(between?.pValue).toBeCloseTo(1, 12);
    expect(pooled.mean).toBeCloseTo(0.3, 14);
    expect(pooled.variance).toBeCloseTo(0.01, 14);
  });

  it("is, of two segments, the test of one against the other", () => {
    fc.assert(
      fc.property(effect, effect, (one, other) => {
        const { between, segments } = compared([one, other]);
        const versus = segments[0]?.versusRest;
        expect(between?.pValue).toBeCloseTo(versus?.pValue ?? Number.NaN, 9);
        expect(versus?.difference).toBeCloseTo(one.mean - other.mean, 9);
      }),
      { seed: 11 },
    );
  });

  it("keeps the variance between segments where one segment has nearly all of the weight", () => {
    const variances = [1e-16, 1, 1];
    const { between } = compared(variances.map((variance, i) => ({ mean: i + 1, variance })));
    // Q = 1 + 4 up to 1e-16, two degrees of freedom, and Σw − Σw²/Σw = 4 − 2e-16 of the weights 1e16, 1 and 1.
    expect(between?.tauSquared).toBeCloseTo((5 - 2) / 4, 14);
  });

  it("spreads the random-effects mean at least as widely as the fixed one", () => {
    fc.assert(
      fc.property(fc.array(effect, { minLength: 2, maxLength: 20 }), (effects) => {
        const { between, pooled } = compared(effects);
        expect(between?.randomEffects.variance).toBeGreaterThanOrEqual(pooled.variance * (1 - 1e-9));
        expect(between?.iSquared).toBeGreaterThanOrEqual(0);
        expect(between?.iSquared).toBeLessThan(1);
      }),
      { seed: 12 },
    );
  });

  it("keeps a segment's interval and its corrected p-value together", () => {
    fc.assert(
      fc.property(fc.array(effect, { minLength: 1, maxLength: 8 }), (effects) => {
        const apart = compared(effects).segments.filter(({ adjustedPValue }) => Math.abs(adjustedPValue - 0.05) > 1e-9);
        for (const { test, adjustedPValue } of apart)
          expect(test.interval[0] > 0 || test.interval[1] < 0).toBe(adjustedPValue < 0.05);
      }),
      { seed: 13 },
    );
  });

  it("says why it cannot", () => {
    expect(compareSegments([], 0.05)).toEqual({ kind: "undefined", reason: "no_data" });
    expect(compareSegments([{ mean: 1, variance: 0 }], 0.05)).toEqual({ kind: "undefined", reason: "zero_variance" });
  });
});
