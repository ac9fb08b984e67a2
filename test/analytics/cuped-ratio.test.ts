import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cupedRatio } from "../../analytics/cuped-ratio.ts";
import { pairedMomentsOf } from "../../analytics/joint-moments.ts";
import { thetaOf } from "../../analytics/theta.ts";
import { jointSumsOf, type UnitValues } from "./joint-sums.ts";

const unit = fc.record({
  y: fc.integer({ min: 0, max: 50 }),
  d: fc.integer({ min: 1, max: 20 }),
  x: fc.integer({ min: 0, max: 50 }),
  e: fc.integer({ min: 1, max: 20 }),
});
const units = fc.array(unit, { minLength: 5, maxLength: 30 });

const perUnit = (each: readonly UnitValues[]) => each.map(({ y = 0, x = 0 }) => ({ y, x, d: 1, e: 1 }));

const scaled = (each: readonly UnitValues[]) =>
  each.map(({ y = 0, d = 0, x = 0, e = 0 }) => ({ y: 3 * y, d: 7 * d, x: 11 * x, e: 2 * e }));

const newcomers = (from: number) => [1, 2, 3, 5].map((d) => ({ y: (from * d) % 4, d, x: 0, e: 0 }));

const compare = (control: readonly UnitValues[], treatment: readonly UnitValues[]) =>
  cupedRatio(jointSumsOf(control), jointSumsOf(treatment), 0.05);

describe("CUPED of a ratio", () => {
  it("is CUPED of a mean where every denominator is 1", () => {
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 8, maxLength: 8 }),
        fc.array(unit, { minLength: 8, maxLength: 8 }),
        (a, b) => {
          const sums = [jointSumsOf(perUnit(a)), jointSumsOf(perUnit(b))] as const;
          const [control, treatment] = [pairedMomentsOf(sums[0]), pairedMomentsOf(sums[1])];
          const result = cupedRatio(...sums, 0.05);
          if (result.kind === "undefined") throw new Error("every denominator is 1");
          expect(result.theta).toBeCloseTo(thetaOf(control, treatment, "within"), 9);
          expect(result.difference).toBeCloseTo(treatment.y - control.y - result.theta * (treatment.x - control.x), 9);
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  it("does not mind how the numbers are scaled", () => {
    fc.assert(
      fc.property(units, units, (control, treatment) => {
        const [one, other] = [compare(control, treatment), compare(scaled(control), scaled(treatment))];
        expect(other.kind).toBe(one.kind);
        if (one.kind === "undefined" || other.kind === "undefined") return;
        expect((other.difference * 7) / 3).toBeCloseTo(one.difference, 9);
        expect(other.test.kind).toBe(one.test.kind);
        if (one.test.kind === "estimated" && other.test.kind === "estimated")
          expect((other.test.standardError * 7) / 3).toBeCloseTo(one.test.standardError, 7);
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  it("never makes the pooled variance larger where both variants have as many units", () => {
    const some = fc.array(unit, { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(some, some, (control, treatment) => {
        const result = compare(control, treatment);
        expect(result.kind === "undefined" || (result.varianceReduction ?? 0) >= -1e-12).toBe(true);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it("is the plain ratio where there was nothing before", () => {
    const result = compare(newcomers(3), newcomers(5));
    expect(result).toMatchObject({ kind: "estimated", theta: 0, varianceReduction: 0 });
    if (result.kind === "undefined") throw new Error("both vary");
    expect(result.difference).toBe(result.treatment - result.control);
    expect(result.preExposure).toEqual({ kind: "undefined", reason: "zero_variance" });
  });

  it("is the plain ratio where there was no denominator before, whatever the numerator", () => {
    const odd = newcomers(3).map((unit) => ({ ...unit, x: 7 }));
    const result = compare(odd, newcomers(5));
    expect(result).toMatchObject({ kind: "estimated", theta: 0 });
    if (result.kind === "undefined") throw new Error("both vary");
    expect(result.difference).toBe(result.treatment - result.control);
  });

  it("calls it no variance where the ratio before explains all of it", () => {
    const same = [1, 2, 4].flatMap((d) => [1, 3, 8].map((y) => ({ y, d, x: y, e: d })));
    expect(compare(same, same)).toMatchObject({
      theta: 1,
      varianceReduction: 1,
      test: { kind: "undefined", reason: "zero_variance" },
    });
  });

  it("says why it cannot be told", () => {
    const two = [
      { y: 1, d: 2 },
      { y: 3, d: 1 },
    ];
    expect(compare([], two)).toEqual({ kind: "undefined", reason: "no_data" });
    expect(compare(two.slice(1), two)).toEqual({ kind: "undefined", reason: "too_few_observations" });
    expect(compare([{ y: 1 }, { y: 2 }], two)).toEqual({ kind: "undefined", reason: "zero_denominator" });
  });
});
