import jstat from "jstat";
import { describe, expect, it } from "vitest";
import { normalUpperQuantile } from "../../../analytics/distributions/normal.ts";
import {
  studentTCdf,
  studentTLnTails,
  studentTQuantile,
  studentTSf,
  studentTUpperQuantile,
} from "../../../analytics/distributions/student-t.ts";
import { failures, log10Of, readVectors } from "../golden.ts";

const { cases } = readVectors("dist_t");

const compute = (input: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const degreesOfFreedom = Number(input.degrees_of_freedom);
  const at = Number(input.t ?? input.p ?? input.q);
  switch (input.function) {
    case "sf":
      return {
        value: studentTSf(at, degreesOfFreedom),
        log10_value: log10Of(studentTLnTails(at, degreesOfFreedom).lnUpper),
      };
    case "cdf":
      return {
        value: studentTCdf(at, degreesOfFreedom),
        log10_value: log10Of(studentTLnTails(at, degreesOfFreedom).lnLower),
      };
    case "quantile":
      return { value: studentTQuantile(at, degreesOfFreedom) };
    default:
      return { value: studentTUpperQuantile(at, degreesOfFreedom) };
  }
};

describe("Student's t distribution", () => {
  it.each(cases)("meets the 50-digit value of $name", (vector) => {
    expect(failures(vector, compute)).toEqual([]);
  });

  it("agrees with jStat in the middle, to the 7 digits that jStat has", () => {
    for (const degreesOfFreedom of [2, 5.5, 30, 200])
      for (let t = -3; t <= 3; t += 0.5)
        expect(studentTCdf(t, degreesOfFreedom)).toBeCloseTo(jstat.studentt.cdf(t, degreesOfFreedom), 7);
  });

  it.each([1, 2.7, 40, 1e4, 1e7])(
    "has a quantile that undoes the tail, with %d degrees of freedom",
    (degreesOfFreedom) => {
      for (const q of [1e-12, 0.001, 0.025, 0.24, 0.26, 0.49, 0.8])
        expect(studentTSf(studentTUpperQuantile(q, degreesOfFreedom), degreesOfFreedom) / q).toBeCloseTo(1, 10);
    },
  );

  it("is the Cauchy distribution with one degree of freedom", () => {
    for (const q of [0.4, 0.1, 0.01, 1e-6])
      expect(studentTUpperQuantile(q, 1) * Math.tan(Math.PI * q)).toBeCloseTo(1, 12);
  });

  it("becomes the normal distribution", () => {
    expect(studentTUpperQuantile(0.025, 1e12)).toBeCloseTo(normalUpperQuantile(0.025), 11);
  });

  it("is symmetric, with its median at 0", () => {
    expect(studentTUpperQuantile(0.5, 3)).toBe(0);
    expect(studentTUpperQuantile(0, 3)).toBe(Infinity);
    expect(studentTQuantile(0.025, 3)).toBe(-studentTUpperQuantile(0.025, 3));
    expect(studentTSf(-1.5, 7) + studentTSf(1.5, 7)).toBeCloseTo(1, 15);
  });
});
