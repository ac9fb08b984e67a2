import { describe, expect, it } from "vitest";
import type { Look } from "../../contract/sequence.ts";
import { heterogeneityWords, segmentTable } from "../../ui/dimensions/segment-rows.ts";
import { lookRows } from "../../ui/results/looks.ts";
import { preferenceWords } from "../../ui/results/preference.ts";
import { trendSentence } from "../../ui/results/trend-words.ts";
import { aLookComparison, aMetricResult, aResults, aSegment, aSegmentsResult, aTrend, NOTHING } from "./a-results.ts";

describe("the results by a dimension", () => {
  const table = segmentTable(aResults(), aMetricResult(), aSegmentsResult());

  it("have everybody on top and the corrected p-value of each group", () => {
    expect(table.groups.map(({ name, users, all }) => [name, users, all])).toEqual([
      ["All", "2,000", true],
      ["US", "900", false],
      ["CA", "600", false],
      ["All other values", "60", false],
    ]);
    expect(table.groups[1]?.rows[0]).toMatchObject({
      variant: "Short copy",
      control: "9.20\u00A0%",
      value: "10.20\u00A0%",
      change: "+10.8\u00A0%",
      interval: "−1.0\u00A0% to +22.6\u00A0%",
      p: "p = 0.140",
    });
  });

  it("keep back a group that is too small, and say why a group has no interval", () => {
    expect(table.groups[3]).toMatchObject({ withheld: true, rows: [] });
    const nothing = aSegment({ comparisons: [{ ...NOTHING, key: "short", adjusted_p_value: null }] });
    const [, group] = segmentTable(aResults(), aMetricResult(), aSegmentsResult({ values: [nothing] })).groups;
    expect(group?.rows[0]).toMatchObject({ change: "–", interval: "No data", p: "–", bar: undefined });
  });

  it("say whether the change differs between the groups", () => {
    const found = {
      key: "short",
      cochran_q: 4.2,
      degrees_of_freedom: 1,
      p_value: 0.02,
      adjusted_p_value: 0.04,
      i_squared: 0.76,
      reversal: false,
    };
    expect(heterogeneityWords("B", found)).toEqual({
      differs: true,
      text: "The change with “B” differs between the values (Q = 4.2 on 1 df, p = 0.040 corrected); 76\u00A0% of the variation is more than chance.",
    });
    expect(heterogeneityWords("B", { ...found, adjusted_p_value: 0.4 }).text).toBe(
      "No sign that the change with “B” differs between the values (Q = 4.2 on 1 df, p = 0.400 corrected).",
    );
  });
});

describe("the course of an effect", () => {
  it("is told with what it was and what it became, in the metric's unit", () => {
    expect(trendSentence(aTrend(), aMetricResult())).toBe(
      "The effect wears off, as that of a novelty does: +1.20\u00A0pp early, +0.31\u00A0pp late (p = 0.004).",
    );
    expect(trendSentence(aTrend({ classification: "stable", late_minus_early_p_value: null }), aMetricResult())).toBe(
      "The effect is the same for early and late days: +1.20\u00A0pp early, +0.31\u00A0pp late.",
    );
  });

  it("claims nothing while it cannot be told", () => {
    expect(trendSentence(aTrend({ classification: "other", early_effect: null }), aMetricResult())).toBe(
      "Whether the effect changes with time cannot be told yet.",
    );
  });
});

describe("the looks of a plan", () => {
  it("are told as they were taken, of the primary metric only", () => {
    const look: Look = {
      number: 1,
      at: "2026-11-06T00:00:00.000Z",
      information_fraction: 0.2,
      bound: 4.877,
      alpha_spent: 0.000_001,
      comparisons: [aLookComparison(), aLookComparison({ metric_key: "revenue" })],
    };
    const sequence = {
      ...aResults().sequence,
      looks: [look, { ...look, number: 2, bound: null, comparisons: [aLookComparison({ z: null, rejected: true })] }],
    };
    expect(lookRows(aResults({ sequence }))).toEqual([
      ["1 of 5", "6 Nov", "Short copy", "20\u00A0%", "±4.88", "+2.90", "<\u00A00.0001", "go on"],
      ["2 of 5", "6 Nov", "Short copy", "20\u00A0%", "none", "–", "<\u00A00.0001", "beyond the bound"],
    ]);
  });
});

describe("a preference between two rankings", () => {
  it.each([
    [{ preference: 0.043, ci_low: 0.012, ci_high: 0.074 }, "+4.3\u00A0% for B (+1.2\u00A0% to +7.4\u00A0%)"],
    [{ preference: -0.02, ci_low: -0.05, ci_high: 0.01 }, "+2.0\u00A0% for A (−1.0\u00A0% to +5.0\u00A0%)"],
    [{ preference: 0.02, ci_low: null, ci_high: null }, "+2.0\u00A0% for B"],
    [{ preference: null, ci_low: null, ci_high: null }, "–"],
  ])("of %j is for the one that is named", (one, words) => {
    expect(preferenceWords(one, ["A", "B"])).toBe(words);
  });
});
