import { describe, expect, it } from "vitest";
import { AnalysisMethod, DEFAULT_ANALYSIS } from "../../contract/analysis-settings.ts";
import { levelWords } from "../../ui/experiments/analysis-words.ts";
import { viewIntervalWords, viewsOf } from "../../ui/results/views.ts";
import { aComparison, aMetricResult, anEstimate, aResults } from "./a-results.ts";

const CUPED = { theta: 1, variance_reduction: 0.2, unadjusted: anEstimate() };

describe("the views", () => {
  it.each([
    ["anytime", ["plan", "fixed_horizon", "bayesian"]],
    ["fixed_horizon", ["plan", "anytime", "bayesian"]],
    ["bayesian", ["plan", "anytime", "fixed_horizon"]],
    ["group_sequential", ["plan", "anytime", "fixed_horizon", "bayesian"]],
  ] as const)("of a plan that is %s are those that would show something else", (method, views) => {
    expect(viewsOf(aResults({ plan: { ...DEFAULT_ANALYSIS, method } }))).toEqual(views);
  });

  it("offer to leave CUPED out only where it was used, and a posterior only where there is one", () => {
    const views = { ...aComparison().views, bayesian: null };
    const metrics = [aMetricResult({ comparisons: [aComparison({ cuped: CUPED, views })] })];
    expect(viewsOf(aResults({ metrics }))).toEqual(["plan", "fixed_horizon", "without_cuped"]);
  });

  it("name the interval that they show", () => {
    const results = aResults();
    expect(viewIntervalWords("plan", results)).toBe("always-valid 95\u00A0% interval");
    expect(viewIntervalWords("without_cuped", results)).toBe("always-valid 95\u00A0% interval without CUPED");
    expect(viewIntervalWords("bayesian", results)).toBe("95\u00A0% credible interval");
    for (const method of AnalysisMethod.options)
      expect(viewIntervalWords("plan", aResults({ plan: { ...DEFAULT_ANALYSIS, method } }))).toContain("95\u00A0%");
  });

  it.each([
    [0.05, "95\u00A0%"],
    [0.1, "90\u00A0%"],
    [0.005, "99.5\u00A0%"],
  ])("write the level of α = %f as %s", (alpha, level) => {
    expect(levelWords(alpha)).toBe(level);
  });
});
