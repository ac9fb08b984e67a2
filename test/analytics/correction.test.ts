import { describe, expect, it } from "vitest";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { Comparison } from "../../contract/results.ts";
import { aMetric, aPlan, aVariant, cellsOf, CONTROL, resultsAfter, TREATMENT } from "./an-analysis.ts";

const VARIANTS = [
  CONTROL,
  TREATMENT,
  aVariant({ id: "v2", key: "c", name: "C" }),
  aVariant({ id: "v3", key: "d", name: "D" }),
];
const METRICS = [
  aMetric(),
  aMetric({ id: "m1", key: "signup", role: "secondary" }),
  aMetric({ id: "m2", key: "share", role: "secondary" }),
  aMetric({ id: "m3", key: "errors", role: "guardrail", direction: "decrease", limit: 0.1 }),
];
const CELLS = [
  ...cellsOf("v0", 2000, { m0: 200, m1: 300, m2: 400, m3: 100 }),
  ...cellsOf("v1", 2000, { m0: 260, m1: 350, m2: 400, m3: 101 }),
  ...cellsOf("v2", 2000, { m0: 248, m1: 310, m2: 430, m3: 99 }),
  ...cellsOf("v3", 2000, { m0: 205, m1: 300, m2: 390, m3: 103 }),
];

const comparisonsBy = (change: Partial<AnalysisPlan>): Comparison[][] =>
  resultsAfter(20, aPlan({ variants: VARIANTS, metrics: METRICS, ...change }), CELLS).metrics.map(
    ({ comparisons }) => comparisons,
  );
const plain = (comparisons: readonly Comparison[] = []): number[] => comparisons.map(({ p_value }) => p_value!);
const adjusted = (comparisons: readonly Comparison[] = []): number[] =>
  comparisons.map(({ adjusted_p_value }) => adjusted_p_value!);
const METHODS = ["fixed_horizon", "anytime", "group_sequential"] as const;

describe("the correction", () => {
  it("is over the variants of the primary metric, and over all secondary metrics as a family of their own", () => {
    const [primary, signup, share] = comparisonsBy({ correction: "bonferroni" });
    expect(adjusted(primary)).toEqual(plain(primary).map((p) => Math.min(1, 3 * p)));
    expect([...adjusted(signup), ...adjusted(share)]).toEqual(
      [...plain(signup), ...plain(share)].map((p) => Math.min(1, 6 * p)),
    );
  });

  it("is Holm's: the smallest times m, the next times m − 1, and never below the one before", () => {
    const [primary] = comparisonsBy({ correction: "holm" });
    const [b, c, d] = plain(primary) as [number, number, number];
    expect(b < c && c < d).toBe(true);
    for (const [index, p] of [3 * b, Math.max(3 * b, 2 * c), Math.max(3 * b, 2 * c, d)].entries())
      expect(adjusted(primary)[index]).toBeCloseTo(Math.min(1, p), 12);
  });

  it("is Benjamini and Hochberg's, with intervals of those alone that are clear", () => {
    const [primary] = comparisonsBy({ correction: "benjamini_hochberg" });
    const [b, c, d] = plain(primary) as [number, number, number];
    for (const [index, q] of [Math.min(3 * b, (3 * c) / 2, d), Math.min((3 * c) / 2, d), d].entries())
      expect(adjusted(primary)[index]).toBeCloseTo(q, 12);
    expect(primary!.map(({ adjusted_lift_ci_low: low }) => low !== null)).toEqual([true, true, false]);
  });

  it.each(METHODS)(
    "has intervals that exclude 0 exactly where the corrected p-value is below the level, %s",
    (method) => {
      for (const correction of ["none", "bonferroni", "holm"] as const)
        for (const comparisons of comparisonsBy({ method, correction }).slice(0, 3))
          for (const { adjusted_p_value: p, adjusted_lift_ci_low: low, adjusted_lift_ci_high: high } of comparisons) {
            // Holm's method has none where the p-value is 1, Benjamini and Hochberg's none of what is not clear.
            const isClear = low !== null && high !== null && (low > 0 || high < 0);
            expect(isClear).toBe(p! < 0.05);
          }
    },
  );

  it.each(METHODS)("never narrows an interval, nor lowers a p-value, %s", (method) => {
    for (const correction of ["none", "bonferroni", "holm", "benjamini_hochberg"] as const)
      for (const { p_value, lift_ci_low, lift_ci_high, ...its } of comparisonsBy({ method, correction })[0]!) {
        expect(its.adjusted_p_value).toBeGreaterThanOrEqual(p_value!);
        if (its.adjusted_lift_ci_low === null) continue;
        expect(its.adjusted_lift_ci_high! - its.adjusted_lift_ci_low).toBeGreaterThanOrEqual(
          (lift_ci_high! - lift_ci_low!) * (1 - 1e-9),
        );
      }
  });

  it("leaves guardrails alone, and whatever has no p-value out of the count", () => {
    const [, , , errors] = comparisonsBy({ correction: "bonferroni" });
    expect(errors!.map(({ adjusted_p_value }) => adjusted_p_value)).toEqual([null, null, null]);
    const [unborn] = resultsAfter(
      20,
      aPlan({ variants: VARIANTS, correction: "bonferroni" }),
      CELLS.filter(({ variant_id }) => variant_id !== "v3"),
    ).metrics;
    expect(unborn?.comparisons[2]?.adjusted_p_value).toBeNull();
    expect(unborn?.comparisons[0]?.adjusted_p_value).toBe(2 * unborn!.comparisons[0]!.p_value!);
  });

  it("has nothing to do for a single variant", () => {
    const plan = aPlan({ method: "anytime" });
    const [comparison] = resultsAfter(
      20,
      plan,
      CELLS.filter(({ variant_id }) => variant_id < "v2"),
    ).metrics[0]!.comparisons;
    expect(comparison?.adjusted_p_value).toBe(comparison?.p_value);
    expect(comparison?.adjusted_lift_ci_low).toBe(comparison?.lift_ci_low);
    expect(comparison?.adjusted_lift_ci_high).toBe(comparison?.lift_ci_high);
  });

  it("does not apply to beliefs", () => {
    for (const { p_value, adjusted_p_value } of comparisonsBy({ method: "bayesian" })[0]!)
      expect([p_value, adjusted_p_value]).toEqual([null, null]);
  });
});

describe("an interval after Holm's correction", () => {
  it("holds the one before it, though the control is too noisy for either to be symmetric", () => {
    const variants = [CONTROL, TREATMENT, aVariant({ id: "v2", key: "c", name: "C" })];
    for (const [treated, other] of [
      [46, 31],
      [55, 24],
      [13, 12],
    ] as const) {
      const cells = [
        ...cellsOf("v0", 2000, { m0: 30 }),
        ...cellsOf("v1", 2000, { m0: treated }),
        ...cellsOf("v2", 2000, { m0: other }),
      ];
      const { comparisons } = resultsAfter(14, aPlan({ variants, correction: "holm" }), cells).metrics[0]!;
      for (const { lift_ci_low, lift_ci_high, p_value, ...adjusted } of comparisons) {
        expect(adjusted.adjusted_p_value!).toBeGreaterThanOrEqual(p_value!);
        if (adjusted.adjusted_lift_ci_low === null) continue;
        expect(adjusted.adjusted_lift_ci_low).toBeLessThanOrEqual(lift_ci_low! + 1e-12);
        expect(adjusted.adjusted_lift_ci_high!).toBeGreaterThanOrEqual(lift_ci_high! - 1e-12);
        expect(adjusted.adjusted_lift_ci_low > 0 || adjusted.adjusted_lift_ci_high! < 0).toBe(
          adjusted.adjusted_p_value! < 0.05,
        );
      }
    }
  });
});
