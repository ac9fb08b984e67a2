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
