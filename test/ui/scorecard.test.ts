import { describe, expect, it } from "vitest";
import { DEFAULT_ANALYSIS } from "../../contract/analysis-settings.ts";
import type { MetricResult, Results } from "../../contract/results.ts";
import { scorecardGroups } from "../../ui/results/scorecard.ts";
import type { View } from "../../ui/results/views.ts";
import { aComparison, aMetricResult, aMetricVariant, anEstimate, aPosterior, aResults, NOTHING } from "./a-results.ts";

const groupsOf = (metrics: MetricResult[], view?: View, plan: Partial<Results["plan"]> = {}) =>
  scorecardGroups(aResults({ metrics, plan: { ...DEFAULT_ANALYSIS, ...plan } }), false, view);

const firstRow = (metric: MetricResult, view?: View, plan?: Partial<Results["plan"]>) =>
  groupsOf([metric], view, plan)[0]?.metrics[0]?.rows[0];

const cuped = (variance_reduction: number) =>
  aComparison({ cuped: { theta: 1, variance_reduction, unadjusted: anEstimate() } });

const noted = (...shares: number[]) =>
  groupsOf([aMetricResult({ comparisons: shares.map(cuped) })])[0]?.metrics[0]?.cuped;

describe("the scorecard", () => {
  it("compares each variant with the control, wherever that one is stored", () => {
    expect(firstRow(aMetricResult())).toMatchObject({
      variant: "Short copy",
      control: "9.10\u00A0%",
      value: "9.70\u00A0%",
      change: "+7.2\u00A0%",
      interval: "+1.8\u00A0% to +12.7\u00A0%",
      evidence: "p = 0.004",
      bar: { low: 0.018, high: 0.127, estimate: 0.072 },
      reading: { word: "Better" },
      mark: { colour: "var(--v1)", shape: "square" },
    });
  });

  it("puts groups in order and leaves empty ones out", () => {
    const groups = groupsOf([aMetricResult({ key: "g", role: "guardrail" }), aMetricResult()]);
    expect(groups.map((group) => group.role)).toEqual(["primary", "guardrail"]);
  });

  it("writes every change with the same precision", () => {
    const narrow = aComparison(anEstimate([0.0008, 0.0012, 0.0016]));
    const groups = groupsOf([aMetricResult(), aMetricResult({ key: "b", role: "secondary", comparisons: [narrow] })]);
    expect(groups.map((group) => group.metrics[0]?.rows[0]?.change)).toEqual(["+7.20\u00A0%", "+0.12\u00A0%"]);
  });

  it("falls back on the absolute change when the control is 0, without a bar", () => {
    const noLift = aComparison({
      difference: 0.0066,
      ci_low: 0.0016,
      ci_high: 0.0116,
      lift: null,
      lift_ci_low: null,
      lift_ci_high: null,
      lift_undefined_reason: "zero_baseline",
    });
    expect(firstRow(aMetricResult({ comparisons: [noLift] }))).toMatchObject({
      change: "+0.66\u00A0pp",
      interval: "+0.16 to +1.16\u00A0pp",
      bar: undefined,
    });
  });

  it("says why there is nothing to say instead of a number", () => {
    const nothing = aComparison({ ...NOTHING, reading: "undefined" });
    expect(firstRow(aMetricResult({ comparisons: [nothing] }))).toMatchObject({
      change: "–",
      interval: "No data yet",
      evidence: undefined,
      reading: { word: "No data yet" },
    });
  });

  it.each([
    ["sum", [4.52, 4.31], "4.52", "4.31"],
    ["quantile", [1846, 1840], "1,846", "1,840"],
    ["retention", [0.3165, 0.312], "31.65\u00A0%", "31.20\u00A0%"],
    ["time_to_event", [47, 51], "47.0\u00A0s", "51.0\u00A0s"],
    ["time_to_event", [4020, 4210], "67.0\u00A0min", "70.2\u00A0min"],
    ["time_to_event", [9000, 8100], "2.5\u00A0h", "2.3\u00A0h"],
    ["time_to_event", [400_000, 380_000], "4.6\u00A0days", "4.4\u00A0days"],
  ] as const)("writes the values of a %s metric in their unit", (type, [value, control], written, ofControl) => {
    const variants = [aMetricVariant("short", value), aMetricVariant("control", control)];
    expect(firstRow(aMetricResult({ type, variants }))).toMatchObject({ control: ofControl, value: written });
  });

  it.each([
    ["conversion", "Short copy: 97 of 1,000 users"],
    ["sum", "Short copy: 1,000 users, total 97"],
    ["quantile", "Short copy: 1,000 users with an event"],
    ["time_to_event", "Short copy: 1,000 users"],
  ] as const)("counts what a %s metric has to be counted", (type, detail) => {
    expect(firstRow(aMetricResult({ type }))?.detail).toBe(detail);
  });

  it("says which p-value was corrected, and draws the interval that goes with it", () => {
    const corrected = aComparison({
      adjusted_p_value: 0.008,
      adjusted_lift_ci_low: 0.012,
      adjusted_lift_ci_high: 0.133,
    });
    const row = firstRow(aMetricResult({ comparisons: [corrected] }));
    expect(row).toMatchObject({
      evidence: "p = 0.008 corrected",
      bar: { low: 0.018, high: 0.127, corrected: { low: 0.012, high: 0.133 } },
    });
    expect(row?.detail).toContain("before the correction p = 0.004");
    expect(row?.detail).toContain("after Holm’s correction +1.2\u00A0% to +13.3\u00A0%");
  });

  it.each([
    ["decrease", 0.02],
    ["increase", -0.02],
  ] as const)("draws a guardrail's limit on its bad side, where a good one is a %s", (direction, limit) => {
    const guardrail = aMetricResult({ role: "guardrail", direction, limit: 0.02 });
    expect(groupsOf([guardrail])[0]?.metrics[0]?.limit).toBe(limit);
    expect(groupsOf([guardrail])[0]?.axis.limit).toBeGreaterThan(0.02);
  });

  it("says how much of the variance CUPED took away", () => {
    expect(noted(0.23)).toBe("CUPED: variance −23\u00A0%");
    expect(noted(0.23, 0.19)).toBe("CUPED: variance −19 to 23\u00A0%");
    expect(noted()).toBeUndefined();
  });
});

describe("a view of the scorecard", () => {
  it("shows other numbers and the plan's reading", () => {
    expect(firstRow(aMetricResult(), "fixed_horizon")).toMatchObject({
      interval: "+3.4\u00A0% to +11.1\u00A0%",
      evidence: "p < 0.001",
      reading: { word: "Better" },
    });
  });

  it("gives the chance to win, and never as if it were certain", () => {
    const row = firstRow(aMetricResult(), "bayesian");
    expect(row).toMatchObject({ change: "+6.9\u00A0%", evidence: "chance to win >\u00A099\u00A0%" });
    expect(row?.detail).toContain("expected loss 0.002\u00A0% with it, 6.9\u00A0% without it");
  });

  it("has nothing to show where there is no posterior", () => {
    const views = { ...aComparison().views, bayesian: null };
    expect(firstRow(aMetricResult({ comparisons: [aComparison({ views })] }), "bayesian")).toMatchObject({
      change: "–",
      interval: "No data yet",
    });
  });

  it("is the plan's own for a Bayesian plan, chance to win included", () => {
    const views = { ...aComparison().views, bayesian: aPosterior({ chance_to_win: 0.97 }) };
    const planned = aComparison({ p_value: null, views });
    expect(firstRow(aMetricResult({ comparisons: [planned] }), "plan", { method: "bayesian" })?.evidence).toBe(
      "chance to win 97\u00A0%",
    );
  });

  it("without CUPED shows what there would be without it", () => {
    const comparison = aComparison({
      cuped: { theta: 1, variance_reduction: 0.2, unadjusted: anEstimate([-0.001, 0.068, 0.137], 0.051) },
    });
    const metric = aMetricResult({ comparisons: [comparison] });
    expect(firstRow(metric, "without_cuped")).toMatchObject({
      interval: "−0.1\u00A0% to +13.7\u00A0%",
      evidence: "p = 0.051",
    });
    expect(groupsOf([metric], "without_cuped")[0]?.metrics[0]?.cuped).toBeUndefined();
  });
});
