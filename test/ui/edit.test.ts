import { describe, expect, it } from "vitest";
import { DEFAULT_ANALYSIS } from "../../contract/analysis-settings.ts";
import { ExperimentChange, type Experiment } from "../../contract/experiment.ts";
import { defaultAnalysisDraft } from "../../ui/experiments/analysis-draft.ts";
import { changeBetween, draftOf, targetingFields } from "../../ui/experiments/edit.ts";
import { parseDraft } from "../../ui/experiments/kept-draft.ts";
import { emptyDraft } from "../../ui/experiments/draft.ts";

const AT = "2026-11-21T12:00:00Z";

const experiment: Experiment = {
  id: "exp_1",
  key: "hero",
  name: "Hero",
  hypothesis: "It helps.",
  owner: "",
  type: "ab",
  status: "draft",
  environments: ["production"],
  salt: "salt",
  unit_type: "company_id",
  url: null,
  layer: { id: "lay_1", key: "hero/traffic", salt: "salt/traffic" },
  slots: [{ range_start: 100, range_end: 799 }],
  traffic: 0.07,
  variants: [
    { id: "var_2", key: "b", name: "B", weight_bp: 3350, is_control: false, config: { label: "Pay" }, levels: null },
    { id: "var_1", key: "a", name: "A", weight_bp: 6650, is_control: true, config: null, levels: null },
  ],
  targeting: { rules: [{ conditions: [{ attribute: "country", operator: "in", value: ["US", "CA"] }] }] },
  primary_metric: null,
  secondary_metrics: ["revenue"],
  guardrail_metrics: ["refunds"],
  guardrail_limits: { refunds: 0.07 },
  analysis: { ...DEFAULT_ANALYSIS, method: "bayesian", prior_sd: 0.07, loss_threshold: 0.0007 },
  min_detectable_effect: 0.07,
  significance_level: 0.05,
  power: 0.8,
  estimated_duration_days: 21,
  starts_at: null,
  ends_at: null,
  prerequisites: [],
  sticky: false,
  server_only: false,
  switchback: null,
  factors: null,
  dimensions: ["country", "plan tier"],
  watch: [],
  member_type: null,
  phase: 1,
  revision: 3,
  created_at: AT,
  updated_at: AT,
  started_at: null,
  ended_at: null,
};

const draft = draftOf(experiment);

describe("the form of an experiment that exists", () => {
  it("is filled with what the experiment is, in the units of the form", () => {
    expect(draft).toMatchObject({
      unit: "other",
      other_unit: "company_id",
      layer: "",
      traffic: "7",
      countries: "US, CA",
      min_detectable_effect: "7",
      estimated_duration_days: "21",
      guardrail_limits: { refunds: "7" },
      dimensions: "country, plan tier",
      analysis: { method: "bayesian", prior_sd: "7", loss_threshold: "0.07", looks: "5" },
    });
    expect(draft.variants.map(({ name, weight, config }) => [name, weight, config])).toEqual([
      ["A", "66.5", ""],
      ["B", "33.5", '{\n  "label": "Pay"\n}'],
    ]);
  });

  it("asks for no change when nothing was changed, so that exact buckets stay", () => {
    expect(changeBetween(draft, draft)).toEqual({});
  });

  it("asks for what was changed and nothing else, also for what was emptied", () => {
    const change = changeBetween(draft, {
      ...draft,
      primary_metric: "bought",
      hypothesis: "",
      secondary_metrics: [],
      countries: "",
    });
    expect(change).toEqual({ primary_metric: "bought", hypothesis: "", secondary_metrics: [], targeting: {} });
    expect(ExperimentChange.safeParse(change).success).toBe(true);
  });

  it("sends all settings when one is changed, back to the defaults too", () => {
    const shorter = { ...draft, analysis: { ...draft.analysis, min_days: "3" } };
    expect(changeBetween(draft, shorter)).toEqual({ analysis: { ...experiment.analysis, min_days: 3 } });
    const plain = { ...draft, analysis: defaultAnalysisDraft(), guardrail_limits: {}, dimensions: "" };
    const change = changeBetween(draft, plain);
    expect(change).toEqual({ analysis: DEFAULT_ANALYSIS, guardrail_limits: {}, dimensions: [] });
    expect(ExperimentChange.safeParse(change).success).toBe(true);
  });

  it("takes back what was emptied and has no empty value", () => {
    const full = { ...draft, layer: "shared", primary_metric: "bought" };
    const change = changeBetween(full, { ...full, layer: "", primary_metric: "", min_detectable_effect: " " });
    expect(change).toMatchObject({ layer: null, primary_metric: null, min_detectable_effect: null });
    expect(ExperimentChange.safeParse(change).success).toBe(true);
  });

  it("leaves rules alone that its fields cannot say", () => {
    const visits = { attribute: "visits", operator: "gt", value: 1 } as const;
    expect(targetingFields([{ conditions: [visits] }])).toBeUndefined();
    expect(targetingFields([{ conditions: [visits] }, { conditions: [visits] }])).toBeUndefined();
    expect(targetingFields([])).toEqual({ countries: "", platforms: "", audience: "" });
  });
});

describe("a kept draft", () => {
  it("comes back as it was, with new fields at their defaults", () => {
    const kept = { ...emptyDraft(), name: "Hero" };
    expect(parseDraft(JSON.stringify(kept))).toEqual(kept);
    const { unit: _, ...older } = kept;
    expect(parseDraft(JSON.stringify(older))).toEqual(kept);
  });

  it.each([null, "", "{", "null", "[]", JSON.stringify(emptyDraft())])("is none when what is stored is %j", (text) => {
    expect(parseDraft(text)).toBeUndefined();
  });
});
