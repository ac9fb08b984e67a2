import { describe, expect, it } from "vitest";
import { countsOf } from "../../analytics/tally.ts";
import { trendOf } from "../../analytics/trend.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { Trend } from "../../contract/results.ts";
import type { SumsCell } from "../../contract/sums.ts";
import { seededRandom } from "../random.ts";
import { aMetric, aPlan, aVariant, cellsOf, CONTROL, DAY_MS, FIRST_DAY, TREATMENT } from "./an-analysis.ts";
import { sharded } from "./sharded.ts";

const trendAfter = (days: number, cells: readonly SumsCell[], plan: AnalysisPlan = aPlan()): Trend[] =>
  trendOf(plan, countsOf(cells), (FIRST_DAY + days) * DAY_MS);

const binomial = (n: number, rate: number, random: () => number): number => {
  let successes = 0;
  for (let i = 0; i < n; i++) if (random() < rate) successes += 1;
  return successes;
};

const UNITS = 1000;

/** Days of 1000 units a variant at a control rate of 20 %, with the effect of each day. */
const simulated = (days: number, effectOf: (day: number) => number, random: () => number): SumsCell[] =>
  Array.from({ length: days }, (_, day) => [
    ...cellsOf("v0", UNITS, { m0: binomial(UNITS, 0.2, random) }, FIRST_DAY + day),
    ...cellsOf("v1", UNITS, { m0: binomial(UNITS, 0.2 + effectOf(day), random) }, FIRST_DAY + day),
  ]).flat();

const aged = (variant_id: string, age: number, n: number): SumsCell[] =>
  cellsOf(variant_id, 0, { m0: n })
    .filter(({ metric_id }) => metric_id !== "")
    .map((cell) => ({ ...cell, kind: "age", slice: String(age) }));

const fading = (day: number) => 0.1 - 0.02 * day;

describe("the trend of an effect", () => {
  it("is that of each day's own units, days without any included", () => {
    const cells = [
      ...cellsOf("v0", 1000, { m0: 100 }, FIRST_DAY),
      ...cellsOf("v1", 1000, { m0: 120 }, FIRST_DAY),
      ...cellsOf("v0", 500, { m0: 50 }, FIRST_DAY + 2),
      ...cellsOf("v1", 500, { m0: 40 }, FIRST_DAY + 2),
    ];
    const [trend] = trendAfter(3, cells);
    expect(trend?.by_day).toEqual([
      {
        day: "2026-03-02",
        effect: expect.closeTo(0.02, 12),
        standard_error: expect.closeTo(Math.sqrt((0.1 * 0.9 + 0.12 * 0.88) / 1000), 12),
      },
      { day: "2026-03-03", effect: null, standard_error: null },
      {
        day: "2026-03-04",
        effect: expect.closeTo(-0.02, 12),
        standard_error: expect.closeTo(Math.sqrt((0.1 * 0.9 + 0.08 * 0.92) / 500), 12),
      },
    ]);
    // Of two days, the line between them: −0.04 in two days, with the standard error √(0.0139857² + 0.0180887²)/2, so that z = −1.7494.
    expect(trend).toMatchObject({ early_effect: expect.closeTo(0.02, 12), late_effect: expect.closeTo(-0.02, 12) });
    expect(trend?.slope_per_day).toBeCloseTo(-0.02, 12);
    expect(trend?.slope_p_value).toBeCloseTo(0.08022, 4);
    expect(trend?.late_minus_early_p_value).toBeCloseTo(trend?.slope_p_value ?? 0, 12);
  });

  it("is none on fewer than seven days, between which weekdays differ", () => {
    expect(trendAfter(6, simulated(6, fading, seededRandom(1)))[0]).toMatchObject({ classification: "other" });
    expect(trendAfter(7, simulated(7, fading, seededRandom(1)))[0]).toMatchObject({ classification: "novelty" });
  });

  it.each([
    ["novelty", (day: number) => 0.1 * 0.8 ** day],
    ["primacy", (day: number) => 0.1 * (1 - 0.8 ** day)],
    ["novelty", (day: number) => -0.1 * 0.8 ** day],
    ["primacy", (day: number) => -0.1 * (1 - 0.8 ** day)],
  ] as const)("is %s in nearly all experiments whose effect is so", (classification, effectOf) => {
    const random = seededRandom(11);
    const found = Array.from({ length: 50 }, () => trendAfter(14, simulated(14, effectOf, random))[0]?.classification);
    expect(found.filter((each) => each === classification).length).toBeGreaterThanOrEqual(47);
  });

  it("is stable in most experiments whose effect does not change, and seldom called something else", () => {
    const random = seededRandom(12);
    const found = Array.from(
      { length: 400 },
      () =>
        trendAfter(
          14,
          simulated(14, () => 0.05, random),
        )[0],
    );
    const called = (...names: readonly (string | undefined)[]) =>
      found.filter((trend) => names.includes(trend?.classification)).length / found.length;
    // The slope alone is called 5 % of the time; the halves are another 2 or 3 %.
    expect(called("stable")).toBeGreaterThan(0.89);
    expect(called("novelty", "primacy")).toBeLessThan(0.08);
  });

  it("leaves days with too few units out, and shows them", () => {
    const even = Array.from({ length: 8 }, (_, day) => [
      ...cellsOf("v0", 1000, { m0: 200 }, FIRST_DAY + day),
      ...cellsOf("v1", 1000, { m0: 210 }, FIRST_DAY + day),
    ]).flat();
    const few = [...cellsOf("v0", 20, { m0: 1 }, FIRST_DAY + 8), ...cellsOf("v1", 20, { m0: 12 }, FIRST_DAY + 8)];
    const [trend] = trendAfter(9, [...even, ...few]);
    expect(trend).toMatchObject({ classification: "stable", slope_per_day: expect.closeTo(0, 12) });
    expect(trend?.by_day.at(-1)?.effect).toBeCloseTo(0.55, 12);
  });

  it("is each variant's own", () => {
    const plan = aPlan({ variants: [TREATMENT, CONTROL, aVariant({ id: "v2", key: "other" })] });
    const cells = ["v0", "v1", "v2"].flatMap((id, i) => cellsOf(id, 1000, { m0: 100 + 10 * i }));
    expect(trendAfter(14, cells, plan).map(({ key, by_day }) => [key, by_day[0]?.effect?.toFixed(3)])).toEqual([
      ["treatment", "0.010"],
      ["other", "0.020"],
    ]);
  });

  it.each([
    ["a quantile", { metrics: [aMetric({ type: "quantile", quantile: 0.5 })] }],
    ["a switchback test", { design: "switchback" }],
    ["an interleaving test", { design: "interleaving" }],
    ["an experiment without a primary metric", { metrics: [aMetric({ role: "guardrail" })] }],
  ] as const)("cannot be had of %s", (_, change) => {
    expect(
      trendAfter(
        14,
        simulated(3, () => 0, seededRandom(1)),
        aPlan(change as Partial<AnalysisPlan>),
      ),
    ).toEqual([]);
  });
});

describe("the effect by days since exposure", () => {
  const exposed = [0, 1, 2].flatMap((day) => [
    ...cellsOf("v0", 1000, {}, FIRST_DAY + day),
    ...cellsOf("v1", 1000, {}, FIRST_DAY + day),
  ]);

  it("is over the units that have begun that day of theirs", () => {
    const cells = [
      ...exposed,
      ...aged("v0", 0, 300),
      ...aged("v1", 0, 360),
      ...aged("v0", 1, 100),
      ...aged("v1", 1, 120),
    ];
    // At noon of the third day: 3000 units are in their first day or beyond it, and 2000 in their second.
    expect(trendAfter(2.5, cells)[0]?.by_age).toEqual([
      {
        days: 0,
        effect: expect.closeTo(0.02, 12),
        standard_error: expect.closeTo(Math.sqrt((0.1 * 0.9 + 0.12 * 0.88) / 3000), 12),
      },
      {
        days: 1,
        effect: expect.closeTo(0.01, 12),
        standard_error: expect.closeTo(Math.sqrt((0.05 * 0.95 + 0.06 * 0.94) / 2000), 12),
      },
    ]);
  });

  it("has young units' events and the units themselves, or neither", () => {
    // 500 units 1.2 days ago and 700 an hour ago, of which 30 % and 40 % convert at once; 10 % and 12 % of the old ones do so on their next day.
    const cells = [
      ...[500, 700].flatMap((units, day) => [
        ...cellsOf("v0", units, {}, FIRST_DAY + day),
        ...cellsOf("v1", units, {}, FIRST_DAY + day),
      ]),
      ...aged("v0", 0, 360),
      ...aged("v1", 0, 480),
      ...aged("v0", 1, 50),
      ...aged("v1", 1, 60),
    ];
    expect(trendAfter(1.5, cells)[0]?.by_age.map(({ effect }) => effect)).toEqual([
      expect.closeTo(0.1, 12),
      expect.closeTo(0.02, 12),
    ]);
  });

  it("is not there where no unit is as old, or fewer than did it", () => {
    const cells = [...exposed, ...aged("v0", 3, 2), ...aged("v1", 3, 1), ...aged("v0", 2, 1100), ...aged("v1", 2, 900)];
    expect(trendAfter(2.5, cells)[0]?.by_age).toEqual([
      { days: 2, effect: null, standard_error: null },
      { days: 3, effect: null, standard_error: null },
    ]);
  });
});

it("the trend is the same in whatever order and from however many shards cells come", () => {
  const random = seededRandom(5);
  const cells = [...simulated(9, () => 0.02, random), ...aged("v0", 0, 300), ...aged("v1", 0, 310)];
  const once = trendAfter(9, cells);
  for (let i = 0; i < 10; i++) expect(trendAfter(9, sharded(cells, random))).toEqual(once);
});
