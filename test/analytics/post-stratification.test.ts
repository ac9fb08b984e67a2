import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeThinStrata, postStratify, type Stratum } from "../../analytics/post-stratification.ts";
import { waldTest } from "../../analytics/wald-test.ts";

const sample = fc.record({
  n: fc.integer({ min: 2, max: 500 }),
  mean: fc.integer({ min: 1, max: 200 }).map((value) => value / 10),
  variance: fc.integer({ min: 1, max: 500 }).map((value) => value / 10),
});
const strata = fc.array(fc.record({ control: sample, treatment: sample }), { minLength: 1, maxLength: 8 });

/** Zeros and single units among them. */
const anySample = fc.oneof(
  sample,
  fc.record({ n: fc.integer({ min: 0, max: 2 }), mean: fc.constantFrom(1, 5), variance: fc.constant(0) }),
);
const anyStrata = fc.array(fc.record({ control: anySample, treatment: anySample }), { minLength: 1, maxLength: 8 });

const total = (all: readonly Stratum[], variant: "control" | "treatment") => ({
  n: all.reduce((sum, stratum) => sum + stratum[variant].n, 0),
  sum: all.reduce((sum, stratum) => sum + stratum[variant].n * stratum[variant].mean, 0),
});

describe("post-stratification", () => {
  it("is the plain z-test of one stratum", () => {
    const control = { n: 30, mean: 4, variance: 9 };
    const treatment = { n: 40, mean: 5, variance: 16 };
    const plain = waldTest(1, Math.sqrt(9 / 30 + 16 / 40), 0.05);
    expect(postStratify([{ control, treatment }], 0.05)).toMatchObject({
      weights: [1],
      fixedWeights: plain,
      randomWeights: plain,
      lift: { lift: 0.25 },
    });
  });

  it("does not mind in what order the strata come, and is wider where their shares are random", () => {
    fc.assert(
      fc.property(strata, (all) => {
        const one = postStratify(all, 0.05);
        const other = postStratify(all.toReversed(), 0.05);
        if (one.kind === "undefined" || other.kind === "undefined") throw new Error("every stratum varies");
        expect(other.difference).toBeCloseTo(one.difference, 9);
        expect(one.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
        if (one.fixedWeights.kind === "undefined" || one.randomWeights.kind === "undefined")
          throw new Error("every stratum varies");
        expect(one.randomWeights.standardError).toBeGreaterThanOrEqual(one.fixedWeights.standardError);
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  it("undoes an unlucky mix", () => {
    // Nothing happened in either stratum, but the treatment got more of the large ones.
    const small = { mean: 1, variance: 1 };
    const large = { mean: 100, variance: 1 };
    const result = postStratify(
      [
        { control: { n: 600, ...small }, treatment: { n: 400, ...small } },
        { control: { n: 400, ...large }, treatment: { n: 600, ...large } },
      ],
      0.05,
    );
    expect(result).toMatchObject({ difference: 0, controlMean: 50.5 });
  });

  it("says why it cannot be told", () => {
    const none = { n: 0, mean: 0, variance: 0 };
    const one = { n: 1, mean: 2, variance: 0 };
    const same = { n: 9, mean: 2, variance: 0 };
    expect(postStratify([], 0.05)).toEqual({ kind: "undefined", reason: "no_data" });
    expect(postStratify([{ control: none, treatment: none }], 0.05)).toEqual({ kind: "undefined", reason: "no_data" });
    expect(postStratify([{ control: one, treatment: same }], 0.05)).toEqual({
      kind: "undefined",
      reason: "too_few_observations",
    });
    expect(postStratify([{ control: same, treatment: same }], 0.05)).toMatchObject({
      randomWeights: { kind: "undefined", reason: "zero_variance" },
      lift: { kind: "undefined", reason: "zero_variance" },
    });
  });
});

describe("merging thin strata", () => {
  it("keeps every unit, and leaves none thin that need not be", () => {
    fc.assert(
      fc.property(anyStrata, (all) => {
        const merged = mergeThinStrata(all);
        for (const variant of ["control", "treatment"] as const) {
          expect(total(merged, variant).n).toBe(total(all, variant).n);
          expect(total(merged, variant).sum).toBeCloseTo(total(all, variant).sum, 6);
        }
        const fine =
          merged.length > 1 || all.some(({ control, treatment }) => control.variance * treatment.variance > 0);
        expect(fine ? postStratify(merged, 0.05).kind : "estimated").toBe("estimated");
      }),
      { seed: 9, numRuns: 500 },
    );
  });

  it("gives the variance of the units together", () => {
    // var(c(1, 2, 3, 10)) in R
    const [merged] = mergeThinStrata([
      { control: { n: 3, mean: 2, variance: 1 }, treatment: { n: 3, mean: 2, variance: 1 } },
      { control: { n: 1, mean: 10, variance: 0 }, treatment: { n: 0, mean: 0, variance: 0 } },
    ]);
    expect(merged?.control.mean).toBe(4);
    expect(merged?.control.variance).toBeCloseTo(50 / 3, 12);
    expect(merged?.treatment).toEqual({ n: 3, mean: 2, variance: 1 });
  });
});
