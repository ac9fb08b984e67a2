import { describe, expect, it } from "vitest";
import type { Comparison, Estimate, MetricResult, Results } from "../../contract/results.ts";
import { scorecardGroups } from "../../ui/results/scorecard.ts";

const NOTHING: Estimate = {
  difference: null,
  standard_error: null,
  ci_low: null,
  ci_high: null,
  lift: null,
  lift_ci_low: null,
  lift_ci_high: null,
  p_value: null,
  log10_p_value: null,
  undefined_reason: "no_data",
  lift_undefined_reason: "no_data",
};

const comparison = (change: Partial<Comparison> = {}): Comparison => ({
  key: "short",
  difference: 0.0066,
  lift: 0.072,
  ci_low: 0.0016,
  ci_high: 0.0116,
  p_value: 0.004,
  lift_ci_low: 0.018,
  lift_ci_high: 0.127,
  standard_error: 0.0025,
  undefined_reason: null,
  lift_undefined_reason: null,
  log10_p_value: null,
  reading: "unclear",
  adjusted_p_value: null,
  adjusted_lift_ci_low: null,
  adjusted_lift_ci_high: null,
  cuped: null,
  views: { anytime: NOTHING, fixed_horizon: NOTHING, bayesian: null },
  ...change,
});

const metric = (change: Partial<MetricResult> = {}): MetricResult => ({
  key: "checkout",
  name: "Checkout completed",
  role: "primary",
  type: "conversion",
  direction: "increase",
  limit: null,
  variants: [
    { key: "short", n: 1000, sum: 97, denominator: null, mean: 0.097, standard_error: null },
    { key: "control", n: 1000, sum: 91, denominator: null, mean: 0.091, standard_error: null },
  ],
  comparisons: [comparison()],
  ...change,
});

const results = (...metrics: MetricResult[]): Pick<Results, "variants" | "metrics" | "verdict"> => ({
  verdict: { code: "ship", variant_key: "short", title: "", detail: "", reasons: [], rule: "", next_step: "" },
  variants: [
    { key: "short", name: "Short copy", is_control: false, expected_share: 0.5, exposures: 1000 },
    { key: "control", name: "Control", is_control: true, expected_share: 0.5, exposures: 1000 },
  ],
  metrics,
});

const firstRow = (...metrics: MetricResult[]) => scorecardGroups(results(...metrics), false)[0]?.metrics[0]?.rows[0];

describe("the scorecard", () => {
  it("compares each variant with the control, wherever that one is stored", () => {
    expect(firstRow(metric())).toMatchObject({
      variant: "Short copy",
      control: "9.10\u00A0%",
      value: "9.70\u00A0%",
      change: "+7.2\u00A0%",
      interval: "+1.8\u00A0% to +12.7\u00A0%",
      p: "p = 0.004",
      bar: { low: 0.018, high: 0.127, estimate: 0.072 },
      reading: { word: "Better" },
      mark: { colour: "var(--v1)", shape: "square" },
    });
  });

  it("puts groups in order and leaves empty ones out", () => {
    const groups = scorecardGroups(results(metric({ key: "g", role: "guardrail" }), metric()), false);
    expect(groups.map((group) => group.role)).toEqual(["primary", "guardrail"]);
  });

  it("writes every change with the same precision", () => {
    const narrow = comparison({ lift: 0.0012, lift_ci_low: 0.0008, lift_ci_high: 0.0016 });
    const groups = scorecardGroups(
      results(metric(), metric({ key: "b", role: "secondary", comparisons: [narrow] })),
      false,
    );
    expect(groups.map((group) => group.metrics[0]?.rows[0]?.change)).toEqual(["+7.20\u00A0%", "+0.12\u00A0%"]);
  });

  it("falls back on the absolute change when the control is 0, without a bar", () => {
    const noLift = comparison({
      lift: null,
      lift_ci_low: null,
      lift_ci_high: null,
      lift_undefined_reason: "zero_baseline",
    });
    expect(firstRow(metric({ comparisons: [noLift] }))).toMatchObject({
      change: "+0.66 pp",
      interval: "+0.16 to +1.16 pp",
      bar: undefined,
    });
  });

  it("says why there is nothing to say instead of a number", () => {
    const nothing = comparison({
      difference: null,
      lift: null,
      ci_low: null,
      ci_high: null,
      lift_ci_low: null,
      lift_ci_high: null,
      p_value: null,
      undefined_reason: "no_data",
    });
    expect(firstRow(metric({ comparisons: [nothing] }))).toMatchObject({ change: "–", interval: "No data yet" });
  });

  it("writes sums as plain numbers", () => {
    const revenue = metric({
      type: "sum",
      variants: [
        { key: "short", n: 1000, sum: 4520, denominator: null, mean: 4.52, standard_error: null },
        { key: "control", n: 1000, sum: 4310, denominator: null, mean: 4.31, standard_error: null },
      ],
    });
    expect(firstRow(revenue)).toMatchObject({ control: "4.31", value: "4.52" });
  });
});
