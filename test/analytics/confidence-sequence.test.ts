import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ConfidenceSequence, confidenceSequence, mixtureVariance } from "../../analytics/confidence-sequence.ts";
import { normalUpperQuantile } from "../../analytics/distributions/normal.ts";
import { mixtureSprt } from "../../analytics/msprt.ts";

const sequenceOf = (...args: Parameters<typeof confidenceSequence>): ConfidenceSequence => {
  const test = confidenceSequence(...args);
  if (test.kind === "undefined") throw new Error(test.reason);
  return test;
};

const widthAt = (tuningN: number): number => sequenceOf(0, 1, 10_000, tuningN, 0.05).halfWidth;

describe("the confidence sequence", () => {
  it("is the mSPRT whose mixture it tells", () => {
    expect(sequenceOf(0.05, 0.02, 10_000, 5000, 0.05)).toMatchObject(
      mixtureSprt(0.05, 0.0004, mixtureVariance(0.0004, 10_000, 5000, 0.05), 0.05),
    );
  });

  it("is 1.55 times as wide as the fixed interval where it was tuned to be narrowest", () => {
    // METHODS, section 3.3: N = N* at alpha 0.05, where tau² is 7.9 V.
    const { halfWidth } = sequenceOf(0, 1, 5000, 5000, 0.05);
    expect(halfWidth / normalUpperQuantile(0.025)).toBeCloseTo(1.55, 2);
    expect(mixtureVariance(1, 5000, 5000, 0.05)).toBeCloseTo(7.9, 1);
  });

  it("is nearly as narrow as any tuning could make it where it was tuned", () => {
    const best = Math.min(...Array.from({ length: 200 }, (_, i) => widthAt(100 * 1.05 ** i)));
    expect(widthAt(10_000) / best).toBeLessThan(1.002);
  });

  it("bounds one side closer than both", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1e9 }), fc.integer({ min: 100, max: 1e9 }), (n, tuningN) => {
        const { halfWidth, oneSided } = sequenceOf(1, 1, n, tuningN, 0.05);
        fc.pre(n > tuningN / 100);
        expect(oneSided.halfWidth).toBeLessThan(halfWidth);
        expect([oneSided.lower, oneSided.upper]).toEqual([1 - oneSided.halfWidth, 1 + oneSided.halfWidth]);
      }),
    );
  });

  it("knows nothing without units or without a standard error", () => {
    expect(sequenceOf(1, 1, 0, 5000, 0.05)).toMatchObject({ pValue: 1, interval: [-Infinity, Infinity] });
    expect(confidenceSequence(1, 0, 100, 5000, 0.05)).toEqual({ kind: "undefined", reason: "zero_variance" });
  });
});
