import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnytimeTest, mixtureSprt } from "../../analytics/msprt.ts";

const testOf = (difference: number, variance: number, tauSquared: number, alpha = 0.05): AnytimeTest => {
  const test = mixtureSprt(difference, variance, tauSquared, alpha);
  if (test.kind === "undefined") throw new Error(test.reason);
  return test;
};

const positive = fc.double({ min: 1e-9, max: 1e9, noNaN: true });

describe("the mixture SPRT", () => {
  it("excludes 0 from its interval exactly when its p-value is below alpha", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -9, max: 9, noNaN: true }),
        positive,
        positive,
        (statistic, variance, tauSquared) => {
          const { interval, pValue } = testOf(statistic * Math.sqrt(variance), variance, tauSquared);
          fc.pre(Math.abs(pValue - 0.05) > 1e-9);
          expect(interval[0] > 0 || interval[1] < 0).toBe(pValue < 0.05);
        },
      ),
    );
  });

  it("does not depend on the unit of measurement", () => {
    fc.assert(
      fc.property(fc.double({ min: -9, max: 9, noNaN: true }), positive, positive, (difference, tauSquared, unit) => {
        const one = testOf(difference, 1, tauSquared);
        const other = testOf(difference * unit, unit * unit, tauSquared * unit * unit);
        expect(other.lnEValue).toBeCloseTo(one.lnEValue, 8);
        expect(other.halfWidth / unit).toBeCloseTo(one.halfWidth, 8);
      }),
    );
  });

  it("averages its e-value to 1 while there is no difference", () => {
    // The mean of the likelihood ratio over Z ~ N(0, 1), by the trapezium rule.
    for (const tauSquared of [0.01, 1, 100]) {
      let mean = 0;
      for (let z = -38; z <= 38; z += 1 / 64)
        mean += Math.exp(testOf(z, 1, tauSquared).lnEValue - (z * z) / 2) / Math.sqrt(2 * Math.PI) / 64;
      expect(mean).toBeCloseTo(1, tauSquared > 1 ? 3 : 9);
    }
  });

  it("has a logarithm where the p-value is below the smallest double", () => {
    const { pValue, lnPValue } = testOf(50, 1, 1e6);
    expect(pValue).toBe(0);
    expect(lnPValue).toBeCloseTo(-(2500 / (2 * (1 + 1e-6))) + Math.log1p(1e6) / 2, 6);
  });

  it("says nothing of a look without variance, and excludes nothing where no difference was expected", () => {
    expect(mixtureSprt(1, 0, 1, 0.05)).toEqual({ kind: "undefined", reason: "zero_variance" });
    expect(mixtureSprt(NaN, NaN, 1, 0.05)).toEqual({ kind: "undefined", reason: "zero_variance" });
    expect(testOf(3, 1, 0)).toMatchObject({ pValue: 1, interval: [-Infinity, Infinity] });
  });

  it("keeps its digits when the variance is far from the mixture's", () => {
    expect(testOf(1e-154, 1e-310, 1).lnEValue).toBe(-Infinity);
    expect(testOf(1, 1, 1e-20).lnEValue).toBeCloseTo(0, 15);
  });
});
