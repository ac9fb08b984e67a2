import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fisherExact, fisherExactLn } from "../../analytics/fisher-exact.ts";
import { comparePooledProportions, type Proportion } from "../../analytics/two-proportions.ts";

const choose = (n: number, k: number): bigint => {
  let result = 1n;
  for (let i = 1; i <= k; i += 1) result = (result * BigInt(n - k + i)) / BigInt(i);
  return result;
};

/** All tables in whole numbers: those no likelier than the observed one, as a share of all. */
const byEnumeration = (control: Proportion, treatment: Proportion): number => {
  const conversions = control.conversions + treatment.conversions;
  const tables = (inControl: number): bigint =>
    choose(control.n, inControl) * choose(treatment.n, conversions - inControl);
  const observed = tables(control.conversions);
  let unlikely = 0n;
  for (let k = Math.max(0, conversions - treatment.n); k <= Math.min(control.n, conversions); k += 1)
    if (tables(k) <= observed) unlikely += tables(k);
  return Number(unlikely) / Number(choose(control.n + treatment.n, conversions));
};

describe("Fisher's exact test", () => {
  it.each([
    // R: fisher.test(matrix(c(3, 1, 1, 3), 2)), the lady tasting tea
    [{ n: 4, conversions: 3 }, { n: 4, conversions: 1 }, 0.4857142857142857],
    // R: fisher.test(matrix(c(1, 9, 11, 3), 2))
    [{ n: 10, conversions: 1 }, { n: 14, conversions: 11 }, 0.0027594561852200836],
    // R: fisher.test(matrix(c(8, 492, 25, 475), 2))
    [{ n: 500, conversions: 8 }, { n: 500, conversions: 25 }, 0.003930417167646429],
  ])("agrees with R's fisher.test of %o and %o", (control, treatment, p) => {
    expect(fisherExact(control, treatment)).toBeCloseTo(p, 13);
    expect(fisherExact(treatment, control)).toBeCloseTo(p, 13);
  });

  it("is the share of all tables that are no likelier", () => {
    const proportion = fc
      .integer({ min: 1, max: 30 })
      .chain((n) => fc.record({ n: fc.constant(n), conversions: fc.integer({ min: 0, max: n }) }));
    fc.assert(
      fc.property(proportion, proportion, (control, treatment) => {
        expect(fisherExact(control, treatment)).toBeCloseTo(byEnumeration(control, treatment), 12);
      }),
      { seed: 6, numRuns: 500 },
    );
  });

  it("meets the pooled z-test for a billion units", () => {
    const control = { n: 1e9, conversions: 1e8 };
    const treatment = { n: 1e9, conversions: 100_030_000 };
    const normal = comparePooledProportions(control, treatment);
    expect(normal).toMatchObject({ kind: "estimated" });
    if (normal.kind === "estimated") expect(fisherExact(control, treatment) / normal.pValue).toBeCloseTo(1, 3);
  });

  it("goes on past the smallest double in its logarithm", () => {
    // Only one of C(8000, 4000) tables is as unlikely on either side: ln 2 − ln C(8000, 4000).
    const lnTables = 8000 * Math.LN2 - 0.5 * Math.log(Math.PI * 4000) - 1 / (8 * 4000);
    const none = { n: 4000, conversions: 0 };
    const all = { n: 4000, conversions: 4000 };
    expect(fisherExact(none, all)).toBe(0);
    expect(fisherExactLn(none, all)).toBeCloseTo(Math.LN2 - lnTables, 8);
  });

  it.each([
    ["nobody converted", { n: 50, conversions: 0 }, { n: 60, conversions: 0 }],
    ["everybody converted", { n: 1e9, conversions: 1e9 }, { n: 1, conversions: 1 }],
    ["a variant is empty", { n: 0, conversions: 0 }, { n: 8, conversions: 3 }],
  ])("has one table only where %s", (_, control, treatment) => {
    expect(fisherExact(control, treatment)).toBe(1);
  });
});
