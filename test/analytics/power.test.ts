import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Baseline, rateBaseline } from "../../analytics/detection.ts";
import { noncentralTTwoSidedSf } from "../../analytics/distributions/noncentral-t.ts";
import { studentTUpperQuantile } from "../../analytics/distributions/student-t.ts";
import { spendingBoundaries } from "../../analytics/group-sequential.ts";
import { type Design, minimumDetectableEffect, powerAt, requiredUnits } from "../../analytics/power.ts";
import { proportionSampleSize } from "../../analytics/sample-size-proportions.ts";
import { exactTPower } from "../../analytics/t-power.ts";
import { compareMeans } from "../../analytics/welch.ts";
import { compareProportions } from "../../analytics/two-proportions.ts";
import { seededRandom } from "../random.ts";

const USUAL: Design = { alpha: 0.05, power: 0.8 };
const MEAN: Baseline = { kind: "mean", mean: 10, variance: 25 };

const weekly = (alpha: number) => {
  const fractions = [0.25, 0.5, 0.75, 1];
  const boundaries = spendingBoundaries(fractions, alpha, { spending: "obrien_fleming" });
  return { fractions, bounds: boundaries.map(({ bound }) => bound) };
};

const share = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const baseline = fc.oneof(
  share(0.02, 0.6).map(rateBaseline),
  fc.record({ kind: fc.constant("mean" as const), mean: share(1, 100), variance: share(0.1, 400) }),
);
const design = fc.record({
  alpha: fc.constantFrom(0.01, 0.05, 0.1),
  power: fc.constantFrom(0.7, 0.8, 0.95),
  allocationRatio: share(0.2, 5),
  comparisons: fc.integer({ min: 1, max: 10 }),
  varianceReduction: share(0, 0.9),
  scale: fc.constantFrom("absolute" as const, "relative" as const),
});

const known = (value: ReturnType<typeof powerAt>): number => {
  if (typeof value !== "number") throw new Error(value.reason);
  return value;
};

const at = (n: number, effect: number) => known(powerAt(n, effect, MEAN, USUAL));

const because = (reason: string) => ({ kind: "undefined", reason });

describe("power", () => {
  it("agrees with the rule of sixteen: 16·s²/δ² units for a power of 80 %", () => {
    // Exactly 2·(1.959964 + 0.841621)².
    expect(known(requiredUnits(1, { ...MEAN, variance: 1 }, USUAL))).toBeCloseTo(15.697759468698179, 10);
  });

  it("is what was asked for at the units that are required", () => {
    fc.assert(
      fc.property(baseline, design, share(0.01, 0.3), fc.boolean(), (baseline, design, lift, down) => {
        const effect = baseline.mean * (down ? -lift : lift);
        const n = known(requiredUnits(effect, baseline, design));
        // The other direction adds next to nothing.
        expect(known(powerAt(n, effect, baseline, design))).toBeCloseTo(design.power, 3);
      }),
      { seed: 14, numRuns: 500 },
    );
  });

  it("finds the smallest effect for which those units are required", () => {
    fc.assert(
      fc.property(baseline, design, share(0.01, 0.3), fc.boolean(), (baseline, design, lift, down) => {
        const effect = baseline.mean * (down ? -lift : lift);
        const n = known(requiredUnits(effect, baseline, design));
        const smallest = minimumDetectableEffect(n, baseline, design, down ? "decrease" : "increase");
        expect(known(smallest) / effect).toBeCloseTo(1, 9);
      }),
      { seed: 15, numRuns: 500 },
    );
  });

  it("grows with the units and the effect, and is α without one", () => {
    expect(at(1000, 0)).toBeCloseTo(0.05, 12);
    for (const n of [10, 100, 1000]) {
      expect(at(2 * n, 0.3)).toBeGreaterThan(at(n, 0.3));
      expect(at(n, 0.4)).toBeGreaterThan(at(n, 0.3));
      expect(at(n, -0.3)).toBe(at(n, 0.3));
    }
  });

  it("of a rate is that of its z-test", () => {
    const n = 800;
    const random = seededRandom(16);
    const draw = (p: number) => {
      let conversions = 0;
      for (let i = 0; i < n; i++) if (random() < p) conversions++;
      return { n, conversions };
    };
    const replications = 2000;
    let found = 0;
    for (let i = 0; i < replications; i++) {
      const test = compareProportions(draw(0.1), draw(0.14), 0.05);
      if (test.kind === "estimated" && test.pValue < 0.05) found++;
    }
    const expected = known(powerAt(n, 0.04, rateBaseline(0.1), USUAL));
    expect(Math.abs(found / replications - expected)).toBeLessThan(
      4 * Math.sqrt((expected * (1 - expected)) / replications),
    );
  });

  it("takes 1 − ρ² of the units where a covariate explains ρ², and a share of α where comparisons are many", () => {
    const plain = known(requiredUnits(0.5, MEAN, USUAL));
    expect(known(requiredUnits(0.5, MEAN, { ...USUAL, varianceReduction: 0.36 })) / plain).toBeCloseTo(0.64, 12);
    expect(requiredUnits(0.5, MEAN, { ...USUAL, comparisons: 5 })).toBe(
      requiredUnits(0.5, MEAN, { ...USUAL, alpha: 0.01 }),
    );
  });

  it("needs more for a lift, whose baseline is an estimate too, and the more the noisier that is", () => {
    const n = 200;
    const relative = (variance: number) =>
      minimumDetectableEffect(n, { ...MEAN, variance }, { ...USUAL, scale: "relative" });
    const absolute = known(minimumDetectableEffect(n, MEAN, USUAL));
    expect(known(relative(25))).toBeGreaterThan(absolute);
    // (z + z)²·s²/n = m² where s² = n·m²/7.8489: from there on no increase can be told.
    expect(known(relative(2548)) / 10).toBeGreaterThan(1000);
    expect(relative(2549)).toEqual({ kind: "undefined", reason: "unbounded" });
  });

  it("with looks needs the group-sequential maximum, and has its power there", () => {
    const looks = { kind: "group_sequential", plan: weekly } as const;
    const one = known(requiredUnits(0.5, MEAN, USUAL));
    const n = known(requiredUnits(0.5, MEAN, { ...USUAL, looks }));
    expect(n / one).toBeGreaterThan(1.005);
    expect(n / one).toBeLessThan(1.05);
    expect(known(powerAt(n, 0.5, MEAN, { ...USUAL, looks }))).toBeCloseTo(0.8, 5);
    expect(known(minimumDetectableEffect(n, MEAN, { ...USUAL, looks }))).toBeCloseTo(0.5, 9);
  });

  it("at any time needs some 1.9 times the units, if it was tuned to about them", () => {
    const one = known(requiredUnits(0.5, MEAN, USUAL));
    const design: Design = { ...USUAL, looks: { kind: "anytime", tuningN: 4 * one } };
    const n = known(requiredUnits(0.5, MEAN, design));
    expect(n / one).toBeGreaterThan(1.85);
    expect(n / one).toBeLessThan(1.95);
    expect(known(powerAt(n, 0.5, MEAN, design))).toBeCloseTo(0.8, 9);
    expect(known(powerAt(n * 0.999, 0.5, MEAN, design))).toBeLessThan(0.8);
    expect(known(minimumDetectableEffect(n, MEAN, design))).toBeCloseTo(0.5, 6);
    // A factor of 10 in the tuning costs little.
    expect(
      known(requiredUnits(0.5, MEAN, { ...USUAL, looks: { kind: "anytime", tuningN: 40 * one } })) / n,
    ).toBeLessThan(1.4);
  });

  it("says why there is no answer", () => {
    expect(requiredUnits(0.5, rateBaseline(0.5), USUAL)).toEqual(because("rate_out_of_range"));
    expect(requiredUnits(-0.3, rateBaseline(0.3), USUAL)).toEqual(because("rate_out_of_range"));
    expect(powerAt(10, 0.1, rateBaseline(0), USUAL)).toEqual(because("rate_out_of_range"));
    expect(minimumDetectableEffect(5, rateBaseline(0.9), USUAL)).toEqual(because("rate_out_of_range"));
    expect(requiredUnits(0, MEAN, USUAL)).toEqual(because("zero_effect"));
    expect(requiredUnits(1, { ...MEAN, variance: 0 }, USUAL)).toEqual(because("zero_variance"));
    expect(powerAt(10, 1, { ...MEAN, mean: 0 }, { ...USUAL, scale: "relative" })).toEqual(because("zero_baseline"));
    expect(known(powerAt(10, 1, { ...MEAN, mean: 0 }, USUAL))).toBeGreaterThan(0.05);
  });
});

describe("the sample size of two proportions", () => {
  it("agrees with R's power.prop.test and published sizes", () => {
    // power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7, as in its documentation
    const documented = proportionSampleSize(0.5, 0.5, { alpha: 0.05, power: 0.9 });
    expect(documented.kind === "planned" && documented.pooled).toBeCloseTo(76.7, 1);
    const tenToEleven = proportionSampleSize(0.1, 0.1, USUAL);
    expect(tenToEleven.kind === "planned" && [tenToEleven.unpooled, tenToEleven.pooled].map(Math.ceil)).toEqual([
      14_749, 14_751,
    ]);
    const fiveToSix = proportionSampleSize(0.05, 0.2, USUAL);
    expect(fiveToSix.kind === "planned" && [fiveToSix.unpooled, fiveToSix.pooled].map(Math.ceil)).toEqual([8155, 8158]);
  });

  it.each([
    [0.6, 0.7],
    [0.5, 1],
    [0, 0.1],
    [1, -0.1],
    [0.2, -1],
  ])("is none for a rate of %d with a lift of %d", (rate, lift) => {
    expect(proportionSampleSize(rate, lift, USUAL)).toEqual({ kind: "undefined", reason: "rate_out_of_range" });
  });

  it("is none for no lift", () => {
    expect(proportionSampleSize(0.2, 0, USUAL)).toEqual({ kind: "undefined", reason: "zero_effect" });
  });
});

describe("the exact power of the t-test", () => {
  it("agrees with R's power.t.test", () => {
    // power.t.test(n = 20, delta = 1, sd = 1), as in its documentation
    expect(exactTPower(20, 1, 1, 0.05)).toBeCloseTo(0.8689528, 6);
    // power.t.test(power = .90, delta = 1): n = 22.02110
    expect(exactTPower(22.0211, 1, 1, 0.05)).toBeCloseTo(0.9, 6);
  });

  it("tends to the normal power", () => {
    expect(exactTPower(1e8, 0.0004, 1, 0.05)).toBeCloseTo(
      known(powerAt(1e8, 0.0004, { ...MEAN, variance: 1 }, USUAL)),
      7,
    );
  });

  it("is that of Welch's test of samples of one size and spread", () => {
    const random = seededRandom(17);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const draw = (mean: number) => {
      const values = Array.from({ length: 8 }, () => mean + normal());
      const average = values.reduce((sum, value) => sum + value, 0) / 8;
      return { n: 8, mean: average, variance: values.reduce((sum, value) => sum + (value - average) ** 2, 0) / 7 };
    };
    const replications = 4000;
    let found = 0;
    for (let i = 0; i < replications; i++) {
      const test = compareMeans(draw(0), draw(1.4), 0.05);
      if (test.kind === "estimated" && test.pValue < 0.05) found++;
    }
    const expected = exactTPower(8, 1.4, 1, 0.05);
    // Welch's has a few less degrees of freedom.
    expect(Math.abs(found / replications - expected)).toBeLessThan(
      0.01 + 4 * Math.sqrt((expected * (1 - expected)) / replications),
    );
  });
});

describe("the noncentral t distribution", () => {
  it.each([
    // mpmath: quad of the density of sqrt(chi2/nu) times ncdf(d − t·s) + ncdf(−d − t·s), 30 digits
    [2, 1, 4.302652729911275, 0.09520175549157212],
    [2, 8, 4.302652729911275, 0.9580506899922536],
    [8, 2, 2.306004135033371, 0.4210519381030683],
    [1, 3, 12.706204736432095, 0.1861320616029087],
  ])("with %d degrees of freedom and a noncentrality of %d", (degreesOfFreedom, noncentrality, t, expected) => {
    expect(noncentralTTwoSidedSf(t, degreesOfFreedom, noncentrality)).toBeCloseTo(expected, 10);
    expect(noncentralTTwoSidedSf(t, degreesOfFreedom, -noncentrality)).toBeCloseTo(expected, 10);
  });

  it.each([1, 2, 7.5, 100, 1e6, 1e9])("without a noncentrality is Student's, with %d degrees of freedom", (nu) => {
    for (const alpha of [0.5, 0.05, 1e-6])
      expect(noncentralTTwoSidedSf(studentTUpperQuantile(alpha / 2, nu), nu, 0) / alpha).toBeCloseTo(1, 9);
  });

  it("is 0 of a test that never rejects, whatever the effect", () => {
    expect(noncentralTTwoSidedSf(Infinity, 38, 2)).toBe(0);
    expect(noncentralTTwoSidedSf(Infinity, 38, Infinity)).toBe(0);
    expect(noncentralTTwoSidedSf(2, 38, Infinity)).toBe(1);
  });
});
