import jstat from "jstat";
import { describe, expect, it } from "vitest";
import {
  chiSquaredCdf,
  chiSquaredLnTails,
  chiSquaredSf,
  chiSquaredUpperQuantile,
} from "../../../analytics/distributions/chi-squared.ts";
import { normalSf } from "../../../analytics/distributions/normal.ts";

describe("the chi-squared distribution", () => {
  it("agrees with jStat in the middle", () => {
    for (const degreesOfFreedom of [1, 3, 10, 60])
      for (const share of [0.5, 1, 1.5])
        expect(chiSquaredCdf(share * degreesOfFreedom, degreesOfFreedom)).toBeCloseTo(
          jstat.chisquare.cdf(share * degreesOfFreedom, degreesOfFreedom),
          10,
        );
  });

  it("is the square of a normal with one degree of freedom", () => {
    for (const z of [0.1, 1, 3, 20]) expect(chiSquaredSf(z * z, 1) / (2 * normalSf(z))).toBeCloseTo(1, 11);
  });

  it("is an exponential with two degrees of freedom", () => {
    for (const q of [0.999, 0.5, 1e-3, 1e-250]) expect(chiSquaredUpperQuantile(q, 2)).toBeCloseTo(-2 * Math.log(q), 10);
  });

  it("keeps the logarithm of a tail that no double holds", () => {
    expect(chiSquaredLnTails(5000, 2).lnUpper).toBeCloseTo(-2500, 9);
  });

  it("starts at 0 and never ends", () => {
    expect([chiSquaredSf(0, 3), chiSquaredSf(Infinity, 3), chiSquaredCdf(0, 3)]).toEqual([1, 0, 0]);
    expect([chiSquaredUpperQuantile(1, 3), chiSquaredUpperQuantile(0, 3)]).toEqual([0, Infinity]);
  });
});
