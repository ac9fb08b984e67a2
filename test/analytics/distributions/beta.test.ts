import { assert, double, pre, property } from "fast-check";
import jstat from "jstat";
import { describe, expect, it } from "vitest";
import {
  betaCdf,
  betaLnDensity,
  betaLnTails,
  betaLogitQuantile,
  betaQuantile,
  betaSf,
  betaUpperQuantile,
} from "../../../analytics/distributions/beta.ts";
import { integrate } from "../../../analytics/distributions/quadrature.ts";

const between = (min: number, max: number) => double({ min, max, noNaN: true });

describe("the beta distribution", () => {
  it("agrees with jStat in the middle, to the 8 digits that jStat has", () => {
    for (const [a, b] of [
      [2, 5],
      [0.5, 0.5],
      [30, 12],
    ] as const)
      for (const x of [0.1, 0.4, 0.8]) expect(betaCdf(x, a, b)).toBeCloseTo(jstat.beta.cdf(x, a, b), 8);
  });

  // ln of both tails by a continued fraction in mpmath 1.3.0, to 50 digits.
  it.each([
    [0.4995, 1e9, 1e9, -1004.7203891394727, 0],
    [1e-6, 1001, 1e9, -0.7100832954350493, -0.6764931272740726],
    [1e-300, 1e-3, 2, -0.6897760275651302, -0.6965297366797899],
    [0.3, 1e-3, 1e-3, -0.6939936144046692, -0.6923014625596027],
    [0.25, 3e8, 7e8, -6401466.0624835, 0],
    [1e-9, 1e-3, 1e6, -0.006332360930878815, -5.065246647184389],
    [0.999, 0.5, 0.5, -0.020340514397558022, -3.905293616969037],
  ])("holds at x = %d with parameters %d and %d", (x, a, b, lnLower, lnUpper) => {
    const got = betaLnTails(x, 1 - x, a, b);
    expect(got.lnLower / lnLower).toBeCloseTo(1, 11);
    expect(lnUpper === 0 ? 1 - got.lnUpper : got.lnUpper / lnUpper).toBeCloseTo(1, 11);
    // The mirror image. Its x is rounded, which only the largest parameters feel.
    expect(betaLnTails(1 - x, x, b, a).lnUpper / lnLower).toBeCloseTo(1, 11);
  });

  it("is uniform, or a power, where a parameter is 1", () => {
    for (const x of [1e-12, 0.2, 0.9]) {
      expect(betaCdf(x, 1, 1) / x).toBeCloseTo(1, 14);
      expect(betaCdf(x, 7.5, 1) / x ** 7.5).toBeCloseTo(1, 13);
      expect(Math.exp(betaLnTails(x, 1 - x, 1, 1e6).lnUpper)).toBeCloseTo(Math.exp(1e6 * Math.log1p(-x)), 9);
    }
  });

  it("has tails that sum to 1 and fall with x", () => {
    assert(
      property(between(-3, 6), between(-3, 6), between(0, 1), between(0, 1), (lnA, lnB, one, other) => {
        const [a, b] = [10 ** lnA, 10 ** lnB];
        expect(betaCdf(one, a, b) + betaSf(one, a, b)).toBeCloseTo(1, 14);
        expect(betaCdf(Math.min(one, other), a, b)).toBeLessThanOrEqual(betaCdf(Math.max(one, other), a, b) + 1e-13);
      }),
      { seed: 21 },
    );
  });

  it("has a quantile that undoes each tail, for any parameters and probability", () => {
    assert(
      property(between(-3, 8), between(-3, 8), between(-290, -0.001), (lnA, lnB, log10P) => {
        const [a, b, p] = [10 ** lnA, 10 ** lnB, 10 ** log10P];
        const [low, high] = [betaQuantile(p, a, b), betaUpperQuantile(p, a, b)];
        // Near 1 the doubles are too far apart, and below 1e-290 there are few.
        pre(Math.min(low, high) > 1e-290 && Math.max(low, high) < 0.9);
        expect(betaCdf(low, a, b) / p).toBeCloseTo(1, 8);
        expect(betaSf(high, a, b) / p).toBeCloseTo(1, 8);
      }),
      { seed: 22 },
    );
  });

  it.each([-800, -1e4, -1e6])("finds the logit of a tail of e^%d", (ln) => {
    const u = betaLogitQuantile(["lnLower", ln], 1e6, 3e6);
    expect(betaLnTails(1 / (1 + Math.exp(-u)), 1 / (1 + Math.exp(u)), 1e6, 3e6).lnLower / ln).toBeCloseTo(1, 12);
  });

  it("has a density that integrates to the cdf", () => {
    expect(integrate((x) => Math.exp(betaLnDensity(x, 1 - x, 3, 40)), 0, 0.05, 2, 20)).toBeCloseTo(
      betaCdf(0.05, 3, 40),
      14,
    );
  });

  it("knows its density at the ends", () => {
    expect([betaLnDensity(0, 1, 2, 3), betaLnDensity(0, 1, 0.5, 3)]).toEqual([-Infinity, Infinity]);
    expect([betaLnDensity(0, 1, 1, 3), betaLnDensity(1, 0, 4, 1)]).toEqual([Math.log(3), Math.log(4)]);
    expect([betaLnDensity(1, 0, 2, 3), betaLnDensity(1, 0, 2, 0.5)]).toEqual([-Infinity, Infinity]);
  });

  it("lies between 0 and 1", () => {
    expect([betaCdf(0, 2, 3), betaCdf(1, 2, 3), betaSf(0, 0.1, 3), betaSf(1, 2, 0.1)]).toEqual([0, 1, 1, 0]);
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)]).toEqual([0, 1]);
    expect([betaUpperQuantile(0, 2, 3), betaUpperQuantile(1, 2, 3)]).toEqual([1, 0]);
  });

  it("answers no number with no number, at once", () => {
    expect([betaCdf(NaN, 2, 3), betaCdf(0.5, NaN, 3), betaQuantile(NaN, 2, 3), betaQuantile(0.5, 2, NaN)]).toEqual([
      NaN,
      NaN,
      NaN,
      NaN,
    ]);
  });
});
