import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fiellerLift } from "../../analytics/fieller.ts";
import { compareMeans, meanOf } from "../../analytics/welch.ts";

describe("Welch's comparison of two means", () => {
  it("agrees with R's t.test on Student's sleep data", () => {
    // t.test(extra ~ group, data = sleep); the variances are var(sleep$extra[1:10]) and var(sleep$extra[11:20])
    const test = compareMeans(
      { n: 10, mean: 2.33, variance: 4.009 },
      { n: 10, mean: 0.75, variance: 3.200555555555556 },
      0.05,
    );
    expect(test).toMatchObject({ kind: "estimated" });
    if (test.kind === "undefined") return;
    expect(test.statistic).toBeCloseTo(-1.8608, 4);
    expect(test.degreesOfFreedom).toBeCloseTo(17.776, 3);
    expect(test.pValue).toBeCloseTo(0.07939, 5);
    expect(test.interval[0]).toBeCloseTo(-3.3654832, 7);
    expect(test.interval[1]).toBeCloseTo(0.2054832, 7);
  });

  it.each([
    ["no_data", { n: 0, mean: 0, variance: 0 }, { n: 1, mean: 1, variance: 0 }],
    ["too_few_observations", { n: 1, mean: 5, variance: 0 }, { n: 10, mean: 6, variance: 1 }],
    ["zero_variance", { n: 20, mean: 5, variance: 0 }, { n: 20, mean: 6, variance: 0 }],
  ] as const)("is undefined for %s", (reason, control, treatment) => {
    expect(compareMeans(control, treatment, 0.05)).toEqual({ kind: "undefined", reason });
    expect(compareMeans(treatment, control, 0.05)).toEqual({ kind: "undefined", reason });
  });

  it("takes the degrees of freedom of the only variant that varies", () => {
    const still = { n: 1000, mean: 1, variance: 0 };
    expect(compareMeans(still, { n: 12, mean: 2, variance: 3 }, 0.05)).toMatchObject({ degreesOfFreedom: 11 });
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
