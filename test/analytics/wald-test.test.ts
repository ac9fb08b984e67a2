import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DifferenceTest } from "../../analytics/difference.ts";
import { waldTest } from "../../analytics/wald-test.ts";

const tested = (...input: Parameters<typeof waldTest>): DifferenceTest => {
  const test = waldTest(...input);
  if (test.kind === "undefined") throw new Error(test.reason);
  return test;
};

describe("the test of an estimate by its standard error", () => {
  it("excludes 0 from the interval exactly when p is below the level", () => {
    const value = fc.double({ min: -50, max: 50, noNaN: true });
    const error = fc.double({ min: 0.01, max: 50, noNaN: true });
    const degreesOfFreedom = fc.option(fc.double({ min: 1, max: 1e6, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(value, error, degreesOfFreedom, fc.constantFrom(0.001, 0.05, 0.2), (value, error, df, alpha) => {
        const { pValue, interval } = tested(value, error, alpha, df);
        fc.pre(Math.abs(pValue / alpha - 1) > 1e-9);
        expect(interval[0] > 0 || interval[1] < 0).toBe(pValue < alpha);
      }),
      { seed: 91 },
    );
  });

  it("goes on in logarithms where p is no double any more", () => {
    // pnorm(-50, log.p = TRUE) + log(2)
    const { pValue, lnPValue } = tested(-50, 1, 0.05);
    expect(pValue).toBe(0);
    expect(lnPValue).toBeCloseTo(-1254.8313611394 + Math.LN2, 8);
  });

  it("is Student's where degrees of freedom are given", () => {
    // 2 * pt(-2, 10), qt(.975, 10)
    const { pValue, critical } = tested(2, 1, 0.05, 10);
    expect(pValue).toBeCloseTo(0.07338803, 8);
    expect(critical).toBeCloseTo(2.228138852, 9);
  });

  it.each([0, Number.NaN])("has nothing to say with a standard error of %d", (error) => {
    expect(waldTest(1, error, 0.05)).toEqual({ kind: "undefined", reason: "zero_variance" });
  });
});
