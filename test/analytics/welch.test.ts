import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalSf } from "../../analytics/distributions/normal.ts";
import { studentTSf, studentTTwoSidedLnTails } from "../../analytics/distributions/student-t.ts";
import { fiellerLift } from "../../analytics/fieller.ts";
import { liftOf, liftStandardError } from "../../analytics/lift.ts";
import { compareMeans, meanOf, type Sample } from "../../analytics/welch.ts";
import { failures, readVectors } from "./golden.ts";

const compute = (input: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const { control, treatment, alpha } = input as unknown as { control: Sample; treatment: Sample; alpha: number };
  const test = compareMeans(control, treatment, alpha);
  if (test.kind === "undefined") return { undefined: true, reason: test.reason, p_two_sided: null, ci_absolute: null };
  const { statistic, degreesOfFreedom, critical } = test;
  const fieller = fiellerLift(meanOf(control), meanOf(treatment), critical);
  const lift = liftOf(control.mean, treatment.mean) ?? NaN;
  const liftError = liftStandardError(meanOf(control), meanOf(treatment)) ?? NaN;
  return {
    mean_control: control.mean,
    mean_treatment: treatment.mean,
    variance_control: control.variance,
    variance_treatment: treatment.variance,
    absolute_difference: test.difference,
    standard_error: test.standardError,
    t_statistic: statistic,
    degrees_of_freedom_welch_satterthwaite: degreesOfFreedom,
    critical_t: critical,
    p_two_sided: test.pValue,
    log10_p_two_sided: test.lnPValue / Math.LN10,
    p_one_sided_treatment_greater: studentTSf(statistic, degreesOfFreedom),
    p_one_sided_treatment_less: studentTSf(-statistic, degreesOfFreedom),
    ci_absolute: test.interval,
    p_two_sided_normal_approximation: 2 * normalSf(Math.abs(statistic)),
    relative_lift: lift,
    se_relative_lift_delta: liftError,
    ci_relative_delta_t: [lift - critical * liftError, lift + critical * liftError],
    p_two_sided_relative_delta_t: Math.exp(studentTTwoSidedLnTails(lift / liftError, degreesOfFreedom).lnUpper),
    fieller_status: fieller.kind,
    fieller_g: fieller.g,
    ci_relative_fieller_t: fieller.kind === "bounded" ? fieller.interval : null,
  };
};

describe("Welch's comparison of two means", () => {
  it.each(readVectors("welch_t").cases)("meets the 50-digit numbers of $name", (vector) => {
    expect(failures(vector, compute)).toEqual([]);
  });

  it("says the same in the interval, the p-value and Fieller's interval of the lift", () => {
    const sample = fc.record({
      n: fc.integer({ min: 2, max: 10_000 }),
      mean: fc.double({ min: -50, max: 50, noNaN: true }),
      variance: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
    });
    fc.assert(
      fc.property(sample, sample, fc.constantFrom(0.01, 0.05, 0.2), (control, treatment, alpha) => {
        const test = compareMeans(control, treatment, alpha);
        if (test.kind === "undefined") throw new Error("both vary");
        const clear = test.pValue < alpha;
        const [low, high] = test.interval;
        expect(low > 0 || high < 0).toBe(clear);
        const lift = fiellerLift(meanOf(control), meanOf(treatment), test.critical);
        if (lift.kind === "bounded") {
          expect(lift.interval[0] > 0 || lift.interval[1] < 0).toBe(clear);
          expect(lift.interval[0]).toBeLessThanOrEqual(lift.interval[1]);
        }
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  it("does not underflow with variances that vanish when they are squared", () => {
    const tiny = { n: 30, mean: 0, variance: 1e-200 };
    const test = compareMeans(tiny, { ...tiny, mean: 1e-100 }, 0.05);
    expect(test).toMatchObject({ kind: "estimated" });
    if (test.kind === "estimated") expect(test.degreesOfFreedom).toBeCloseTo(58, 9);
  });
});
