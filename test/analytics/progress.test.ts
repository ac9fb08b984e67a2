import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { daysToReach } from "../../analytics/pace.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import { AnalysisMethod } from "../../contract/analysis-settings.ts";
import type { Progress } from "../../contract/results.ts";
import type { SumsCell } from "../../contract/sums.ts";
import {
  aCell,
  aMetric,
  aPlan,
  aVariant,
  cellsOf,
  CONTROL,
  endedAfter,
  FIRST_DAY,
  resultsAfter,
  TREATMENT,
} from "./an-analysis.ts";

const progressAfter = (days: number, plan: AnalysisPlan, cells: readonly SumsCell[]): Progress => {
  const { progress } = resultsAfter(days, plan, cells);
  if (!progress) throw new Error("it has not started");
  return progress;
};

/** 10 % of both variants convert, and so many units a day come to each from the first day on. */
const daily = (days: number, units: number): SumsCell[] =>
  Array.from({ length: days }, (_, day) => FIRST_DAY + day).flatMap((day) =>
    ["v0", "v1"].flatMap((id) => cellsOf(id, units, { m0: units / 10 }, day)),
  );

/** A tenth more than 10 %. */
const TENTH = { min_detectable_effect: 0.1 };

const needed = (change: Partial<AnalysisPlan>, cells = daily(5, 1000)) =>
  progressAfter(5, aPlan({ ...TENTH, ...change }), cells).units_needed ?? NaN;

const rangeAfter = (days: number, change: Partial<AnalysisPlan>, cells: readonly SumsCell[]) =>
  progressAfter(days, aPlan({ ...TENTH, ...change }), cells).days_to_needed;

const timesNeededBy = (spending: AnalysisPlan["spending"]) =>
  needed({ method: "group_sequential", spending, looks: 5 }) / 29_498;

describe("progress", () => {
  it("is null before the start", () => {
    expect(resultsAfter(0, aPlan({ status: "draft", started_at: null }), []).progress).toBe(null);
  });

  it.each([
    [-1, 1, 15],
    [0, 1, 14],
    [0.5, 1, 14],
    [13.9, 14, 1],
    [14, 14, 0],
    [30, 14, 0],
  ])("after %d days is day %d of 14, with %d left", (after, day, days_left) => {
    expect(progressAfter(after, aPlan(), [])).toMatchObject({ day, planned_days: 14, days_left });
  });

  it.each([
    [3, 5, 2],
    [3, 20, 11],
    [4.5, 5, 1],
    [6, 5, 0],
  ])("has after %d days no more days left than to its end on day %d: %d", (after, end, days_left) => {
    expect(progressAfter(after, aPlan({ ends_at: endedAfter(end).ended_at }), [])).toMatchObject({ days_left });
  });

  it("knows nothing of what is needed where there is nothing to go by", () => {
    const unknown = { units_needed: null, detectable_lift: null, days_to_needed: null };
    expect(progressAfter(3, aPlan(), [])).toMatchObject({ units: 0, ...unknown });
    expect(progressAfter(3, aPlan({ metrics: [] }), daily(3, 1000))).toMatchObject({ units: 6000, ...unknown });
    const unmoved = [...cellsOf("v0", 1000), ...cellsOf("v1", 1000)];
    expect(progressAfter(3, aPlan(), unmoved)).toMatchObject({ units: 2000, ...unknown });
    const withoutTarget = progressAfter(3, aPlan({ min_detectable_effect: null }), daily(3, 1000));
    expect(withoutTarget).toMatchObject({ units_needed: null, days_to_needed: null });
    expect(withoutTarget.detectable_lift).toBeGreaterThan(0);
  });

  describe("in units", () => {
    it("is what the formula of two proportions has for 10 % against 11 %", () => {
      // (1.959964 + 0.841621)² (0.1 · 0.9 + 0.11 · 0.89) / 0.01² = 14,748.04 in each of two variants.
      expect(needed({})).toBe(29_498);
      expect(needed({ method: "bayesian" })).toBe(29_498);
      // statsmodels 0.14: NormalIndPower needs (1.96 + 1.2816)² / (1.96 + 0.8416)² = 1.339 times as many at 90 % power.
      expect(needed({ power: 0.9 }) / 29_498).toBeCloseTo(1.3387, 3);
    });

    it("is as much more as group-sequential looks cost", () => {
      // Five looks at 80 % power: 1.028 by O'Brien and Fleming's kind, about 1.2 by Pocock's.
      expect(timesNeededBy("obrien_fleming")).toBeCloseTo(1.028, 2);
      expect(timesNeededBy("pocock")).toBeGreaterThan(1.18);
      expect(timesNeededBy("pocock")).toBeLessThan(1.25);
    });

    it("is about 1.9 times as much for a sequence that is tuned to it", () => {
      expect(needed({ method: "anytime", tuning_units: 55_000 }) / 29_498).toBeCloseTo(1.9, 1);
    });

    it("is less by what the past explains", () => {
      const correlated = ["v0", "v1"].flatMap((variant_id) => [
        aCell({ variant_id, n: 10_000 }),
        aCell({
          variant_id,
          metric_id: "m0",
          n: 5000,
          // y is 1 or 0 with a mean of ½; the past x is 1 or 0 likewise, and they agree nine times in ten: ρ = 0.8.
          sums: {
            y: "5000000000",
            yy: "5000000000000000",
            x: "5000000000",
            xx: "5000000000000000",
            yx: "4500000000000000",
          },
        }),
      ]);
      const metrics = [aMetric({ type: "sum" })];
      const plain = needed({ metrics, cuped: false }, correlated);
      // 2 · ¼ · 2.8016² / 0.05².
      expect(Math.abs(plain - 2 * 1570)).toBeLessThanOrEqual(2);
      expect(needed({ metrics, cuped: true }, correlated) / plain).toBeCloseTo(1 - 0.8 ** 2, 2);
    });

    it("grows with the variants that share the level, unless nothing is corrected", () => {
      const variants = [CONTROL, TREATMENT, aVariant({ id: "v2", key: "other", name: "C" })];
      const cells = [...daily(5, 1000), ...cellsOf("v2", 5000, { m0: 500 })];
      // (2.2414 + 0.8416)² / 2.8016², of 3,333 in 10,000 each.
      const even = variants.map((variant) => ({ ...variant, weight_bp: 3333 }));
      expect(needed({ variants: even, correction: "holm" }, cells) / (3 * 14_749)).toBeCloseTo(1.211, 3);
      expect(needed({ variants: even, correction: "none" }, cells)).toBe(3 * 14_749);
    });

    it.each([
      // n = (z + z)² (p q + p' q' / r) / δ² in the control, and r times that in a treatment: 8,985.01 and 35,940.03.
      ["20/80", [2000, 8000], 8986 + 35_941],
      // 37,800.2 and 9,450.05.
      ["80/20", [8000, 2000], 37_801 + 9451],
      // With half of the level for each of two comparisons, 20,961.8 in the control and 15,721.3 in each treatment.
      ["40/30/30", [4000, 3000, 3000], 20_962 + 2 * 15_722],
    ] as const)("is that of all variants together, by their weights: %s", (_split, weights, expected) => {
      const variants = [CONTROL, TREATMENT, aVariant({ id: "v2", key: "other", name: "C" })].flatMap(
        (variant, index) => {
          const weight_bp = weights[index];
          return weight_bp === undefined ? [] : [{ ...variant, weight_bp }];
        },
      );
      const cells = [...daily(5, 1000), ...(weights.length === 3 ? cellsOf("v2", 5000, { m0: 500 }) : [])];
      expect(needed({ variants }, cells)).toBe(expected);
    });

    it("does not depend on how many there are, nor on when, at the same rate", () => {
      fc.assert(
        fc.property(fc.constantFrom(...AnalysisMethod.options), fc.integer({ min: 2, max: 400 }), (method, tens) => {
          const units = needed({ method }, daily(3, tens * 100));
          return Math.abs(units / needed({ method }, daily(3, 1000)) - 1) < 1e-9;
        }),
        { numRuns: 50, seed: 3 },
      );
    });
  });

  describe("in what would be found", () => {
    it.each(AnalysisMethod.options)("finds the effect with the units that are needed for it, by %s", (method) => {
      const plan = aPlan({ method, min_detectable_effect: 0.1 });
      const { units_needed: units } = progressAfter(5, plan, daily(5, 1000));
      const tens = Math.round((units ?? 0) / 20) * 10;
      const { detectable_lift } = progressAfter(5, plan, daily(1, tens));
      expect(detectable_lift).toBeCloseTo(0.1, 4);
    });

    it("needs a smaller effect the more units there are", () => {
      const lifts = [100, 1000, 10_000, 100_000].map(
        (units) => progressAfter(5, aPlan(), daily(1, units)).detectable_lift ?? NaN,
      );
      expect(lifts).toEqual(lifts.toSorted((a, b) => b - a));
    });

    it("has the size of a fall as a positive number, where lower is better", () => {
      const metrics = [aMetric({ direction: "decrease" })];
      expect(progressAfter(5, aPlan({ metrics }), daily(5, 1000)).detectable_lift).toBeGreaterThan(0);
    });
  });

  describe("in days", () => {
    it("is around what the pace of the last seven days gives", () => {
      // 29,498 are needed and 10,000 there; at 2,000 a day that is 9.7 days.
      const [low, high] = rangeAfter(5, {}, daily(5, 1000)) ?? [NaN, NaN];
      expect(low).toBeLessThanOrEqual(10);
      expect(high).toBeGreaterThanOrEqual(10);
      expect(high - low).toBeLessThanOrEqual(1);
    });

    it("goes by the last seven days alone", () => {
      const slower = [...daily(1, 10_000), ...daily(12, 100)];
      const [low] = rangeAfter(12, {}, slower) ?? [NaN];
      // 7,098 more at 200 a day.
      expect(low).toBeGreaterThan(30);
      expect(low).toBeLessThan(37);
    });

    it("is wider the more days differ", () => {
      const uneven = Array.from({ length: 6 }, (_, day) => FIRST_DAY + day).flatMap((day) =>
        ["v0", "v1"].flatMap((id) => cellsOf(id, day % 2 === 0 ? 1900 : 100, { m0: day % 2 === 0 ? 190 : 10 }, day)),
      );
      const [low, high] = rangeAfter(6, {}, uneven) ?? [NaN, NaN];
      expect(high - low).toBeGreaterThan(5);
    });

    it("is none when they are there", () => {
      expect(rangeAfter(5, {}, daily(5, 4000))).toEqual([0, 0]);
    });

    it.each([
      ["on the first day", 0.5, {}, daily(1, 1000)],
      ["when nobody came for a week", 12, {}, daily(2, 1000)],
      ["while it is paused", 5, { status: "paused" }, daily(5, 1000)],
      ["when it is over", 5, endedAfter(5), daily(5, 1000)],
      ["when it would take longer than ten years", 5, { min_detectable_effect: 0.0001 }, daily(5, 1000)],
    ] as const)("is not known %s", (_when, days, change, cells) => {
      expect(rangeAfter(days, change, cells)).toBe(null);
    });

    it("is a range in order, shorter at a higher pace", () => {
      const rest = fc.integer({ min: -100, max: 1_000_000 });
      const pace = fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 1000 }));
      fc.assert(
        fc.property(rest, pace, (units, [low, more]) => {
          const range = daysToReach(units, [low, low + more]);
          const faster = daysToReach(units, [2 * low, 2 * (low + more)]);
          return range === null || (range[0] <= range[1] && faster !== null && faster[1] <= range[1]);
        }),
        { seed: 5 },
      );
      expect(daysToReach(100, undefined)).toBe(null);
      expect(daysToReach(100, [0, 10])).toBe(null);
    });
  });
});
