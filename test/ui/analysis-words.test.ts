import { describe, expect, it } from "vitest";
import { AnalysisMethod, Correction, DEFAULT_ANALYSIS, Spending } from "../../contract/analysis-settings.ts";
import {
  correctionOf,
  CORRECTIONS,
  guardrailWords,
  intervalWords,
  methodFacts,
  METHODS,
  shareWords,
  SPENDINGS,
} from "../../ui/experiments/analysis-words.ts";

const facts = (change: Partial<typeof DEFAULT_ANALYSIS>) => methodFacts({ ...DEFAULT_ANALYSIS, ...change });

describe("how an experiment is read, in words", () => {
  it("offers all that the contract has", () => {
    expect([...METHODS].sort()).toEqual([...AnalysisMethod.options].sort());
    expect([...CORRECTIONS].sort()).toEqual([...Correction.options].sort());
    expect([...SPENDINGS].sort()).toEqual([...Spending.options].sort());
  });

  it.each([
    ["anytime", "always-valid 95\u00A0% interval"],
    ["group_sequential", "95\u00A0% interval of the last look"],
    ["fixed_horizon", "fixed-horizon 95\u00A0% interval"],
    ["bayesian", "95\u00A0% credible interval"],
  ] as const)("names the interval of %s the %s", (method, words) => {
    expect(intervalWords(method, 0.05)).toBe(words);
  });

  it("tells only what the method has a use for", () => {
    expect(facts({})).toEqual([["Narrowest at", "10,000 users of two compared variants"]]);
    expect(facts({ method: "fixed_horizon" })).toEqual([]);
    expect(facts({ method: "group_sequential", spending: "power", spending_parameter: 2 })[1]).toEqual([
      "Spending",
      "Power, by ρ (2)",
    ]);
    expect(facts({ method: "bayesian", prior_sd: null })).toEqual([
      ["Prior", "flat"],
      ["Shipped below an expected loss of", "0.25\u00A0%"],
    ]);
  });

  it("names the correction that is really made, whatever was chosen", () => {
    expect(correctionOf({ method: "group_sequential", correction: "holm" })).toBe("bonferroni");
    expect(correctionOf({ method: "group_sequential", correction: "none" })).toBe("none");
    expect(correctionOf({ method: "bayesian", correction: "holm" })).toBe("none");
    expect(correctionOf({ method: "anytime", correction: "holm" })).toBe("holm");
  });

  it("gives each guardrail its limit: its own, the smallest change worth finding, or the default", () => {
    const experiment = { guardrail_limits: { refunds: 0.1 }, min_detectable_effect: 0.05 };
    expect(guardrailWords(experiment, "refunds")).toBe("refunds (may worsen by 10\u00A0%)");
    expect(guardrailWords(experiment, "load")).toBe("load (may worsen by 5\u00A0%)");
    expect(guardrailWords({ ...experiment, min_detectable_effect: null }, "load")).toBe(
      "load (may worsen by 2\u00A0%)",
    );
  });

  it.each([
    [0.02, "2\u00A0%"],
    [0.0025, "0.25\u00A0%"],
    [0.07, "7\u00A0%"],
  ])("writes the share %f as %s", (share, words) => {
    expect(shareWords(share)).toBe(words);
  });
});
