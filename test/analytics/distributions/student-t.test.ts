import jstat from "jstat";
import { describe, expect, it } from "vitest";
import { normalUpperQuantile } from "../../../analytics/distributions/normal.ts";
import {
  studentTCdf,
  studentTLnTails,
  studentTQuantile,
  studentTSf,
  studentTTwoSidedLnTails,
  studentTUpperQuantile,
} from "../../../analytics/distributions/student-t.ts";

describe("Student's t distribution", () => {
  it("agrees with jStat in the middle, to the 7 digits that jStat has", () => {
    for (const degreesOfFreedom of [2, 5.5, 30, 200])
      for (let t = -3; t <= 3; t += 0.5)
        expect(studentTCdf(t, degreesOfFreedom)).toBeCloseTo(jstat.studentt.cdf(t, degreesOfFreedom), 7);
  });

  // ln of P(T > t) by a continued fraction in mpmath 1.3.0, to 50 digits.
  it.each([
    [0.5, 1e-3, -0.6966016462681505],
    [1e5, 1e-3, -0.7088067199117275],
    [1e200, 0.5, -231.39575543017608],
    [1e10, 2.5, -57.89404886940598],
    [12, 1e9, -75.41066774580614],
    [37, 1e12, -689.0305851076661],
  ])("holds at t = %d with %d degrees of freedom", (t, degreesOfFreedom, ln) => {
    expect(studentTLnTails(t, degreesOfFreedom).lnUpper / ln).toBeCloseTo(1, 13);
    expect(studentTLnTails(-t, degreesOfFreedom).lnLower / ln).toBeCloseTo(1, 13);
  });

  // mpmath 1.3.0 to 50 digits: log(betainc(1/2, v/2, 0, t²/(v + t²), regularized=True)), and of the other tail.
  it.each([
    [0.01, 200, -4.832228283309904, -0.008000664982637136],
    [0.4, 250, -1.1695651809589487, -0.3717913722757766],
    [2.4, 201, -0.017458869228472135, -4.056624228356488],
    [2.5, 201, -0.013307276814938858, -4.3260905243664745],
    [7.7, 2000, -2.1241800537000022e-14, -31.48280543108462],
    [7.8, 2000, -9.889144925460794e-15, -32.24733871151121],
  ])("has both tails where it is nearly normal, at t = %d with %d degrees", (t, degrees, lnLower, lnUpper) => {
    const tails = studentTTwoSidedLnTails(t, degrees);
    expect(tails.lnLower / lnLower).toBeCloseTo(1, 13);
    expect(tails.lnUpper / lnUpper).toBeCloseTo(1, 13);
  });

  // The root of the same in mpmath.
  it.each([
    [0.4, 299, 0.2535726471275599],
    [0.4, 301, 0.25357114771227174],
    [0.025, 684, 1.9634382581630538],
    [0.025, 685, 1.9634331774132547],
    [1e-6, 2600, 4.764230058780589],
    [1e-6, 2500, 4.764663180344078],
  ])("has quantiles where it is nearly normal, of %d with %d degrees", (q, degrees, t) => {
    expect(studentTUpperQuantile(q, degrees) / t).toBeCloseTo(1, 13);
  });

  it.each([1, 2.7, 40, 1e4, 1e7, 1e12])(
    "has a quantile that undoes the tail, with %d degrees of freedom",
    (degreesOfFreedom) => {
      for (const q of [1e-300, 1e-12, 0.001, 0.025, 0.24, 0.26, 0.49, 0.8])
        expect(studentTSf(studentTUpperQuantile(q, degreesOfFreedom), degreesOfFreedom) / q).toBeCloseTo(1, 10);
    },
  );

  it("has a quantile that undoes the tail with next to no degrees of freedom, where it is a double", () => {
    for (const q of [0.26, 0.4, 0.499]) expect(studentTSf(studentTUpperQuantile(q, 1e-3), 1e-3) / q).toBeCloseTo(1, 10);
    expect(studentTUpperQuantile(0.2, 1e-3)).toBe(Infinity);
    expect(studentTSf(Number.MAX_VALUE, 1e-3)).toBeGreaterThan(0.2);
  });

  it("is the Cauchy distribution with one degree of freedom", () => {
    for (const q of [0.4, 0.1, 0.01, 1e-6])
      expect(studentTUpperQuantile(q, 1) * Math.tan(Math.PI * q)).toBeCloseTo(1, 12);
    expect(studentTUpperQuantile(1e-300, 1) / (1e300 / Math.PI)).toBeCloseTo(1, 12);
    expect(studentTSf(1e300, 1) / (1e-300 / Math.PI)).toBeCloseTo(1, 12);
  });

  it("is algebraic with two degrees of freedom", () => {
    for (const t of [0.1, 1, 7]) expect(studentTCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 14);
  });

  it("becomes the normal distribution", () => {
    expect(studentTUpperQuantile(0.025, 1e12)).toBeCloseTo(normalUpperQuantile(0.025), 11);
  });

  it("is symmetric, with its median at 0", () => {
    expect(studentTUpperQuantile(0.5, 3)).toBe(0);
    expect(studentTQuantile(0.025, 3)).toBe(-studentTUpperQuantile(0.025, 3));
    expect(studentTSf(-1.5, 7) + studentTSf(1.5, 7)).toBeCloseTo(1, 15);
    expect([studentTSf(0, 1e-3), studentTCdf(0, 1e12)]).toEqual([0.5, 0.5]);
  });

  it("has its whole mass inside the infinities", () => {
    expect([studentTSf(Infinity, 3), studentTSf(-Infinity, 3)]).toEqual([0, 1]);
    expect([studentTUpperQuantile(0, 3), studentTUpperQuantile(1, 3)]).toEqual([Infinity, -Infinity]);
    expect(studentTTwoSidedLnTails(-Infinity, 0.5).lnUpper).toBe(-Infinity);
  });
});
