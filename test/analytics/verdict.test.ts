import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Situation } from "../../analytics/situation.ts";
import { verdictOf } from "../../analytics/verdict.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import { AnalysisMethod } from "../../contract/analysis-settings.ts";
import { type Progress, Verdict, VerdictCode } from "../../contract/results.ts";
import { type Look, type Sequence } from "../../contract/sequence.ts";
import {
  aHealth,
  aSituation,
  BAD_SPLIT,
  CROSSED_OVER,
  type Effect,
  LATENCY,
  REFUNDS,
  STALE,
  type Told,
} from "./a-situation.ts";
import { aMetric, aPlan, aVariant, cellsOf, CONTROL, endedAfter, resultsAfter, TREATMENT } from "./an-analysis.ts";

const METHODS = AnalysisMethod.options;

// Lifts with their standard errors; the smallest one worth finding is 5 %.
const BETTER: Effect = [0.15, 0.04];
const MORE: Effect = [0.2, 0.04];
const WORSE: Effect = [-0.15, 0.04];
const UNCLEAR: Effect = [0.02, 0.04];
const SAME: Effect = [0.001, 0.004];
// Of a guardrail whose limit is +5 %.
const WITHIN: Effect = [0, 0.01];
const SOME_HARM: Effect = [0.04, 0.015];
const CROSSED: Effect = [0.3, 0.05];
const OPEN: Effect = [0, 0.05];

const says = (told: Told) => verdictOf(aSituation(told));
const codeOf = (told: Told): VerdictCode => says(told).code;
const textOf = (verdict: Verdict): string =>
  [verdict.title, verdict.detail, ...verdict.reasons, verdict.rule, verdict.next_step].join(" ");

/** One treatment: the primary metric's effect, and Refunds'. */
const one = (purchase: Effect, refunds?: Effect): Told["effects"] => ({
  purchase: [purchase],
  ...(refunds === undefined ? {} : { refunds: [refunds] }),
});

const moved = (metric_key: string): Partial<Situation> => ({
  sequence: { looks: [], running: [{ metric_key, key: "b", p_value: 1, ci_low: 0, ci_high: 0, moved: true }] },
});

const aLook = (number: number, z: number, rejected: boolean): Look => ({
  number,
  at: "2026-03-05T00:00:00Z",
  information_fraction: number / 5,
  bound: 2,
  alpha_spent: 0.01,
  comparisons: [{ ...aSituation().metrics[0]!.comparisons[0]!, metric_key: "purchase", key: "b", z, rejected }],
});
const looked = (...looks: Look[]): Pick<Sequence, "running" | "looks"> => ({ running: [], looks });

const codeWithNobody = (told: Told) => {
  const situation = aSituation(told);
  return verdictOf({ ...situation, variants: situation.variants.map((each) => ({ ...each, exposures: 0 })) }).code;
};

const gapReasons = (lastExposureDay: number, method: AnalysisMethod) =>
  says({
    plan: { method, ...endedAfter(14) },
    day: 30,
    effects: one(BETTER),
    change: { lastExposureDay },
  }).reasons.join(" ");

const mirrored = (effect: Effect): Effect => (typeof effect === "string" ? effect : [-effect[0], effect[1]]);

const both = (conversions: number, refunds = 200) => [
  ...cellsOf("v0", 10_000, { m0: 1000, m1: 200 }),
  ...cellsOf("v1", 10_000, { m0: conversions, m1: refunds }),
];

const guarded = (change: Partial<AnalysisPlan> = {}) =>
  aPlan({ metrics: [aMetric(), { ...REFUNDS, limit: 0.5 }], ...change });

const three = (change: Partial<AnalysisPlan>) =>
  aPlan({
    variants: [CONTROL, TREATMENT, aVariant({ id: "v2", key: "other", name: "C" })].map((variant) => ({
      ...variant,
      weight_bp: 3333,
    })),
    ...change,
  });

const atLooks = (purchase: Effect, ...looks: Look[]) =>
  codeOf({ plan: { method: "group_sequential" }, effects: one(purchase), change: { sequence: looked(...looks) } });
/** On day 9 of 14, with an end of its own. */
const endingAt = (method: AnalysisMethod, end: number, change: Partial<Progress> = {}) => {
  const situation = aSituation({ day: 9, plan: { method, ends_at: endedAfter(end).ended_at } });
  const progress = { ...situation.progress!, days_left: Math.min(5, end - 9), ...change };
  return verdictOf({ ...situation, progress }).detail;
};

const betterDetail = (method: AnalysisMethod) =>
  says({ plan: { method }, day: 14, effects: one(BETTER, WITHIN) }).detail;

describe("the verdict", () => {
  describe("whatever the method", () => {
    it.each(METHODS)("is the same before anything can be read, by %s", (method) => {
      const few = [{ units: 99 }];
      expect(codeWithNobody({ plan: { method } })).toBe("no_data");
      expect(codeWithNobody({ plan: { method, status: "draft", started_at: null }, day: 0 })).toBe("no_data");
      expect(codeWithNobody({ plan: { method, ...endedAfter(14) }, day: 20 })).toBe("no_data");
      for (const day of [0, 4, 10, 14, 30]) {
        const at = { plan: { method }, day, effects: one(BETTER, CROSSED) };
        expect(codeOf({ ...at, change: { health: BAD_SPLIT } })).toBe("invalid_split");
        expect(codeOf({ ...at, amounts: few, change: { health: BAD_SPLIT } })).toBe("invalid_split");
        expect(codeOf({ ...at, amounts: few })).toBe("collecting");
        expect(codeOf({ ...at, amounts: few, change: { health: CROSSED_OVER } })).toBe("collecting");
        expect(codeOf({ ...at, amounts: few, plan: { method, ...endedAfter(day) } })).toBe("inconclusive");
      }
    });

    it.each([
      ["units", { units: 99, events: 50 }, "conversion"],
      ["units with an event", { events: 9 }, "conversion"],
      ["units without one", { units: 200, events: 191 }, "conversion"],
      ["units without one, of those retained", { units: 200, events: 191 }, "retention"],
      ["events of a sum", { events: 9 }, "sum"],
      ["clusters", { units: 9, events: 9, structure: "clusters" }, "sum"],
      ["windows", { observations: 9, structure: "windows" }, "sum"],
      ["values of a 99th percentile", { events: 380 }, "quantile"],
    ] as const)("collects while a variant has too few %s", (_what, amount, type) => {
      const metrics = [aMetric({ type, quantile: type === "quantile" ? 0.99 : null })];
      expect(codeOf({ plan: { metrics }, effects: one(BETTER), amounts: [{}, amount] })).toBe("collecting");
    });

    it.each([
      ["a sum that every unit has", { units: 200, events: 200 }, "sum"],
      ["ten clusters", { units: 10, events: 5, structure: "clusters" }, "sum"],
      ["the 381st value of a 99th percentile", { events: 381 }, "quantile"],
    ] as const)("has collected enough with %s", (_what, amount, type) => {
      const metrics = [aMetric({ type, quantile: type === "quantile" ? 0.99 : null })];
      expect(codeOf({ plan: { metrics }, effects: one(BETTER), amounts: [{}, amount] })).toBe("ship");
    });

    it.each(METHODS)("needs a primary metric to decide by, by %s", (method) => {
      const without = { refunds: [WITHIN] };
      expect(codeOf({ plan: { method }, effects: without })).toBe("running");
      expect(codeOf({ plan: { method }, day: 14, effects: without })).toBe("inconclusive");
      expect(codeOf({ plan: { method, ...endedAfter(9) }, day: 14, effects: without })).toBe("inconclusive");
      expect(codeOf({ plan: { method }, day: 14, effects: { refunds: [CROSSED] } })).toBe("stop_harm");
      expect(codeOf({ plan: { method }, day: 14, effects: { purchase: ["zero_variance"] } })).toBe("inconclusive");
      expect(codeOf({ plan: { method }, day: 5, effects: { purchase: ["zero_variance"] } })).toBe("running");
    });
  });

  // Before min_days (7), after it, at the planned end (14), completed then, completed on day 10, completed on day 4.
  const times: readonly (readonly [string, number, Partial<AnalysisPlan>])[] = [
    ["day 4", 4, {}],
    ["day 10", 10, {}],
    ["day 14", 14, {}],
    ["completed as planned", 20, endedAfter(14)],
    ["completed on day 10", 20, endedAfter(10)],
    ["completed on day 4", 20, endedAfter(4)],
  ];
  type Codes = readonly [VerdictCode, VerdictCode, VerdictCode, VerdictCode, VerdictCode, VerdictCode];
  /** What each effect is called at each of the times. */
  const TABLE: Record<AnalysisMethod, Record<"better" | "worse" | "unclear" | "same" | "cost" | "harm", Codes>> = {
    anytime: {
      better: ["running", "ship", "ship", "ship", "ship", "degraded"],
      worse: ["stop_harm", "stop_harm", "stop_harm", "stop_harm", "stop_harm", "stop_harm"],
      unclear: ["running", "running", "inconclusive", "inconclusive", "inconclusive", "inconclusive"],
      same: ["running", "no_effect", "no_effect", "no_effect", "no_effect", "degraded"],
      cost: ["running", "ship_tradeoff", "ship_tradeoff", "ship_tradeoff", "ship_tradeoff", "degraded"],
      harm: ["stop_harm", "stop_harm", "stop_harm", "stop_harm", "stop_harm", "stop_harm"],
    },
    group_sequential: {
      better: ["running", "ship", "ship", "ship", "ship", "degraded"],
      worse: ["stop_harm", "stop_harm", "stop_harm", "stop_harm", "stop_harm", "stop_harm"],
      unclear: ["running", "running", "inconclusive", "inconclusive", "inconclusive", "inconclusive"],
      same: ["running", "no_effect", "no_effect", "no_effect", "no_effect", "degraded"],
      cost: ["running", "ship_tradeoff", "ship_tradeoff", "ship_tradeoff", "ship_tradeoff", "degraded"],
      harm: ["stop_harm", "stop_harm", "stop_harm", "stop_harm", "stop_harm", "stop_harm"],
    },
    fixed_horizon: {
      better: ["running", "running", "ship", "ship", "degraded", "degraded"],
      worse: ["running", "running", "stop_harm", "stop_harm", "degraded", "degraded"],
      unclear: ["running", "running", "inconclusive", "inconclusive", "degraded", "degraded"],
      same: ["running", "running", "no_effect", "no_effect", "degraded", "degraded"],
      cost: ["running", "running", "ship_tradeoff", "ship_tradeoff", "degraded", "degraded"],
      harm: ["running", "running", "stop_harm", "stop_harm", "degraded", "degraded"],
    },
    bayesian: {
      better: ["running", "ship", "ship", "ship", "ship", "degraded"],
      worse: ["running", "stop_harm", "stop_harm", "stop_harm", "stop_harm", "stop_harm"],
      unclear: ["running", "running", "inconclusive", "inconclusive", "inconclusive", "inconclusive"],
      same: ["running", "no_effect", "no_effect", "no_effect", "no_effect", "degraded"],
      cost: ["running", "ship_tradeoff", "ship_tradeoff", "ship_tradeoff", "ship_tradeoff", "degraded"],
      harm: ["running", "stop_harm", "stop_harm", "stop_harm", "stop_harm", "stop_harm"],
    },
  };
  const EFFECTS = {
    better: one(BETTER, WITHIN),
    worse: one(WORSE, WITHIN),
    unclear: one(UNCLEAR, WITHIN),
    same: one(SAME, WITHIN),
    cost: one(BETTER, OPEN),
    harm: one(BETTER, CROSSED),
  };
  describe.each(METHODS)("by %s", (method) => {
    it.each(Object.entries(TABLE[method]))("follows the table when it is %s", (effect, codes) => {
      const seen = times.map(([, day, plan]) =>
        codeOf({ plan: { method, ...plan }, day, effects: EFFECTS[effect as keyof typeof EFFECTS] }),
      );
      expect(Object.fromEntries(times.map(([name], index) => [name, seen[index]]))).toEqual(
        Object.fromEntries(times.map(([name], index) => [name, codes[index]])),
      );
    });

    it.each([
      ["ship", WITHIN],
      ["ship_tradeoff", SOME_HARM],
      ["ship_tradeoff", OPEN],
      ["ship_tradeoff", "zero_variance"],
      ["stop_harm", CROSSED],
    ] as const)("is %s for a better variant with a guardrail of %j at the end", (code, refunds) => {
      expect(codeOf({ plan: { method }, day: 14, effects: one(BETTER, refunds) })).toBe(code);
    });

    it("waits as long as the plan asks for, and no longer", () => {
      const shipsOn = (min_days: number) =>
        Array.from({ length: 40 }, (_, day) => day).find(
          (day) => codeOf({ plan: { method, min_days }, day, effects: one(BETTER) }) === "ship",
        );
      const first = { anytime: 0, group_sequential: 3, fixed_horizon: 14, bayesian: 0 }[method];
      expect([0, 3, 9, 21].map(shipsOn)).toEqual([0, 3, 9, 21].map((least) => Math.max(first, least)));
    });

    it("has something checked before anything but harm", () => {
      const at = (effects: Told["effects"], change: Partial<Situation>) =>
        codeOf({ plan: { method }, day: 14, ...(effects && { effects }), change });
      for (const health of [CROSSED_OVER, STALE]) {
        expect(at(one(BETTER), { health })).toBe("degraded");
        expect(at(one(SAME), { health })).toBe("degraded");
        expect(at(one(UNCLEAR), { health })).toBe("degraded");
        expect(at(one(BETTER, CROSSED), { health })).toBe("stop_harm");
        expect(at({ purchase: [WORSE, BETTER] }, { health })).toBe("stop_harm");
      }
      expect(codeOf({ plan: { method }, day: 3, change: { health: STALE } })).toBe("degraded");
    });

    it("is paused while it is, and says what a decision would otherwise be", () => {
      const paused = { method, status: "paused" } as const;
      expect(says({ plan: paused, day: 9, effects: one(UNCLEAR) })).toMatchObject({ code: "running", title: "Paused" });
      expect(codeOf({ plan: paused, day: 14, effects: one(BETTER) })).toBe("ship");
    });

    it("has its rule in plain words", () => {
      const { rule } = says({ plan: { method }, effects: { purchase: [BETTER, BETTER], refunds: [WITHIN, WITHIN] } });
      expect(rule).toContain("Purchase");
      expect(rule).toContain("Refunds (5\u00A0%)");
      expect(rule).toContain("±5\u00A0%");
      expect(rule).toMatch(/^Read .*\. A variant is ready to ship when .*\. Harm is told .*\.$/);
    });
  });

  it("depends on no status but the end's: archived is completed", () => {
    expect(
      codeOf({ plan: { method: "fixed_horizon", ...endedAfter(14, "archived") }, day: 90, effects: one(BETTER) }),
    ).toBe("ship");
    expect(
      codeOf({ plan: { method: "fixed_horizon", ...endedAfter(9, "archived") }, day: 90, effects: one(BETTER) }),
    ).toBe("degraded");
  });

  it.each([
    [13.6, "ship"],
    [13.4, "degraded"],
    [0, "degraded"],
  ] as const)("takes an end on day %d of 14 for the planned one only if it nearly is", (day, code) => {
    expect(codeOf({ plan: { method: "fixed_horizon", ...endedAfter(day) }, day: 90, effects: one(BETTER) })).toBe(code);
  });

  it("takes an end of which the time is not known for one of now", () => {
    const plan = { method: "fixed_horizon", status: "completed" } as const;
    expect(codeOf({ plan, day: 9, effects: one(BETTER) })).toBe("degraded");
    expect(codeOf({ plan, day: 14, effects: one(BETTER) })).toBe("ship");
  });

  it("does not decide by group-sequential numbers before the first look", () => {
    const verdict = says({ plan: { method: "group_sequential" }, day: 2, effects: one(WORSE, CROSSED) });
    expect(verdict).toMatchObject({
      code: "running",
      detail: "Nothing is read before the first planned look. Look 1 of 5 is due in 1 day.",
    });
    expect(codeOf({ plan: { method: "group_sequential", ...endedAfter(2) }, day: 2, effects: one(WORSE) })).toBe(
      "inconclusive",
    );
  });

  it("has an effect checked that changes with time", () => {
    expect(codeOf({ effects: one(BETTER, WITHIN), change: moved("purchase") })).toBe("degraded");
    expect(codeOf({ effects: one(BETTER, WITHIN), change: moved("refunds") })).toBe("degraded");
    expect(codeOf({ effects: one(WORSE, WITHIN), change: moved("purchase") })).toBe("stop_harm");
    const secondary = [aMetric(), aMetric({ ...REFUNDS, role: "secondary" })];
    const effects = one(BETTER, UNCLEAR);
    expect(codeOf({ plan: { metrics: secondary }, effects, change: moved("refunds") })).toBe("ship");
  });

  it("has a bound checked that was crossed at one look and not at the last", () => {
    expect(atLooks(UNCLEAR, aLook(2, 3, true), aLook(3, 1, false))).toBe("degraded");
    expect(atLooks(BETTER, aLook(2, 3, true), aLook(3, 4, true))).toBe("ship");
    expect(atLooks(BETTER, aLook(2, -3, true), aLook(3, 4, true))).toBe("degraded");
    expect(atLooks(UNCLEAR, aLook(2, 1, false), aLook(3, 1, false))).toBe("running");
  });

  it("tells of a bad split by numbers also when everybody has moved to two variants since", () => {
    const variants = aSituation().variants.map((variant) => ({ ...variant, exposures: 0 }));
    const health = { ...BAD_SPLIT, crossovers: CROSSED_OVER.crossovers };
    const { code, reasons } = verdictOf(aSituation({ change: { health, variants } }));
    expect(code).toBe("invalid_split");
    expect(reasons[0]).toContain("has 0 units, 0.0\u00A0%");
  });

  it("lets a Bayesian plan choose on other grounds where neither choice can lose much", () => {
    const plan = { method: "bayesian", min_detectable_effect: null } as const;
    expect(codeOf({ plan, effects: one(SAME) })).toBe("no_effect");
    expect(codeOf({ plan, effects: one(UNCLEAR) })).toBe("running");
    expect(codeOf({ plan: { ...plan, method: "anytime" }, effects: one(SAME) })).toBe("running");
  });

  it("lets an effect that was found be shipped, however small", () => {
    expect(codeOf({ effects: one([0.02, 0.004]) })).toBe("ship");
  });

  describe("of several variants", () => {
    it.each([
      ["the best of two winners", "ship", "c", [BETTER, MORE], [WITHIN, WITHIN]],
      ["the clean winner, though another is better", "ship", "b", [BETTER, MORE], [WITHIN, OPEN]],
      ["the clean winner, though another does harm to a guardrail", "ship", "b", [BETTER, MORE], [WITHIN, CROSSED]],
      ["the winner, though another is worse", "ship", "b", [BETTER, WORSE], [WITHIN, WITHIN]],
      ["the winner at a cost, though another is worse", "ship_tradeoff", "b", [BETTER, WORSE], [OPEN, WITHIN]],
      ["the better of two at a cost", "ship_tradeoff", "c", [BETTER, MORE], [OPEN, SOME_HARM]],
      ["the one that does harm, if none wins", "stop_harm", "c", [UNCLEAR, WORSE], [WITHIN, WITHIN]],
      ["the one with harm to a guardrail, if none wins", "stop_harm", "b", [UNCLEAR, UNCLEAR], [CROSSED, WITHIN]],
      ["the worst of two that do harm", "stop_harm", "b", [[-0.3, 0.04], WORSE], [WITHIN, WITHIN]],
      ["the worse one before one with harm to a guardrail", "stop_harm", "b", [WORSE, UNCLEAR], [WITHIN, CROSSED]],
      ["no one, if none has an effect", "no_effect", null, [SAME, SAME], [WITHIN, WITHIN]],
      ["no one, if one has no effect and one is unclear", "inconclusive", null, [SAME, UNCLEAR], [WITHIN, WITHIN]],
      ["no one, if none can be compared", "inconclusive", null, ["zero_variance", "no_data"], [WITHIN, WITHIN]],
    ] as const)("names %s", (_situation, code, variant_key, purchase, refunds) => {
      for (const method of METHODS)
        expect(says({ plan: { method }, day: 14, effects: { purchase, refunds } })).toMatchObject({
          code,
          variant_key,
        });
    });

    it("says what it does not know and what does harm", () => {
      const { reasons, next_step } = says({
        effects: { purchase: [BETTER, MORE, WORSE], refunds: [WITHIN, WITHIN, WITHIN] },
      });
      expect(reasons.slice(0, 2)).toEqual([
        "“C” and “B” are better than the control. They were not compared with one another; “C” has the largest effect.",
        "“D” does harm: it is worse than the control in Purchase.",
      ]);
      expect(next_step).toBe("Complete the experiment and give “C” to everyone. Stop “D” in any case.");
    });

    it("stops the one that does harm while the other goes on", () => {
      expect(says({ day: 3, effects: { purchase: [WORSE, BETTER] } })).toMatchObject({
        code: "stop_harm",
        variant_key: "b",
        next_step: "Stop “B”. What is left needs a new phase.",
      });
    });
  });

  describe("in words", () => {
    it("says how far it is and what it knows", () => {
      expect(says({ plan: { method: "fixed_horizon" }, day: 9, effects: one(UNCLEAR) })).toMatchObject({
        title: "Keep running",
        detail: "Not clear yet. The change is between −5.8\u00A0% and +9.8\u00A0%. 5 days left.",
      });
      expect(says({ plan: { method: "fixed_horizon" }, day: 13, effects: one(BETTER) }).detail).toBe(
        "So far the change is between +7.2\u00A0% and +22.8\u00A0%, but this test is read once, at its planned end (day 14): looking early finds winners that are none. 1 day left.",
      );
      expect(says({ day: 4, effects: one(BETTER) }).detail).toBe(
        "So far the change is between +7.2\u00A0% and +22.8\u00A0%, but nothing is decided before 7 days are over, so that every day of the week is in it. 10 days left.",
      );
    });

    it("says how long it takes at the pace of last week", () => {
      const situation = aSituation({ day: 9 });
      const progress = { ...situation.progress!, units_needed: 57_763, days_to_needed: [3, 5] as [number, number] };
      const { detail, reasons } = verdictOf({ ...situation, progress });
      expect(detail).toBe(
        "Not clear yet. The change is between −5.8\u00A0% and +9.8\u00A0%. 3–5 days left at the pace of the last seven days.",
      );
      expect(reasons).toContain("To find a change of 5\u00A0%, it needs about 57,800 units in all; there are 20,000.");
      const ended = verdictOf({ ...aSituation({ day: 20, plan: endedAfter(14) }), progress });
      expect(ended.reasons[0]).toBe(
        "To find a change of 5\u00A0%, a re-run needs about 57,800 units in all; there are 20,000.",
      );
    });

    it("says when it ends, where that is before the planned end", () => {
      const ending = "It ends in 2 days, before the 14 days planned are over.";
      expect(endingAt("fixed_horizon", 11)).toMatch(new RegExp(`%\\. ${ending}$`));
      expect(endingAt("anytime", 11, { days_to_needed: [3, 5] })).toMatch(
        new RegExp(`3–5 days left at the pace of the last seven days\\. ${ending}$`),
      );
      // Looks of five are due every 2.8 days: the fourth on day 11.2, and by then it is over.
      expect(endingAt("group_sequential", 11)).toMatch(new RegExp(`%\\. ${ending}$`));
      expect(endingAt("group_sequential", 12)).toMatch(/Look 4 of 5 is due in 3 days\. It ends in 3 days, before/);
      expect(endingAt("fixed_horizon", 14)).toMatch(/5 days left\.$/);
      expect(endingAt("fixed_horizon", 20)).toMatch(/5 days left\.$/);
    });

    it("gives the estimate only with its interval, and with what the method has", () => {
      expect(betterDetail("anytime")).toBe(
        "Purchase with “B”: +15.0\u00A0% (95\u00A0% interval +7.2\u00A0% to +22.8\u00A0%, p < 0.001). Every guardrail is within its limit.",
      );
      expect(betterDetail("bayesian")).toBe(
        "Purchase with “B”: +15.0\u00A0% (95\u00A0% interval +7.2\u00A0% to +22.8\u00A0%, expected loss <0.01\u00A0%, chance that it beats the control >99\u00A0%). Every guardrail is within its limit.",
      );
    });

    it("says which guardrail is beyond its limit, and which is not ruled out", () => {
      expect(says({ effects: one(BETTER, CROSSED) }).detail).toBe(
        "Refunds with “B”: +30.0\u00A0% (95\u00A0% interval +20.2\u00A0% to +39.8\u00A0%). Worse than its limit of 5\u00A0%.",
      );
      const { detail, reasons } = says({ effects: one(BETTER, OPEN) });
      expect(detail).toContain("Harm to Refunds beyond what is put up with is not ruled out.");
      expect(reasons.join(" ")).toContain("Harm beyond its limit of 5\u00A0% is not ruled out.");
    });

    it("gives the p-value after the correction with its interval, and says so where that has none", () => {
      const withInterval = aSituation({ effects: { purchase: [BETTER, UNCLEAR] } });
      const [metric] = withInterval.metrics;
      const adjusted = { adjusted_p_value: 0.012, adjusted_lift_ci_low: 0.01, adjusted_lift_ci_high: 0.29 };
      const said = (change: object) =>
        verdictOf({
          ...withInterval,
          metrics: [
            {
              ...metric!,
              comparisons: metric!.comparisons.map((each, index) => (index === 0 ? { ...each, ...change } : each)),
            },
          ],
        }).detail;
      expect(said(adjusted)).toContain("+15.0\u00A0% (95\u00A0% interval +1.0\u00A0% to +29.0\u00A0%, p = 0.012)");
      expect(said({ adjusted_p_value: 0.012 })).toContain(
        "(95\u00A0% interval +7.2\u00A0% to +22.8\u00A0%, p < 0.001, p = 0.012 after the correction for several variants)",
      );
    });

    it("names what a secondary metric and the health say beside the rule", () => {
      const metrics = [aMetric(), aMetric({ ...REFUNDS, role: "secondary", direction: "increase" })];
      const health = aHealth({
        pre_period: [{ metric_key: "purchase", variant_key: "b", p_value: 0.0004, ok: false }],
        interference: { slope: 1, p_value: 0.002, ok: false },
      });
      const verdict = says({ plan: { metrics }, effects: one(BETTER, WORSE), change: { health } });
      expect(verdict.code).toBe("ship");
      const reasons = verdict.reasons.join(" ");
      expect(reasons).toContain("Refunds with “B”: −15.0\u00A0%");
      expect(reasons).toContain("Purchase with “B” was different before anyone was exposed (p < 0.001).");
      expect(reasons).toContain("The control moves with the share of treated units (p = 0.002)");
    });

    it("warns of so few clusters that their spread is told too small", () => {
      const situation = aSituation({ plan: { design: "cluster" }, effects: one(BETTER) });
      const of = (exposures: number) =>
        verdictOf({
          ...situation,
          variants: situation.variants.map((variant) => ({ ...variant, exposures })),
        }).reasons.join(" ");
      expect(of(19)).toContain("There are 38 clusters; below 40 the intervals are a little too narrow.");
      expect(of(20)).not.toContain("clusters");
    });

    it("names the units that are split badly", () => {
      const srm = { ...BAD_SPLIT.srm, culprits: [{ dimension: "country", value: "DE", units: 900, p_value: 1e-9 }] };
      const verdict = says({ change: { health: aHealth({ srm }) } });
      expect(verdict.reasons.at(-1)).toBe("It is off where country is “DE” (p < 0.001).");
      const weightless = { ...BAD_SPLIT.srm, sequential_p_value: 1 };
      expect(says({ change: { health: aHealth({ srm: weightless }) } }).reasons.at(-1)).toBe(
        "A variant that should get nobody has units.",
      );
    });

    it("calls a result from an early end a hint, and names the harm that it hints at", () => {
      const plan = { method: "fixed_horizon", ...endedAfter(2.2) } as const;
      const { title, detail, reasons } = says({ plan, day: 30, effects: one(BETTER, CROSSED) });
      expect(title).toBe("Check before deciding");
      expect(detail).toBe(
        "Ended on day 3 of 14. A result read before the planned end finds winners that are none: treat it as a hint.",
      );
      expect(reasons).toContain("“B” looks worse than the control in Refunds.");
      const late = { method: "fixed_horizon", ...endedAfter(13.2) } as const;
      expect(says({ plan: late, day: 30 }).detail).toMatch(/^Ended on day 14 of 14, before it was over\. /);
    });

    it("warns when nobody new came to a test that is read once long before its end", () => {
      const { lastExposureDay } = aSituation();
      expect(gapReasons(lastExposureDay! - 8, "fixed_horizon")).toContain(
        "Nobody new was exposed after day 6 of the 14 planned.",
      );
      expect(gapReasons(lastExposureDay!, "fixed_horizon")).not.toContain("Nobody new");
      expect(gapReasons(lastExposureDay! - 8, "anytime")).not.toContain("Nobody new");
    });

    it("does not ask to keep a paused experiment running", () => {
      for (const told of [{}, { amounts: [{ units: 50 }] }, { effects: one(BETTER) }]) {
        const text = textOf(says({ plan: { method: "fixed_horizon", status: "paused" }, day: 9, ...told }));
        expect(text).not.toContain("Keep running");
        expect(text).toContain("Nobody new is decided");
      }
    });

    it("says of the Bayesian rule that it bounds no false alarms, and of no other", () => {
      expect(METHODS.filter((method) => says({ plan: { method } }).rule.includes("42\u00A0%"))).toEqual(["bayesian"]);
    });

    it.each([
      ["none", "not corrected for there being 2 variants against the control"],
      ["bonferroni", "corrected for 2 variants against the control by Bonferroni’s method"],
      ["holm", "corrected for 2 variants against the control by Holm’s method"],
      ["benjamini_hochberg", "by Benjamini and Hochberg’s method"],
    ] as const)("names the correction %s where there is something to correct", (correction, words) => {
      const effects = { purchase: [BETTER, BETTER] };
      expect(says({ plan: { correction }, effects }).rule).toContain(words);
      expect(says({ plan: { correction }, effects: one(BETTER) }).rule).not.toContain("corrected");
      expect(says({ plan: { correction, method: "bayesian" }, effects }).rule).not.toContain("corrected");
    });
  });
});

describe("any verdict", () => {
  const effect: fc.Arbitrary<Effect> = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.tuple(fc.double({ min: -0.4, max: 0.4, noNaN: true }), fc.constantFrom(0.002, 0.02, 0.08)),
    },
    { weight: 1, arbitrary: fc.constantFrom<Effect>("no_data", "zero_variance", "zero_denominator") },
  );
  const ended = fc.constantFrom<Partial<AnalysisPlan>>(
    {},
    {},
    { status: "paused" },
    endedAfter(14),
    endedAfter(9),
    endedAfter(3),
  );
  const health = fc.constantFrom(aHealth(), aHealth(), aHealth(), BAD_SPLIT, CROSSED_OVER, STALE);
  const told = fc
    .record({
      arms: fc.integer({ min: 1, max: 3 }),
      day: fc.integer({ min: 0, max: 20 }),
      method: fc.constantFrom(...METHODS),
      correction: fc.constantFrom("none" as const, "holm" as const),
      end: ended,
      health,
      effects: fc.array(fc.tuple(effect, effect, effect), { minLength: 3, maxLength: 3 }),
      few: fc.boolean(),
    })
    .map(({ arms, day, method, correction, end, health: its, effects, few }): Told => ({
      day,
      plan: { method, correction, ...end },
      effects: {
        purchase: effects.slice(0, arms).map(([purchase]) => purchase),
        refunds: effects.slice(0, arms).map(([, refunds]) => refunds),
        latency: effects.slice(0, arms).map(([, , latency]) => latency),
      },
      amounts: few && day === 3 ? [{ units: 50 }] : [],
      change: { health: its },
    }));
  const runs = { numRuns: 500, seed: 7 };

  it("never ships by a bad split, past a guardrail that is not within its limit, or what is not better", () => {
    fc.assert(
      fc.property(told, (its) => {
        const situation = aSituation(its);
        const { code, variant_key } = verdictOf(situation);
        if (!situation.health.srm.ok) return code === "invalid_split";
        if (code !== "ship" && code !== "ship_tradeoff") return true;
        const readings = (role: string) =>
          situation.metrics
            .filter((metric) => metric.role === role)
            .flatMap(({ comparisons }) => comparisons.filter(({ key }) => key === variant_key))
            .map(({ reading }) => reading);
        const guardrails = readings("guardrail");
        const isClean = guardrails.every((reading) => reading === "within_limit");
        return (
          readings("primary").join("") === "better" &&
          !guardrails.includes("crossed_limit") &&
          isClean === (code === "ship") &&
          situation.health.crossovers.ok &&
          !situation.health.data.stale
        );
      }),
      runs,
    );
  });

  it("says the same of a metric that is better when lower, if it moves the other way", () => {
    fc.assert(
      fc.property(told, (its) => {
        const flipped: Told = {
          ...its,
          plan: {
            ...its.plan,
            metrics: [
              aMetric({ direction: "decrease" }),
              { ...REFUNDS, direction: "increase" },
              { ...LATENCY, direction: "increase" },
            ],
          },
          effects: Object.fromEntries(
            Object.entries(its.effects ?? {}).map(([key, effects]) => [key, effects.map(mirrored)]),
          ),
        };
        const [plain, other] = [says(its), says(flipped)];
        expect([other.code, other.variant_key]).toEqual([plain.code, plain.variant_key]);
      }),
      runs,
    );
  });

  it("is one of the contract's, in whole sentences without a word that promises more than the numbers", () => {
    const codes = new Set<string>();
    fc.assert(
      fc.property(told, (its) => {
        const verdict = Verdict.parse(says(its));
        codes.add(verdict.code);
        const texts = [verdict.title, verdict.detail, ...verdict.reasons, verdict.rule, verdict.next_step];
        expect(
          texts.filter((text) => /significan|winner confirmed|probability of being best|trending/i.test(text)),
        ).toEqual([]);
        expect(texts.filter((text) => /NaN|undefined|null|Infinity|-\d|\d[a-z%]|\.\./.test(text))).toEqual([]);
        expect(texts.slice(1).filter((text) => !/^[A-Z“\d].*\.$/.test(text))).toEqual([]);
      }),
      runs,
    );
    // Nobody exposed is all that these do not hold.
    expect([...codes, "no_data"].sort()).toEqual([...VerdictCode.options].sort());
  });
});

describe("the verdict of an analysis", () => {
  const SAME_CELLS = [...cellsOf("v0", 1_000_000, { m0: 100_000 }), ...cellsOf("v1", 1_000_000, { m0: 100_100 })];

  it.each([
    ["no_data", [], aPlan()],
    ["invalid_split", [...both(1200), ...cellsOf("v1", 1500)], aPlan()],
    ["collecting", [...cellsOf("v0", 500, { m0: 9 }), ...cellsOf("v1", 500, { m0: 40 })], aPlan()],
    ["degraded", [...both(1200), ...cellsOf("", 250)], aPlan()],
    ["ship", both(1200), guarded()],
    ["ship_tradeoff", both(1200, 280), guarded()],
    ["stop_harm", both(800), guarded()],
    ["stop_harm", both(1200, 500), guarded()],
    ["no_effect", SAME_CELLS, aPlan({ min_detectable_effect: 0.02 })],
    ["inconclusive", both(1020), guarded()],
    ["inconclusive", both(1020), aPlan({ metrics: [] })],
  ] as const)("is %s by every method at the planned end", (code, cells, plan) => {
    for (const method of METHODS) expect(resultsAfter(14, { ...plan, method }, cells).verdict.code).toBe(code);
  });

  it("keeps what was decided at a look until the next", () => {
    const plan = aPlan({ method: "group_sequential" });
    const { sequence, verdict } = resultsAfter(9, plan, both(1250));
    expect(verdict.code).toBe("ship");
    expect(resultsAfter(10, plan, both(1020), sequence).verdict.code).toBe("ship");
    expect(resultsAfter(12, plan, both(1020), sequence).verdict.code).toBe("degraded");
  });

  it("takes no look after an end by hand, which may have been chosen for its numbers", () => {
    const plan = aPlan({ method: "group_sequential", min_days: 0, ...endedAfter(4.2) });
    expect(resultsAfter(30, plan, both(1110)).sequence.looks.map(({ number }) => number)).toEqual([1]);
    expect(resultsAfter(30, plan, both(1110)).verdict.code).toBe("inconclusive");
    const onTime = { ...plan, ...endedAfter(13.6) };
    expect(resultsAfter(30, onTime, both(1110)).verdict.code).toBe("ship");
  });

  it("does not decide by a look that had too few units, whatever came after", () => {
    const plan = aPlan({ method: "group_sequential", spending: "pocock", min_days: 0 });
    const few = [...cellsOf("v0", 90, { m0: 10 }), ...cellsOf("v1", 90, { m0: 40 })];
    const { sequence, verdict } = resultsAfter(3, plan, few);
    expect(verdict.code).toBe("collecting");
    expect(sequence.looks).toHaveLength(1);
    expect(resultsAfter(5, plan, both(1300), sequence).verdict).toMatchObject({
      code: "running",
      detail:
        "Not clear yet: Purchase cannot be compared, because there are too few units. Look 2 of 5 is due in 1 day.",
    });
    expect(resultsAfter(6, plan, both(1300), sequence).verdict.code).toBe("ship");
  });

  it("remembers by an anytime plan what was clear", () => {
    const plan = aPlan({ method: "anytime" });
    const { sequence } = resultsAfter(8, plan, both(1200));
    expect(resultsAfter(9, plan, both(1100), sequence).verdict.code).toBe("ship");
    expect(resultsAfter(9, plan, both(1100)).verdict.code).toBe("running");
  });

  it("does not ship for a further variant that does nothing what it did not ship without", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 850, max: 1250 }),
        fc.constantFrom(...METHODS),
        fc.constantFrom("none" as const, "bonferroni" as const, "holm" as const, "benjamini_hochberg" as const),
        (conversions, method, correction) => {
          const cells = both(conversions);
          const alone = resultsAfter(14, aPlan({ method, correction }), cells).verdict.code;
          const beside = resultsAfter(14, three({ method, correction }), [
            ...cells,
            ...cellsOf("v2", 10_000, { m0: 1000 }),
          ]);
          return alone === "ship" || beside.verdict.code !== "ship";
        },
      ),
      { numRuns: 200, seed: 11 },
    );
  });

  it("holds each of several variants to the corrected level", () => {
    // 1,090 against 1,000 of 10,000 has p = 0.038: enough for one variant, not for one of two.
    const alone = [...cellsOf("v0", 10_000, { m0: 1000 }), ...cellsOf("v1", 10_000, { m0: 1090 })];
    expect(resultsAfter(14, aPlan(), alone).verdict.code).toBe("ship");
    const beside = [...alone, ...cellsOf("v2", 10_000, { m0: 1000 })];
    expect(resultsAfter(14, three({ correction: "holm" }), beside).verdict.code).toBe("inconclusive");
    expect(resultsAfter(14, three({ correction: "none" }), beside).verdict.code).toBe("ship");
  });
});
