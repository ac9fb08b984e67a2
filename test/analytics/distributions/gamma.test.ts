import { assert, double, pre, property } from "fast-check";
import jstat from "jstat";
import { describe, expect, it } from "vitest";
import {
  gammaCdf,
  gammaLnTails,
  gammaQuantile,
  gammaSf,
  gammaUpperQuantile,
} from "../../../analytics/distributions/gamma.ts";

const between = (min: number, max: number) => double({ min, max, noNaN: true });

describe("the gamma distribution", () => {
  it("agrees with jStat in the middle, whose second parameter is the scale", () => {
    for (const shape of [0.5, 2, 30])
      for (const share of [0.5, 1, 1.5])
        expect(gammaCdf(share * shape, shape, 2)).toBeCloseTo(jstat.gamma.cdf(share * shape, shape, 0.5), 10);
  });

  // ln of both tails by series or continued fraction in mpmath 1.3.0, to 50 digits.
  it.each([
    [1e9, 1e9, -0.6931387701535727, -0.6931555910370534],
    [1.001e9, 1e9, -1.2528290296631711e-219, -504.0407311478844],
    [0.999e9, 1e9, -504.7073962224959, -6.432248950987871e-220],
    [1, 1e-3, -0.00021963247503191025, -8.42366479083107],
    [1e-300, 1e-3, -0.6901991342999303, -0.6961039435002198],
  ])("holds at x = %d with shape %d", (x, shape, lnLower, lnUpper) => {
    expect(gammaLnTails(x, shape, 1).lnLower / lnLower).toBeCloseTo(1, 11);
    expect(gammaLnTails(x, shape, 1).lnUpper / lnUpper).toBeCloseTo(1, 11);
  });

  it("is a Poisson process: no more than 2 events in 3 are as likely as waiting longer than 3 for the third", () => {
    expect(gammaSf(3, 3, 1)).toBeCloseTo(Math.exp(-3) * (1 + 3 + 4.5), 15);
  });

  it("has a quantile that undoes each tail, for any shape and probability", () => {
    assert(
      property(between(-3, 8), between(-290, -0.001), between(-6, 6), (lnShape, log10P, log10Rate) => {
        const [shape, p, rate] = [10 ** lnShape, 10 ** log10P, 10 ** log10Rate];
        const [low, high] = [gammaQuantile(p, shape, rate), gammaUpperQuantile(p, shape, rate)];
        // Below the doubles there is nothing to undo.
        pre(Math.min(low, high) > 1e-290);
        expect(gammaCdf(low, shape, rate) / p).toBeCloseTo(1, 8);
        expect(gammaSf(high, shape, rate) / p).toBeCloseTo(1, 8);
      }),
      { seed: 12 },
    );
  });

  it("starts at 0 and never ends", () => {
    expect([gammaSf(0, 3, 1), gammaSf(Infinity, 3, 1), gammaCdf(0, 0.01, 1), gammaCdf(Infinity, 3, 1)]).toEqual([
      1, 0, 0, 1,
    ]);
    expect([gammaQuantile(0, 3, 1), gammaQuantile(1, 3, 1)]).toEqual([0, Infinity]);
    expect([gammaUpperQuantile(1, 3, 1), gammaUpperQuantile(0, 3, 1)]).toEqual([0, Infinity]);
    expect(gammaQuantile(1e-300, 1e-3, 1)).toBe(0);
  });
});
