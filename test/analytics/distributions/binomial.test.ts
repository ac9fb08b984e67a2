import { assert, double, integer, property } from "fast-check";
import jstat from "jstat";
import { describe, expect, it } from "vitest";
import {
  binomialLnTails,
  binomialTwoSided,
  binomialTwoSidedLn,
  evenBinomialLn,
} from "../../../analytics/distributions/binomial.ts";
import { lnBinomial } from "../../../analytics/distributions/saddle-point.ts";

/** The definition: every count is looked at. */
const bySum = (k: number, n: number, p: number): number => {
  const probability = (i: number) => Math.exp(lnBinomial(i, n, p, 1 - p));
  const counts = Array.from({ length: n + 1 }, (_, i) => probability(i));
  return counts.filter((each) => each <= probability(k) * (1 + 1e-7)).reduce((sum, each) => sum + each, 0);
};

describe("the binomial distribution", () => {
  it("agrees with jStat", () => {
    for (const k of [0, 3, 9])
      expect(Math.exp(binomialLnTails(k, 10, 0.3).lnLower)).toBeCloseTo(jstat.binomial.cdf(k, 10, 0.3), 9);
  });

  it("has nothing below 0 and nothing above n", () => {
    expect(binomialLnTails(-1, 10, 0.3)).toEqual({ lnLower: -Infinity, lnUpper: 0 });
    expect(binomialLnTails(10, 10, 0.3)).toEqual({ lnLower: 0, lnUpper: -Infinity });
  });
});

describe("the exact binomial test", () => {
  // scipy.stats.binomtest(k, n, p).pvalue, SciPy 1.17.1
  it.each([
    [3, 10, 0.5, 0.34375],
    [0, 10, 0.1, 0.6125795109999999],
    [7, 10, 0.3, 0.010592078399999996],
    [10, 100, 0.03, 0.000874058473735697],
    [682, 925, 0.75, 0.3824915595748517],
    [430, 1000, 0.4, 0.05682236403587073],
    [4_990_000, 10_000_000, 0.5, 2.5448004911550766e-10],
    [60, 10_000_000, 1e-5, 2.044620426134072e-5],
  ])("of %d in %d at %d is SciPy's", (k, n, p, expected) => {
    expect(binomialTwoSided(k, n, p) / expected).toBeCloseTo(1, 11);
  });

  it("is the sum of what is no likelier, for any count", () => {
    assert(
      property(
        integer({ min: 0, max: 300 }),
        double({ min: 0, max: 1, noNaN: true }),
        double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, share, p) => {
          const k = Math.round(share * n);
          expect(binomialTwoSided(k, n, p)).toBeCloseTo(Math.min(1, bySum(k, n, p)), 11);
        },
      ),
      { seed: 41 },
    );
  });

  it("sees both sides of a fair coin alike", () => {
    for (const k of [0, 7, 20, 49]) expect(binomialTwoSided(k, 100, 0.5)).toBe(binomialTwoSided(100 - k, 100, 0.5));
  });

  it("is twice the smaller tail where either outcome is as likely", () => {
    // scipy.stats.binomtest(k, n, .5).pvalue, SciPy 1.17.1; the last as below
    expect(Math.exp(evenBinomialLn(3, 10))).toBeCloseTo(0.34375, 14);
    expect(Math.exp(evenBinomialLn(5_010_000, 10_000_000)) / 2.5448004911550766e-10).toBeCloseTo(1, 11);
    expect(evenBinomialLn(499_000_000, 1e9)).toBeCloseTo(-2004.37239884994, 9);
    expect([evenBinomialLn(1, 2), evenBinomialLn(4, 8)]).toEqual([0, 0]);
    for (const k of [0, 7, 20, 48, 49, 50, 61, 99])
      expect(Math.exp(evenBinomialLn(k, 99))).toBeCloseTo(binomialTwoSided(k, 99, 0.5), 14);
  });

  it("has no doubt of a certainty, and none of an impossibility", () => {
    expect([binomialTwoSided(0, 5, 0), binomialTwoSided(5, 5, 1), binomialTwoSided(0, 0, 0.3)]).toEqual([1, 1, 1]);
    expect([binomialTwoSided(1, 5, 0), binomialTwoSided(4, 5, 1)]).toEqual([0, 0]);
  });

  it("keeps the logarithm of what no double holds, at 1e9 trials", () => {
    // ln of twice the binomial tail by the incomplete beta's continued fraction in mpmath 1.3.0, to 50 digits
    expect(binomialTwoSidedLn(501_000_000, 1e9, 0.5)).toBeCloseTo(-2004.37239884994, 9);
  });
});
