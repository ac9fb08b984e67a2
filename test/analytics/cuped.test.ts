import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cuped } from "../../analytics/cuped.ts";
import { pairedMomentsOf } from "../../analytics/joint-moments.ts";
import { thetaOf } from "../../analytics/theta.ts";
import { compareMeans } from "../../analytics/welch.ts";
import { seededRandom } from "../random.ts";
import { jointSumsOf, type UnitValues } from "./joint-sums.ts";

const CONTROL = [
  { y: 10.5, x: 9 },
  { y: 12.25, x: 12 },
  { y: 9, x: 8.5 },
  { y: 14.75, x: 14 },
  { y: 11, x: 10.5 },
  { y: 13.5, x: 12.25 },
];
const TREATMENT = [
  { y: 12, x: 10 },
  { y: 15.5, x: 13.5 },
  { y: 11.75, x: 10.5 },
  { y: 10.25, x: 8.75 },
  { y: 16, x: 13 },
];

const momentsOfUnits = (units: readonly UnitValues[]) => pairedMomentsOf(jointSumsOf(units));

const compare = (control: readonly UnitValues[], treatment: readonly UnitValues[]) =>
  cuped(momentsOfUnits(control), momentsOfUnits(treatment), 0.05);

const withoutHistory = (each: readonly UnitValues[]) => each.map(({ y }) => ({ y: y ?? 0, x: 3 }));

const moved = (each: readonly UnitValues[]) => each.map(({ y, x }) => ({ y: y ?? 0, x: 1e6 - 4 * (x ?? 0) }));

const negated = (each: readonly UnitValues[]) => each.map(({ y, x }) => ({ y: -(y ?? 0), x: x ?? 0 }));

const covariateOf = (each: readonly UnitValues[]) => momentsOfUnits(each.map(({ x }) => ({ y: x ?? 0 })));

const unit = fc.record({
  y: fc.integer({ min: -500, max: 500 }).map((value) => value / 10),
  x: fc.integer({ min: -500, max: 500 }).map((value) => value / 10),
});
const units = fc.array(unit, { minLength: 3, maxLength: 30 });

describe("CUPED", () => {
  it("agrees with a regression on raw units", () => {
    // Python's statistics: th = linear_regression(xc + xt, yc + yt).slope; then the mean and variance of y - th*(x - mean(x))
    const { theta, test, varianceReduction } = compare(CONTROL, TREATMENT);
    expect(theta).toBeCloseTo(1.084193453258626, 13);
    if (test.kind === "undefined") throw new Error("both vary");
    expect(test.difference).toBeCloseTo(1.1492123758969814, 12);
    expect(test.standardError).toBeCloseTo(0.337727841281303, 12);
    expect(varianceReduction).toBeCloseTo(0.9429184206303601, 12);
  });

  it("is the plain test where nothing varied before", () => {
    const control = momentsOfUnits(withoutHistory(CONTROL));
    const treatment = momentsOfUnits(withoutHistory(TREATMENT));
    const { theta, test, varianceReduction, preExposure } = cuped(control, treatment, 0.05);
    const plain = ({ n, y, yy }: typeof control) => ({ n, mean: y, variance: yy });
    expect(theta).toBe(0);
    expect(varianceReduction).toBe(0);
    expect(test).toEqual(compareMeans(plain(control), plain(treatment), 0.05));
    expect(preExposure).toEqual({ kind: "undefined", reason: "zero_variance" });
  });

  it("does not mind the covariate's origin and unit", () => {
    fc.assert(
      fc.property(units, units, (control, treatment) => {
        const before = compare(control, treatment);
        const after = compare(moved(control), moved(treatment));
        expect(after.theta * -4).toBeCloseTo(before.theta, 9);
        expect(after.test.kind).toBe(before.test.kind);
        if (before.test.kind === "undefined" || after.test.kind === "undefined") return;
        expect(after.test.difference).toBeCloseTo(before.test.difference, 6);
        expect(after.test.standardError).toBeCloseTo(before.test.standardError, 6);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("changes its sign and nothing else when the variants change places", () => {
    fc.assert(
      fc.property(units, units, (control, treatment) => {
        const [one, other] = [compare(control, treatment).test, compare(treatment, control).test];
        expect(other.kind).toBe(one.kind);
        if (one.kind === "undefined" || other.kind === "undefined") return;
        expect(other.difference).toBeCloseTo(-one.difference, 9);
        expect(other.pValue).toBeCloseTo(one.pValue, 9);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it("calls it no variance, not a tiny p-value, where the metric is on a line with the covariate", () => {
    const covariate = fc.array(fc.integer({ min: -900, max: 900 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(covariate, covariate, fc.constantFrom(3, -0.7, 0.013), (control, treatment, slope) => {
        const onLine = (values: readonly number[]) => values.map((x) => ({ x: x / 10, y: (slope * x) / 10 + 11.3 }));
        const { theta, test, varianceReduction } = compare(onLine([0, 1, ...control]), onLine(treatment));
        expect(theta).toBeCloseTo(slope, 9);
        expect(varianceReduction).toBe(1);
        expect(test).toEqual({ kind: "undefined", reason: "zero_variance" });
      }),
      { seed: 18, numRuns: 500 },
    );
  });

  it("checks the covariate as if it were a metric", () => {
    const { preExposure } = compare(CONTROL, TREATMENT);
    const [before, after] = [covariateOf(CONTROL), covariateOf(TREATMENT)];
    expect(preExposure).toEqual(
      compareMeans(
        { n: before.n, mean: before.y, variance: before.yy },
        { n: after.n, mean: after.y, variance: after.yy },
        0.05,
      ),
    );
  });

  it("keeps the direction of a lift over a negative baseline", () => {
    const up = compare(CONTROL, TREATMENT).lift;
    const down = compare(negated(CONTROL), negated(TREATMENT)).lift;
    if (up.kind === "undefined" || down.kind === "undefined") throw new Error("both vary");
    expect(down.lift).toBeCloseTo(-up.lift, 12);
    expect(down.standardError).toBeCloseTo(up.standardError, 12);
  });

  it.each([
    ["no_data", 0],
    ["too_few_observations", 1],
  ] as const)("says %s of %d units", (reason, n) => {
    const { test, lift } = compare(CONTROL.slice(0, n), TREATMENT);
    expect(test).toEqual({ kind: "undefined", reason });
    expect(lift).toEqual({ kind: "undefined", reason });
  });

  it("has no lift over a baseline of 0", () => {
    expect(compare([{ y: -1 }, { y: 1 }], TREATMENT).lift).toEqual({ kind: "undefined", reason: "zero_baseline" });
  });

  it("takes about ρ² of the variance and keeps its level", () => {
    const random = seededRandom(20);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const draw = (n: number) =>
      Array.from({ length: n }, () => {
        const x = normal();
        return { x, y: 0.8 * x + 0.6 * normal() };
      });
    const replications = 2000;
    let rejected = 0;
    let reduction = 0;
    for (let i = 0; i < replications; i++) {
      const { test, varianceReduction } = compare(draw(40), draw(60));
      if (test.kind === "estimated" && test.pValue < 0.05) rejected++;
      reduction += (varianceReduction ?? 0) / replications;
    }
    expect(Math.abs(reduction - 0.64)).toBeLessThan(0.02);
    expect(Math.abs(rejected / replications - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / replications));
  });
});

describe("theta", () => {
  it("within the variants leaves out what is between them", () => {
    const [control, treatment] = [momentsOfUnits(CONTROL), momentsOfUnits(TREATMENT)];
    const later = momentsOfUnits(TREATMENT.map(({ y, x }) => ({ y: y + 50, x })));
    expect(thetaOf(control, later, "within")).toBeCloseTo(thetaOf(control, treatment, "within"), 12);
    expect(thetaOf(control, later)).not.toBeCloseTo(thetaOf(control, treatment), 1);
  });
});
