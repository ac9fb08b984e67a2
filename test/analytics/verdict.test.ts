import { describe, expect, it } from "vitest";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { SumsCell } from "../../contract/sums.ts";
import {
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

const verdictAfter = (daysAfterStart: number, plan: AnalysisPlan, cells: readonly SumsCell[]) =>
  resultsAfter(daysAfterStart, plan, cells).verdict;

/** 10,000 units each, of which 1,000 of the control's convert, and `refunds` of 200 is a guardrail where lower is better. */
const both = (conversions: number, refunds = 200): SumsCell[] => [
  ...cellsOf("v0", 10_000, { m0: 1000, m1: 200 }),
  ...cellsOf("v1", 10_000, { m0: conversions, m1: refunds }),
];
const REFUNDS = aMetric({ id: "m1", key: "refunds", name: "Refunds", role: "guardrail", direction: "decrease" });
const LOAD_TIME = aMetric({ id: "m2", key: "load", name: "Load time", role: "guardrail", type: "quantile" });
const guarded = (change: Partial<AnalysisPlan> = {}) => aPlan({ metrics: [aMetric(), REFUNDS], ...change });

const CLEARLY_BETTER = both(1150);
const CLEARLY_WORSE = both(850);
const UNCLEAR = both(1020);
const SAME = [...cellsOf("v0", 1_000_000, { m0: 100_000 }), ...cellsOf("v1", 1_000_000, { m0: 100_100 })];

/** 10,000 units in each of three variants, of which `b` and `c` of the treatments' convert. */
const rates = (b: number, c: number, refundsB = 200) => [
  ...cellsOf("v0", 10_000, { m0: 1000, m1: 200 }),
  ...cellsOf("v1", 10_000, { m0: b, m1: refundsB }),
  ...cellsOf("v2", 10_000, { m0: c, m1: 200 }),
];

describe("the verdict", () => {
  it.each([
    // Before the planned end: never a decision, however clear the numbers.
    ["no_data", "before the first exposure", 3, aPlan(), []],
    ["no_data", "of a draft", 0, aPlan({ status: "draft", started_at: null }), []],
    ["no_data", "when it ended without any", 20, aPlan(endedAfter(14)), []],
    [
      "invalid_split",
      "with a bad split, even below the floor",
      3,
      aPlan(),
      [...cellsOf("v0", 300), ...cellsOf("v1", 90)],
    ],
    ["invalid_split", "with a bad split at the end", 15, aPlan(), [...both(1150), ...cellsOf("v1", 1000)]],
    [
      "collecting",
      "below 100 units",
      3,
      aPlan(),
      [...cellsOf("v0", 99, { m0: 50 }), ...cellsOf("v1", 105, { m0: 40 })],
    ],
    [
      "collecting",
      "below 10 conversions",
      3,
      aPlan(),
      [...cellsOf("v0", 500, { m0: 9 }), ...cellsOf("v1", 500, { m0: 40 })],
    ],
    [
      "collecting",
      "below 10 units that do not convert",
      3,
      aPlan(),
      [...cellsOf("v0", 500, { m0: 495 }), ...cellsOf("v1", 500, { m0: 400 })],
    ],
    ["collecting", "past the planned end, while it goes on", 20, aPlan(), [...cellsOf("v0", 50), ...cellsOf("v1", 50)]],
    [
      "inconclusive",
      "when it ended below the floor",
      20,
      aPlan(endedAfter(14)),
      [...cellsOf("v0", 50), ...cellsOf("v1", 50)],
    ],
    ["degraded", "with more than 1 % crossovers", 3, aPlan(), [...UNCLEAR, ...cellsOf("", 250)]],
    ["degraded", "with more than 1 % crossovers at the end", 15, aPlan(), [...CLEARLY_BETTER, ...cellsOf("", 250)]],
    ["running", "unclear on day 4", 3, aPlan(), UNCLEAR],
    ["running", "clearly better on day 4", 3, aPlan(), CLEARLY_BETTER],
    ["running", "clearly worse on day 4", 3, guarded(), both(850, 400)],
    ["running", "clearly better an hour before the planned end", 13.9, aPlan(), CLEARLY_BETTER],
    ["running", "clearly better while paused", 3, aPlan({ status: "paused" }), CLEARLY_BETTER],
    ["running", "without a primary metric", 3, aPlan({ metrics: [] }), UNCLEAR],
    // At the planned end, or when it was ended.
    ["ship", "clearly better", 14, aPlan(), CLEARLY_BETTER],
    ["ship", "clearly better, ended on its planned end", 20, aPlan(endedAfter(14)), CLEARLY_BETTER],
    ["ship", "clearly better, ended a few hours before its planned end", 20, aPlan(endedAfter(13.6)), CLEARLY_BETTER],
    ["ship", "clearly better, ended late and archived", 90, aPlan(endedAfter(20, "archived")), CLEARLY_BETTER],
    // Ended by hand before the planned end: never a decision, however late one looks.
    ["degraded", "clearly better, ended at once", 0, aPlan(endedAfter(0)), CLEARLY_BETTER],
    ["degraded", "clearly better, ended early", 9, aPlan(endedAfter(9)), CLEARLY_BETTER],
    ["degraded", "clearly better, ended early and read late", 90, aPlan(endedAfter(13.4)), CLEARLY_BETTER],
    ["degraded", "clearly better, ended early and archived", 90, aPlan(endedAfter(9, "archived")), CLEARLY_BETTER],
    ["degraded", "clearly worse, ended early", 9, aPlan(endedAfter(9)), CLEARLY_WORSE],
    ["degraded", "unclear with a guardrail worse, ended early", 9, guarded(endedAfter(9)), both(1020, 260)],
    ["degraded", "unclear, ended early", 9, aPlan(endedAfter(9)), UNCLEAR],
    ["degraded", "the same, ended early", 9, aPlan({ min_detectable_effect: 0.02, ...endedAfter(9) }), SAME],
    ["degraded", "ended at a time that is not known", 9, aPlan({ status: "completed" }), CLEARLY_BETTER],
    [
      "invalid_split",
      "with a bad split, ended early",
      9,
      aPlan(endedAfter(9)),
      [...both(1150), ...cellsOf("v1", 1000)],
    ],
    [
      "inconclusive",
      "with too few units, ended early",
      9,
      aPlan(endedAfter(9)),
      [...cellsOf("v0", 50), ...cellsOf("v1", 50)],
    ],
    ["no_data", "with nobody, ended early", 9, aPlan(endedAfter(9)), []],
    ["ship", "clearly better with an unharmed guardrail", 15, guarded(), CLEARLY_BETTER],
    [
      "ship",
      "lower where lower is better",
      15,
      aPlan({ metrics: [aMetric({ direction: "decrease" })] }),
      CLEARLY_WORSE,
    ],
    [
      "ship_tradeoff",
      "clearly better with a guardrail that has no number",
      15,
      aPlan({ metrics: [aMetric(), LOAD_TIME] }),
      CLEARLY_BETTER,
    ],
    [
      "ship_tradeoff",
      "clearly better with a guardrail that nobody met",
      15,
      guarded(),
      [...cellsOf("v0", 10_000, { m0: 1000 }), ...cellsOf("v1", 10_000, { m0: 1150 })],
    ],
    ["stop_harm", "clearly worse", 15, aPlan(), CLEARLY_WORSE],
    ["stop_harm", "clearly better with a guardrail worse", 15, guarded(), both(1150, 260)],
    ["stop_harm", "unclear with a guardrail worse", 15, guarded(), both(1020, 260)],
    [
      "stop_harm",
      "higher where lower is better",
      15,
      aPlan({ metrics: [aMetric({ direction: "decrease" })] }),
      CLEARLY_BETTER,
    ],
    ["no_effect", "within the smallest effect worth finding", 15, aPlan({ min_detectable_effect: 0.02 }), SAME],
    ["inconclusive", "unclear", 15, aPlan(), UNCLEAR],
    [
      "inconclusive",
      "the same, with no effect named as worth finding",
      15,
      aPlan({ min_detectable_effect: null }),
      SAME,
    ],
    ["inconclusive", "without a primary metric", 15, aPlan({ metrics: [] }), UNCLEAR],
  ] as const)("is %s %s", (code, _situation, day, plan, cells) => {
    expect(verdictAfter(day, plan, cells).code).toBe(code);
  });

  describe("of several variants", () => {
    const OTHER = aVariant({ id: "v2", key: "other", name: "C" });
    const three = (change: Partial<AnalysisPlan> = {}) =>
      aPlan({ variants: [CONTROL, TREATMENT, OTHER].map((variant) => ({ ...variant, weight_bp: 3333 })), ...change });
    it.each([
      ["the best of two winners", "ship", "other", rates(1150, 1200)],
      ["the winner, though the other does harm", "ship", "treatment", rates(1200, 850)],
      ["the one that does harm, if none wins", "stop_harm", "other", rates(1010, 850)],
      ["the worst of two that do harm", "stop_harm", "treatment", rates(800, 850)],
      ["no one, if none is clear", "inconclusive", null, rates(1010, 1020)],
    ] as const)("names %s", (_situation, code, variant_key, cells) => {
      expect(verdictAfter(15, three(), cells)).toMatchObject({ code, variant_key });
    });

    it("passes over a winner whose guardrail is worse", () => {
      const plan = three({ metrics: [aMetric(), REFUNDS] });
      expect(verdictAfter(15, plan, rates(1300, 1150, 300))).toMatchObject({ code: "ship", variant_key: "other" });
    });

    it("holds each variant to its share of the level, and says so", () => {
      // 1,090 against 1,000 of 10,000 has p = 0.038: enough for one variant, not for one of two.
      const alone = [...cellsOf("v0", 10_000, { m0: 1000 }), ...cellsOf("v1", 10_000, { m0: 1090 })];
      expect(verdictAfter(15, aPlan(), alone).code).toBe("ship");
      const { code, reasons } = verdictAfter(15, three(), rates(1090, 1000));
      expect(code).toBe("inconclusive");
      expect(reasons.join(" ")).toContain("p < 0.025");
    });
  });

  it("does not decide by looking early: only the planned end or its own end makes a difference", () => {
    const codes = Array.from({ length: 20 }, (_, day) => verdictAfter(day, aPlan(), CLEARLY_BETTER).code);
    expect(codes.slice(0, 14).every((code) => code === "running")).toBe(true);
    expect(codes.slice(14).every((code) => code === "ship")).toBe(true);
  });

  it("says in words how far it is and what it knows", () => {
    expect(verdictAfter(9, aPlan(), UNCLEAR)).toMatchObject({
      title: "Keep running",
      detail: "Not clear yet. The change is between −6.1\u00A0% and +10.8\u00A0%. 5 days left.",
    });
    expect(verdictAfter(13, aPlan(), CLEARLY_BETTER).detail).toBe(
      "So far the change is between +6.2\u00A0% and +24.6\u00A0%, but this test is read at its planned end (day 14): looking early finds false winners. 1 day left.",
    );
  });

  it("gives the estimate only with its interval", () => {
    expect(verdictAfter(15, guarded(), CLEARLY_BETTER)).toMatchObject({
      title: "Ready to ship “B”",
      detail:
        "Purchase with “B”: +15.0\u00A0% (95\u00A0% interval +6.2\u00A0% to +24.6\u00A0%, p < 0.001). No guardrail shows harm.",
    });
  });

  it("speaks in percentage points where the lift has no bounds", () => {
    const cells = [...cellsOf("v0", 10_000, { m0: 12 }), ...cellsOf("v1", 10_000, { m0: 30 })];
    const noisy = verdictAfter(15, aPlan({ significance_level: 0.0001 }), cells);
    expect(noisy.detail).toBe(
      "The change is between −0.07 percentage points and +0.43 percentage points; one beyond that is unlikely.",
    );
  });

  it("calls a result from an early end a hint, and names the harm that it hints at", () => {
    expect(verdictAfter(30, aPlan(endedAfter(2.2)), CLEARLY_BETTER)).toMatchObject({
      variant_key: null,
      title: "Check before deciding",
      detail:
        "Ended on day 3 of 14. A result read before the planned end finds false winners; treat it as a hint and run it again to decide.",
    });
    const { reasons } = verdictAfter(30, guarded(endedAfter(2.2)), both(1150, 400));
    expect(reasons.join(" ")).toContain("“B” looks worse than the control in Refunds.");
    expect(verdictAfter(30, aPlan(endedAfter(13.2)), UNCLEAR).detail).toMatch(
      /^Ended on day 14 of 14, before it was over\. /,
    );
    const crossed = verdictAfter(30, aPlan(endedAfter(2.2)), [...CLEARLY_BETTER, ...cellsOf("", 250)]);
    expect(crossed.detail).toContain("saw more than one variant");
    expect(crossed.reasons.join(" ")).toContain("Ended on day 3 of 14.");
  });

  it("does not ask to keep a paused experiment running", () => {
    const paused = verdictAfter(9, aPlan({ status: "paused" }), CLEARLY_BETTER);
    expect(paused).toMatchObject({
      code: "running",
      title: "Paused",
      detail:
        "Nobody new is decided, and the clock of the plan goes on: 5 days left. Resume the experiment to go on, or complete it.",
    });
    const cells = [[], [...cellsOf("v0", 50), ...cellsOf("v1", 50)], UNCLEAR, CLEARLY_BETTER];
    for (const its of cells) {
      const { title, detail, reasons } = verdictAfter(9, aPlan({ status: "paused" }), its);
      const text = [title, detail, ...reasons].join(" ");
      expect(text).not.toContain("Keep running");
      expect(text).toContain("Nobody new is decided");
    }
  });

  it("warns when nobody new came long before the planned end", () => {
    const early = CLEARLY_BETTER.map((cell) => ({ ...cell, slice: String(FIRST_DAY + 5) }));
    const { reasons } = verdictAfter(30, aPlan(endedAfter(14)), early);
    expect(verdictAfter(30, aPlan({ status: "paused" }), early).reasons.join(" ")).toContain("Nobody new was exposed");
    expect(reasons.join(" ")).toContain("Nobody new was exposed after day 6 of the 14 planned.");
    expect(verdictAfter(30, aPlan(endedAfter(14)), CLEARLY_BETTER).reasons.join(" ")).not.toContain("Nobody new");
  });

  it("says what a re-run would need", () => {
    // 16 p(1−p)/δ² per variant is 57,600 units for 10 % ± 0.5 %, and there were 10,000.
    const { reasons } = verdictAfter(15, aPlan(), UNCLEAR);
    expect(reasons.at(-1)).toMatch(
      /^To find a change of \+5\.0\u00A0%, a re-run needs about (5\.[5-9]|6\.[0-3]) times as many units\.$/,
    );
  });

  it("uses no word that promises more than the numbers", () => {
    const plans = [
      aPlan(),
      guarded(),
      aPlan({ metrics: [aMetric(), LOAD_TIME] }),
      aPlan(endedAfter(14)),
      guarded(endedAfter(4)),
      aPlan({ status: "paused" }),
    ];
    const cells = [
      [],
      CLEARLY_BETTER,
      CLEARLY_WORSE,
      UNCLEAR,
      SAME,
      both(1150, 300),
      [...UNCLEAR, ...cellsOf("", 900)],
    ];
    const texts = plans.flatMap((plan) =>
      cells.flatMap((its) =>
        [0, 5, 20].flatMap((day) => {
          const { title, detail, reasons } = verdictAfter(day, plan, its);
          return [title, detail, ...reasons];
        }),
      ),
    );
    expect(
      texts.filter((text) => /significan|winner confirmed|probability of being best|trending/i.test(text)),
    ).toEqual([]);
    expect(texts.filter((text) => /NaN|undefined|null|Infinity|-\d/.test(text))).toEqual([]);
    expect(texts.filter((text) => !/[.a-z”]$/i.test(text))).toEqual([]);
  });
});
