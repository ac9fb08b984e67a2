import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse } from "../../analytics/analyse.ts";
import { spendingBoundaries } from "../../analytics/group-sequential.ts";
import { lnRepeatedPValue } from "../../analytics/repeated-p-value.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import { Results } from "../../contract/results.ts";
import { type Sequence } from "../../contract/sequence.ts";
import {
  aMetric,
  aPlan,
  aVariant,
  cellsOf,
  cellsOfUnits,
  CONTROL,
  DAY_MS,
  FIRST_DAY,
  resultsAfter,
  TREATMENT,
} from "./an-analysis.ts";

const both = (units: number, control: number, treatment: number) => [
  ...cellsOf("v0", units, { m0: control }),
  ...cellsOf("v1", units, { m0: treatment }),
];

/** The results day by day, each remembering those before. */
const followed = (plan: AnalysisPlan, days: readonly (readonly [day: number, cells: ReturnType<typeof both>])[]) => {
  let previous: Sequence | null = null;
  return days.map(([day, cells]) => {
    const results: Results = resultsAfter(day, plan, cells, previous);
    previous = results.sequence;
    return results;
  });
};
const firstOf = ({ metrics }: Results) => metrics[0]!.comparisons[0]!;

describe("what an anytime-valid analysis remembers", () => {
  const plan = aPlan({ method: "anytime", tuning_units: 2000 });

  it("leaves the difference its interval where the lift's has no width", () => {
    const sums = aPlan({ ...plan, metrics: [aMetric({ type: "sum" })] });
    for (const units of [400, 1000, 3000, 4320, 5000]) {
      const nothing = { m0: { n: units / 10, value: 0 } };
      const cells = [...cellsOf("v0", units, { m0: { n: units / 10, value: 3 } }), ...cellsOf("v1", units, nothing)];
      for (const results of followed(sums, [
        [1, cells],
        [2, cells],
      ])) {
        const { ci_low, ci_high, difference } = firstOf(results);
        expect(ci_low!).toBeLessThan(difference!);
        expect(ci_high!).toBeGreaterThan(difference!);
      }
    }
  });
  const rates = fc.array(fc.tuple(fc.integer({ min: 30, max: 70 }), fc.integer({ min: 30, max: 70 })), {
    minLength: 2,
    maxLength: 6,
  });

  it("never widens an interval nor raises a p-value, until the effect moves", () => {
    fc.assert(
      fc.property(rates, (looks) => {
        let [units, control, treatment] = [0, 0, 0];
        const days = looks.map(([a, b], day) => {
          [units, control, treatment] = [units + 300, control + a, treatment + b];
          return [day, both(units, control, treatment)] as const;
        });
        const all = followed(plan, days);
        for (const [index, results] of all.entries()) {
          if (results.sequence.running[0]?.moved) continue;
          const now = firstOf(results);
          expect(now.ci_low! > 0 || now.ci_high! < 0).toBe(now.p_value! < 0.05);
          expect(now.lift_ci_low! > 0 || now.lift_ci_high! < 0).toBe(now.p_value! < 0.05);
          expect(now.ci_low!).toBeLessThan(now.ci_high!);
          const before = index === 0 ? undefined : firstOf(all[index - 1]!);
          if (!before) continue;
          expect(now.p_value!).toBeLessThanOrEqual(before.p_value!);
          expect(now.lift_ci_low!).toBeGreaterThanOrEqual(before.lift_ci_low!);
          expect(now.lift_ci_high!).toBeLessThanOrEqual(before.lift_ci_high!);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("is what it was when nothing new has come, and the views stay those of now", () => {
    const [first, second] = followed(plan, [
      [3, both(1000, 100, 160)],
      [4, both(1000, 100, 160)],
    ]);
    expect(second!.metrics).toEqual(first!.metrics);
    const [, , third] = followed(plan, [
      [3, both(1000, 100, 160)],
      [4, both(1000, 100, 160)],
      [5, both(1100, 120, 170)],
    ]);
    const alone = resultsAfter(5, plan, both(1100, 120, 170));
    expect(firstOf(third!).views).toEqual(firstOf(alone).views);
    expect(firstOf(third!).p_value).toBeLessThan(firstOf(alone).p_value!);
  });

  it("says that the effect moved when no effect fits all looks, then shows the interval of now", () => {
    const [, second] = followed(plan, [
      [3, both(4000, 400, 700)],
      [9, both(40_000, 9000, 6000)],
    ]);
    expect(second!.sequence.running[0]).toMatchObject({ moved: true });
    const alone = resultsAfter(9, plan, both(40_000, 9000, 6000));
    expect(firstOf(second!)).toEqual(firstOf(alone));
  });

  it("calls nothing clear any more that moved to nothing, on neither side of it", () => {
    for (const treatment of [1995, 2005]) {
      const [first, second] = followed(plan, [
        [9, both(20_000, 2000, 2600)],
        [10, both(20_000, 2000, treatment)],
      ]);
      expect([first!.verdict.code, second!.verdict.code]).toEqual(["ship", "degraded"]);
      expect(firstOf(second!)).toMatchObject({ reading: "unclear", p_value: 1 });
    }
  });

  it("takes no effect for one that moves because units do more the longer they are there", () => {
    const days = Array.from({ length: 14 }, (_, index) => {
      const day = index + 1;
      const events = (perUnit: number) => Math.round(3000 * day * perUnit * (day / 2));
      // 0.1 events a unit and day, 12 % more by the treatment; half of the days since the start on average.
      return [day, both(3000 * day, events(0.1), events(0.112))] as const;
    });
    const all = followed(aPlan({ method: "anytime", metrics: [aMetric({ type: "count" })] }), days);
    expect(all.flatMap(({ sequence }) => sequence.running.map(({ moved }) => moved))).not.toContain(true);
    expect(firstOf(all.at(-1)!)).toMatchObject({ reading: "better" });
    expect(all.at(-1)!.verdict.code).toBe("ship");
    const lifts = all.map(firstOf);
    for (const { lift_ci_low, lift_ci_high } of lifts) {
      expect(lift_ci_low!).toBeLessThan(0.12);
      expect(lift_ci_high!).toBeGreaterThan(0.12);
    }
  });

  it("leaves out looks at so few units that their standard errors mean nothing", () => {
    const early = resultsAfter(0, plan, both(40, 0, 20));
    expect(early.sequence.running).toEqual([]);
    expect(firstOf(early).p_value).not.toBeNull();
    const late = resultsAfter(3, plan, both(1000, 100, 120), early.sequence);
    expect(firstOf(late)).toEqual(firstOf(resultsAfter(3, plan, both(1000, 100, 120))));
  });

  it.each([
    ["other settings", aPlan({ method: "anytime", tuning_units: 3000 })],
    ["another phase", aPlan({ method: "anytime", tuning_units: 2000, phases: [{ number: 2, started_at: 5 }] })],
    [
      "other weights",
      aPlan({
        method: "anytime",
        tuning_units: 2000,
        variants: [
          { ...CONTROL, weight_bp: 4000 },
          { ...TREATMENT, weight_bp: 6000 },
        ],
      }),
    ],
  ])("is forgotten with %s", (_what, other) => {
    const first = resultsAfter(3, plan, both(1000, 100, 160));
    const cells = both(1100, 130, 150);
    expect(firstOf(resultsAfter(4, other, cells, first.sequence))).toEqual(firstOf(resultsAfter(4, other, cells)));
    // More traffic adds a phase and changes nothing of what is analysed together.
    const ramped = { ...plan, phases: [...plan.phases, { number: 2, started_at: 5 }] };
    expect(resultsAfter(4, ramped, cells, first.sequence).sequence.running).not.toEqual(
      resultsAfter(4, ramped, cells).sequence.running,
    );
  });

  it("is kept where p is below the smallest double, and still has a logarithm", () => {
    const [, second] = followed(plan, [
      [3, both(1_000_000, 100_000, 160_000)],
      [4, both(1_000_000, 100_000, 160_000)],
    ]);
    expect(firstOf(second!).p_value).toBe(0);
    expect(firstOf(second!).log10_p_value).toBeLessThan(-320);
    expect(Number.isFinite(firstOf(second!).log10_p_value)).toBe(true);
  });
});

describe("the looks of a group-sequential plan", () => {
  const plan = aPlan({ method: "group_sequential", looks: 4, estimated_duration_days: 20 });

  it("are taken by the first analysis when one is due, and never change", () => {
    const days = [4.9, 5, 9, 10.5, 20, 40].map((day, index) => [day, both(1000 * (index + 1), 100, 110)] as const);
    const all = followed(plan, days);
    expect(all.map(({ sequence }) => sequence.looks.map(({ number }) => number))).toEqual([
      [],
      [1],
      [1],
      [1, 2],
      [1, 2, 4],
      [1, 2, 4],
    ]);
    expect(all[5]!.sequence.looks).toEqual(all[4]!.sequence.looks);
    expect(all[3]!.sequence.looks[0]).toEqual(all[1]!.sequence.looks[0]);
  });

  it("are not taken by an analysis that is not kept, however late it is", () => {
    const cells = both(20_000, 2000, 2100);
    const at = { ms: plan.started_at! + 12 * DAY_MS, iso: "2026-03-14T00:00:00.000Z" };
    const asked = analyse(plan, cells, at, null, { takesLooks: false });
    expect(asked.sequence.looks).toEqual([]);
    expect(firstOf(asked)).toMatchObject({ p_value: null, undefined_reason: "no_look_yet", reading: "undefined" });
    const kept = analyse(plan, cells, at, null);
    const more = both(30_000, 3000, 3300).map((cell) => ({ ...cell, slice: String(FIRST_DAY + 20) }));
    const later = analyse(plan, more, { ...at, ms: at.ms + 9 * DAY_MS }, kept.sequence, {
      takesLooks: false,
    });
    expect(later.sequence.looks).toEqual(kept.sequence.looks);
    // The end is there, and its look is still to come.
    expect(later.verdict.code).toBe("running");
    expect(firstOf(later).p_value).toBe(firstOf(kept).p_value);
  });

  it("have the bounds of Lan and DeMets, which a look that was missed leaves to the next", () => {
    const looks = followed(plan, [
      [5, both(1000, 100, 110)],
      [10, both(2000, 200, 220)],
      [15, both(3000, 300, 330)],
      [20, both(4000, 400, 440)],
    ]).at(-1)!.sequence.looks;
    const bounds = spendingBoundaries([0.25, 0.5, 0.75, 1], 0.05, { spending: "obrien_fleming" });
    for (const [index, look] of looks.entries()) expect(look.bound).toBeCloseTo(bounds[index]!.bound, 9);
    expect(looks.at(-1)?.alpha_spent).toBeCloseTo(0.05, 12);
    const late = followed(plan, [[20, both(4000, 400, 440)]]).at(-1)!.sequence.looks;
    expect(late[0]?.bound).toBeCloseTo(1.959964, 6);
  });

  it("show nothing to read before the first, and then what the last one saw, whatever came since", () => {
    const early = firstOf(resultsAfter(2, plan, both(1000, 100, 160)));
    expect(early).toMatchObject({ p_value: null, ci_low: null, undefined_reason: "no_look_yet", reading: "undefined" });
    expect(early.difference).toBeCloseTo(0.06, 12);
    expect(early.views.fixed_horizon.p_value).not.toBeNull();
    const [look, after] = followed(plan, [
      [5, both(1000, 100, 160)],
      [6, both(1200, 130, 140)],
    ]);
    const { views: _views, ...seen } = firstOf(look!);
    expect(firstOf(after!)).toMatchObject(seen);
  });

  it("show nothing to read without CUPED either before the first", () => {
    const cells = ["v0", "v1"].flatMap((id, lift) =>
      cellsOfUnits(
        id,
        "m0",
        Array.from({ length: 300 }, (_, i) => ({ y: (i % 7) + lift, x: i % 5 })),
      ),
    );
    const { cuped } = firstOf(
      resultsAfter(2, aPlan({ ...plan, cuped: true, metrics: [aMetric({ type: "sum" })] }), cells),
    );
    expect(cuped?.unadjusted).toMatchObject({ p_value: null, ci_low: null, undefined_reason: "no_look_yet" });
  });

  it("reject by the bound exactly when the repeated p-value is below the level and the repeated interval excludes 0", () => {
    for (const treatment of [120, 130, 135, 140, 145, 150, 160, 190]) {
      const results = resultsAfter(10, plan, both(1000, 100, treatment));
      const { ci_low, ci_high, p_value, lift_ci_low, lift_ci_high, reading } = firstOf(results);
      const [seen] = results.sequence.looks[0]!.comparisons;
      expect(p_value! < 0.05).toBe(seen!.rejected);
      expect(ci_low! > 0 || ci_high! < 0).toBe(seen!.rejected);
      expect(lift_ci_low! > 0 || lift_ci_high! < 0).toBe(seen!.rejected);
      expect(reading).toBe(seen!.rejected ? "better" : "unclear");
    }
  });

  it("share the level among the variants", () => {
    const three = aPlan({
      method: "group_sequential",
      looks: 4,
      variants: [CONTROL, TREATMENT, aVariant({ id: "v2", key: "other", name: "C" })],
    });
    const results = resultsAfter(7, three, [...both(1000, 100, 140), ...cellsOf("v2", 1000, { m0: 120 })]);
    const [bound] = spendingBoundaries([0.5], 0.025, { spending: "obrien_fleming" });
    expect(results.sequence.looks[0]?.bound).toBeCloseTo(bound!.bound, 9);
    const [first] = results.metrics[0]!.comparisons;
    expect(first!.adjusted_p_value).toBeCloseTo(2 * first!.p_value!, 12);
  });

  it("are of all metrics", () => {
    const guarded = {
      ...plan,
      metrics: [aMetric(), aMetric({ id: "m1", key: "errors", role: "guardrail", direction: "decrease", limit: 0.1 })],
    };
    const cells = [...cellsOf("v0", 1000, { m0: 100, m1: 50 }), ...cellsOf("v1", 1000, { m0: 100, m1: 150 })];
    const results = resultsAfter(10, guarded, cells);
    expect(results.metrics[1]?.comparisons[0]?.reading).toBe("crossed_limit");
    expect(results.sequence.looks[0]?.comparisons.map(({ metric_key }) => metric_key)).toEqual(["purchase", "errors"]);
    expect(Results.strict().parse(results)).toEqual(results);
  });
});

describe("the repeated p-value", () => {
  const fractions = [0.2, 0.5, 0.8];
  it.each(["obrien_fleming", "pocock"] as const)(
    "is the level whose bound is the statistic, by %s spending",
    (spending) => {
      for (const alpha of [1e-12, 1e-6, 0.001, 0.05, 0.3]) {
        const { bound } = spendingBoundaries(fractions, alpha, { spending }).at(-1)!;
        expect(lnRepeatedPValue(fractions, bound, { spending })).toBeCloseTo(Math.log(alpha), 6);
      }
      expect(lnRepeatedPValue(fractions, 0, { spending })).toBe(0);
    },
  );

  it("is the plain one of a single look at the end", () => {
    // 2 * scipy.stats.norm.sf(2.5) = 0.012419330651552318
    expect(Math.exp(lnRepeatedPValue([1], 2.5, { spending: "pocock" }))).toBeCloseTo(0.012419330651552318, 10);
  });
});
