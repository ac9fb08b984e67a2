import { assert, double, pre, property } from "fast-check";
import jstat from "jstat";
import { describe, expect, it } from "vitest";
import { chiSquaredUpperQuantile } from "../../../analytics/distributions/chi-squared.ts";
import { fLnTails, fSf, fUpperQuantile } from "../../../analytics/distributions/f.ts";
import { studentTSf } from "../../../analytics/distributions/student-t.ts";

const between = (min: number, max: number) => double({ min, max, noNaN: true });

describe("the F distribution", () => {
  it("agrees with jStat in the middle, to the 7 digits that jStat has", () => {
    for (const [d1, d2] of [
      [1, 8],
      [3, 20],
      [60, 7.5],
    ] as const)
      for (const f of [0.4, 1, 3]) expect(fSf(f, d1, d2)).toBeCloseTo(1 - jstat.centralF.cdf(f, d1, d2), 7);
  });

  // ln of P(F > f) by a continued fraction in mpmath 1.3.0, to 50 digits.
  it.each([
    [1e6, 1, 1e-3, -0.011054369166044227],
    [1.01, 1e6, 1e6, -14.936432648661565],
    [300, 0.5, 3, -7.545951434580764],
    [5, 3.5, 1e9, -6.958567500505588],
  ])("holds at %d with %d and %d degrees of freedom", (f, d1, d2, ln) => {
    expect(fLnTails(f, d1, d2).lnUpper / ln).toBeCloseTo(1, 12);
  });

  it("is the square of a t with one degree of freedom above", () => {
    for (const t of [0.3, 2, 11]) expect(fSf(t * t, 1, 17.3) / (2 * studentTSf(t, 17.3))).toBeCloseTo(1, 12);
  });

  it("becomes a chi-squared over its degrees of freedom", () => {
    expect(fUpperQuantile(0.01, 4, 1e12) / (chiSquaredUpperQuantile(0.01, 4) / 4)).toBeCloseTo(1, 10);
  });

  it("turns over with its degrees of freedom", () => {
    for (const q of [1e-9, 0.2, 0.6]) expect(fUpperQuantile(q, 3, 11) * fUpperQuantile(1 - q, 11, 3)).toBeCloseTo(1, 7);
  });

  it("has a quantile that undoes the tail", () => {
    assert(
      property(between(-1, 6), between(-1, 6), between(-290, -0.001), (lnD1, lnD2, log10Q) => {
        const [d1, d2, q] = [10 ** lnD1, 10 ** lnD2, 10 ** log10Q];
        const f = fUpperQuantile(q, d1, d2);
        pre(f > 1e-290 && f < 1e290);
        expect(fSf(f, d1, d2) / q).toBeCloseTo(1, 8);
      }),
      { seed: 31 },
    );
  });

  it("starts at 0 and never ends", () => {
    expect([fSf(0, 3, 5), fSf(Infinity, 3, 5)]).toEqual([1, 0]);
    expect([fUpperQuantile(1, 3, 5), fUpperQuantile(0, 3, 5)]).toEqual([0, Infinity]);
  });
});
