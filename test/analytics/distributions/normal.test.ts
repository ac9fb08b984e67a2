import jstat from "jstat";
import { describe, expect, it } from "vitest";
import {
  normalCdf,
  normalDensity,
  normalLnTails,
  normalQuantile,
  normalSf,
  normalUpperQuantile,
} from "../../../analytics/distributions/normal.ts";
import { integrate } from "../../../analytics/distributions/quadrature.ts";

describe("the normal distribution", () => {
  it("agrees with jStat in the middle", () => {
    for (let x = -3; x <= 3; x += 0.25) expect(normalCdf(x)).toBeCloseTo(jstat.normal.cdf(x, 0, 1), 12);
  });

  it("has a quantile that undoes the cdf", () => {
    for (const p of [1e-300, 1e-20, 0.001, 0.07, 0.3, 0.5]) expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 10);
  });

  it("has its whole mass inside the infinities", () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect([normalUpperQuantile(0), normalUpperQuantile(1)]).toEqual([Infinity, -Infinity]);
    expect([normalSf(-Infinity), normalSf(Infinity), normalDensity(Infinity)]).toEqual([1, 0, 0]);
  });

  it("says nothing but 0 of a point whose square is no double", () => {
    expect([normalSf(1e200), normalSf(1e308), normalDensity(-1e308)]).toEqual([0, 0, 0]);
  });

  it("has a density that keeps its digits far out", () => {
    // mpmath.npdf(2), mpmath.npdf(30), to 50 digits
    expect(normalDensity(-2) / 0.05399096651318805).toBeCloseTo(1, 14);
    expect(normalDensity(30) / 1.4736461348785476e-196).toBeCloseTo(1, 14);
  });

  it("has a density whose integral is the cdf", () => {
    expect(integrate(normalDensity, -1.3, 2.1, 4, 16)).toBeCloseTo(normalCdf(2.1) - normalCdf(-1.3), 14);
  });

  it("has tails that meet where one function takes over from the other", () => {
    for (const edge of [0.67448975, Math.sqrt(32)]) {
      const { lnUpper } = normalLnTails(edge * (1 + 1e-15));
      expect(lnUpper / normalLnTails(edge * (1 - 1e-15)).lnUpper).toBeCloseTo(1, 13);
    }
  });
});
