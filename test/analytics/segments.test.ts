import { describe, expect, it } from "vitest";
import { holm } from "../../analytics/multiple-testing.ts";
import { segmentsOf } from "../../analytics/segments.ts";
import { countsOf } from "../../analytics/tally.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { Segments } from "../../contract/results.ts";
import type { SumsCell } from "../../contract/sums.ts";
import { seededRandom } from "../random.ts";
import { aMetric, aPlan, aVariant, cellsOf, CONTROL, TREATMENT } from "./an-analysis.ts";
import { sharded } from "./sharded.ts";

const segmentsIn = (cells: readonly SumsCell[], plan: AnalysisPlan = aPlan()): Segments[] =>
  segmentsOf(plan, countsOf(cells));

type Arm = readonly [units: number, conversions: number];

/** The variants' units and conversions where an attribute has a value. */
const where = (name: string, slice: string | null, ...variants: readonly Arm[]): SumsCell[] =>
  variants
    .flatMap(([units, m0], place) => cellsOf(`v${place}`, units, { m0 }))
    .map((cell) => ({ ...cell, kind: "dimension", name, slice }));

const THREE = aPlan({ variants: [CONTROL, TREATMENT, aVariant({ id: "v2", key: "other", name: "C" })] });

describe("segments", () => {
  it("have values by size, with the estimates of their own units", () => {
    const cells = [
      ...where("country", "fr", [1000, 100], [1000, 120]),
      ...where("country", null, [600, 60], [600, 66]),
      ...where("country", "", [2000, 200], [2000, 260]),
    ];
    const [country] = segmentsIn(cells);
    expect(country).toMatchObject({ dimension: "country", metric_key: "purchase" });
    expect(country?.values.map(({ value, units, withheld }) => [value, units, withheld])).toEqual([
      ["", 4000, false],
      ["fr", 2000, false],
      [null, 1200, false],
    ]);
    const [comparison] = country?.values[1]?.comparisons ?? [];
    // The golden vector 100/1000 against 120/1000.
    expect(comparison).toMatchObject({ key: "treatment", undefined_reason: null });
    expect(comparison?.p_value).toBeCloseTo(0.15270801019387775, 12);
    expect(comparison?.lift_ci_high).toBeCloseTo(0.5518964777831311, 12);
    expect(country?.values[1]?.variants.map(({ key, mean }) => [key, mean])).toEqual([
      ["control", 0.1],
      ["treatment", 0.12],
    ]);
  });

  it.each<[string, Arm, Arm]>([
    ["fewer than 100 units", [99, 20], [101, 20]],
    ["fewer than 10 conversions", [500, 9], [500, 20]],
    ["fewer than 10 units that did not convert", [500, 50], [500, 491]],
  ])("withhold values with %s in a variant", (_, control, treatment) => {
    const [country] = segmentsIn([
      ...where("country", "fr", [1000, 100], [1000, 120]),
      ...where("country", "at", control, treatment),
    ]);
    expect(country?.values[1]).toMatchObject({ value: "at", withheld: true, variants: [], comparisons: [] });
    expect(country?.heterogeneity).toEqual([]);
  });

  it("are corrected over the variants and the values shown", () => {
    const cells = [
      ...where("country", "fr", [1000, 100], [1000, 140], [1000, 120]),
      ...where("country", "de", [1000, 100], [1000, 145], [1000, 90]),
      ...where("country", "at", [50, 10], [50, 10], [50, 10]),
    ];
    const correctedBy = (correction: AnalysisPlan["correction"]) =>
      segmentsIn(cells, { ...THREE, correction }).flatMap(({ values }) =>
        values.flatMap(({ comparisons }) => comparisons),
      );
    const plain = correctedBy("none");
    expect(plain).toHaveLength(4);
    expect(plain.map(({ adjusted_p_value }) => adjusted_p_value)).toEqual(plain.map(({ p_value }) => p_value));
    const pValues = plain.map(({ p_value }) => ({ pValue: p_value ?? 1, lnPValue: Math.log(p_value ?? 1) }));
    const adjusted = correctedBy("holm").map(({ adjusted_p_value }) => adjusted_p_value);
    expect(adjusted).toEqual(holm(pValues).map((p) => expect.closeTo(p?.pValue ?? 0, 12)));
    expect(correctedBy("bonferroni").map(({ adjusted_p_value }) => adjusted_p_value)).toEqual(
      pValues.map(({ pValue }) => expect.closeTo(Math.min(1, 4 * pValue), 12)),
    );
  });

  it("are wider where the plan holds at any time, and have no p-value where it is Bayesian", () => {
    const cells = where("country", "fr", [1000, 100], [1000, 120]);
    const by = (method: AnalysisPlan["method"]) => segmentsIn(cells, aPlan({ method }))[0]?.values[0]?.comparisons[0];
    const widthOf = (method: AnalysisPlan["method"]) => (by(method)?.ci_high ?? 0) - (by(method)?.ci_low ?? 0);
    expect(widthOf("anytime")).toBeGreaterThan(1.4 * widthOf("fixed_horizon"));
    expect(widthOf("group_sequential")).toBe(widthOf("fixed_horizon"));
    expect(by("bayesian")).toMatchObject({ p_value: null, adjusted_p_value: null, undefined_reason: null });
  });

  it("are of every metric that units add up to, by the name of the dimension", () => {
    const metrics = [
      aMetric(),
      aMetric({ id: "m1", key: "load", type: "quantile", quantile: 0.9, role: "guardrail" }),
      aMetric({ id: "m2", key: "revenue", type: "sum", role: "secondary" }),
    ];
    const cells = [...where("plan", "pro", [500, 50], [500, 60]), ...where("country", "fr", [500, 50], [500, 60])];
    expect(segmentsIn(cells, aPlan({ metrics })).map((each) => [each.dimension, each.metric_key])).toEqual([
      ["country", "purchase"],
      ["country", "revenue"],
      ["plan", "purchase"],
      ["plan", "revenue"],
    ]);
    expect(segmentsIn(cells, aPlan({ design: "switchback" }))).toEqual([]);
    expect(segmentsIn([])).toEqual([]);
  });

  it("do not wait for a variant without weight", () => {
    const plan = aPlan({ variants: [CONTROL, TREATMENT, aVariant({ id: "v2", key: "off", weight_bp: 0 })] });
    const [country] = segmentsIn(where("country", "fr", [1000, 100], [1000, 120]), plan);
    expect(country?.values[0]).toMatchObject({ withheld: false, comparisons: [{ key: "treatment" }] });
  });
});

describe("what tells segments apart", () => {
  it("is, of two values, the z-test of their lifts, corrected over the dimensions", () => {
    const cells = [
      ...where("country", "fr", [10_000, 1000], [10_000, 1300]),
      ...where("country", "de", [10_000, 2000], [10_000, 2000]),
      ...where("plan", "pro", [20_000, 3000], [20_000, 3300]),
    ];
    const [country, plan] = segmentsIn(cells);
    // Lifts 0.3 and 0 with variances q/x · (ratio)²: 0.9/1000 · 1.69 + 0.87/1300 · 1.69 and 2 · 0.8/2000.
    const variance = 1.69 * (0.9 / 1000 + 0.87 / 1300) + (2 * 0.8) / 2000;
    const [heterogeneity] = country?.heterogeneity ?? [];
    expect(heterogeneity).toMatchObject({ key: "treatment", degrees_of_freedom: 1, reversal: false });
    expect(heterogeneity?.cochran_q).toBeCloseTo(0.09 / variance, 9);
    expect(heterogeneity?.i_squared).toBeCloseTo(1 - variance / 0.09, 9);
    expect(heterogeneity?.adjusted_p_value).toBeCloseTo(2 * (heterogeneity?.p_value ?? 0), 15);
    expect(plan?.heterogeneity).toEqual([]);
  });

  it("is corrected over all dimensions of the experiment, however few are read at once", () => {
    const cells = [
      ...where("country", "fr", [10_000, 1000], [10_000, 1300]),
      ...where("country", "de", [10_000, 2000], [10_000, 2300]),
    ];
    const of = (dimensions: number) => segmentsIn(cells, aPlan({ dimensions }))[0]?.heterogeneity[0];
    const p = of(0)?.p_value ?? 0;
    expect(p).toBeGreaterThan(0);
    expect([0, 1, 5].map((dimensions) => of(dimensions)?.adjusted_p_value)).toEqual([p, p, expect.closeTo(5 * p, 15)]);
    expect(of(1e9)?.adjusted_p_value).toBe(1);
  });

  it("is of differences where there are no lifts", () => {
    const metrics = [aMetric({ type: "sum" })];
    // Sums that cancel: a mean of 0 that varies.
    const cells = ["fr", "de"].flatMap((value, place) =>
      where("country", value, [1000, 100], [1000, 100]).map((cell) =>
        cell.variant_id === "v0" && cell.metric_id === "m0"
          ? { ...cell, sums: { yy: "100000000000000" } }
          : { ...cell, n: cell.n + place },
      ),
    );
    const [country] = segmentsIn(cells, aPlan({ metrics }));
    expect(country?.values[0]?.comparisons[0]).toMatchObject({ lift: null, undefined_reason: null });
    expect(country?.heterogeneity).toMatchObject([{ degrees_of_freedom: 1, p_value: expect.closeTo(1, 1) }]);
  });

  it("is found by chance in one of twenty experiments whose effect is the same everywhere", () => {
    const random = seededRandom(21);
    const binomial = (n: number, rate: number): number => {
      let successes = 0;
      for (let i = 0; i < n; i++) if (random() < rate) successes += 1;
      return successes;
    };
    const found = Array.from({ length: 600 }, () => {
      const cells = ["fr", "de", "it", "at"].flatMap((value) =>
        where("country", value, [500, binomial(500, 0.3)], [500, binomial(500, 0.33)]),
      );
      return (segmentsIn(cells)[0]?.heterogeneity[0]?.adjusted_p_value ?? 1) < 0.05;
    });
    const share = found.filter(Boolean).length / found.length;
    expect(share).toBeGreaterThan(0.025);
    expect(share).toBeLessThan(0.075);
  });

  it("is a reversal where the variants are not as many in each value and all together say the opposite", () => {
    // Charig et al. (1986), ten times over: surgery is better for small stones and for large ones, and worse for both together.
    const cells = [
      ...where("stone", "small", [2700, 2340], [870, 810]),
      ...where("stone", "large", [800, 550], [2630, 1920]),
    ];
    const [stone] = segmentsIn(cells);
    expect(stone?.values.map(({ comparisons }) => (comparisons[0]?.difference ?? 0) > 0)).toEqual([true, true]);
    expect(stone?.heterogeneity).toMatchObject([{ reversal: true }]);
  });

  it("is no reversal where a difference is near none, and the split as planned", () => {
    const cells = [
      ...where("plan", "pro", [1060, 212], [1000, 201]),
      ...where("plan", "free", [1000, 100], [1060, 107]),
    ];
    // 312/2060 against 308/2060 in all.
    const [plan] = segmentsIn(cells);
    expect(plan?.values.map(({ comparisons }) => (comparisons[0]?.difference ?? 0) > 0)).toEqual([true, true]);
    expect(plan?.heterogeneity).toMatchObject([{ reversal: false }]);
  });
});

it("segments are the same in whatever order and from however many shards cells come", () => {
  const cells = [
    ...where("country", "fr", [1000, 100], [1000, 120], [900, 100]),
    ...where("country", "de", [1000, 100], [1000, 90], [900, 100]),
    ...where("country", null, [1000, 100], [1000, 90], [900, 100]),
    ...where("plan", "pro", [3000, 300], [3000, 300], [2700, 300]),
  ];
  const plan = { ...THREE, metrics: [aMetric(), aMetric({ id: "m1", key: "again", role: "secondary" })] };
  const once = segmentsIn(cells, plan);
  const random = seededRandom(9);
  for (let i = 0; i < 20; i++) expect(segmentsIn(sharded(cells, random), plan)).toEqual(once);
});
