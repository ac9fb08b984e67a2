import jstat from "jstat";
import { describe, expect, it } from "vitest";
import { lnBeta } from "../../../analytics/distributions/ln-beta.ts";
import { lnGammaRatio } from "../../../analytics/distributions/ln-gamma-ratio.ts";
import { lnGamma } from "../../../analytics/distributions/ln-gamma.ts";

describe("ln Γ", () => {
  it("agrees with jStat", () => {
    for (const x of [0.1, 1.5, 8, 100]) expect(lnGamma(x)).toBeCloseTo(jstat.gammaln(x), 9);
  });

  // mpmath.loggamma, to 50 digits
  it.each([
    [1e-300, 690.7755278982137],
    [0.25, 1.2880225246980774],
    [3.7, 1.428072326665388],
    [1e12, 26631021115915.652],
  ])("holds at %d", (x, ln) => {
    expect(lnGamma(x) / ln).toBeCloseTo(1, 14);
  });

  it("is 0 at 1 and 2, and grows by ln x from x to x + 1", () => {
    expect(lnGamma(1)).toBeCloseTo(0, 14);
    expect(lnGamma(2)).toBeCloseTo(0, 14);
    for (const x of [0.01, 0.7, 14.5, 14.9999, 300]) expect(lnGamma(x + 1) - lnGamma(x)).toBeCloseTo(Math.log(x), 12);
  });
});

describe("the ratio of two Γ", () => {
  // mpmath.loggamma(x + delta) - mpmath.loggamma(x), to 50 digits
  it.each([
    [1e12, 7, 193.41714781152083],
    [1e12, 1e-3, 0.02763102111592805],
    [1e12, -5, -138.15510557962773],
    [1e9, 0.5, 10.361632918348207],
    [3, 2, 2.4849066497880004],
    [0.5, 0.5, -0.5723649429247001],
  ])("holds at %d and %d more", (x, delta, ln) => {
    expect(lnGammaRatio(x, delta) / ln).toBeCloseTo(1, 13);
  });

  it("of no distance is 1", () => {
    expect(lnGammaRatio(1e12, 0)).toBe(0);
  });
});

describe("ln B", () => {
  it("agrees with jStat", () => {
    for (const [a, b] of [
      [2, 3],
      [0.4, 9],
      [50, 70],
    ] as const)
      expect(lnBeta(a, b)).toBeCloseTo(jstat.betaln(a, b), 9);
  });

  // mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b), to 50 digits
  it.each([
    [1e12, 1e-3, 6.879547864267925],
    [1e9, 1e9, -1386294370.2160113],
    [0.5, 1e6, -6.335390211057437],
  ])("holds at %d and %d, either way round", (a, b, ln) => {
    expect(lnBeta(a, b) / ln).toBeCloseTo(1, 13);
    expect(lnBeta(b, a) / ln).toBeCloseTo(1, 13);
  });
});
