import { describe, expect, it } from "vitest";
import { DEFAULT_ANALYSIS } from "../../../contract/analysis-settings.ts";
import type { Experiment, Phase } from "../../../contract/experiment.ts";
import type { Variant } from "../../../contract/variant.ts";
import { analysisPlanOf } from "../../../workers/admin/analysis-plan.ts";

const PRODUCTION = { key: "production", generation: 1 };

const aVariant = (key: string, weight_bp: number): Variant => ({
  id: `var_${key}`,
  key,
  name: key,
  weight_bp,
  is_control: key === "control",
  config: null,
  levels: null,
});

const anExperiment = (change: Partial<Experiment> = {}): Experiment => ({
  id: "exp_1",
  key: "one",
  name: "One",
  hypothesis: "",
  owner: "",
  type: "ab",
  status: "running",
  environments: ["production"],
  salt: "salt",
  unit_type: "user_id",
  url: null,
  layer: { id: "lay_1", key: "one/traffic", salt: "salt/traffic" },
  slots: [],
  traffic: 1,
  variants: [aVariant("control", 5000), aVariant("b", 5000)],
  targeting: { rules: [] },
  primary_metric: null,
  secondary_metrics: [],
  guardrail_metrics: [],
  guardrail_limits: {},
  analysis: DEFAULT_ANALYSIS,
  min_detectable_effect: null,
  significance_level: 0.05,
  power: 0.8,
  estimated_duration_days: 14,
  starts_at: null,
  ends_at: null,
  prerequisites: [],
  sticky: false,
  server_only: false,
  switchback: null,
  dimensions: [],
  watch: [],
  member_type: null,
  factors: null,
  phase: 1,
  revision: 1,
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:00.000Z",
  started_at: "2026-01-02T00:00:00.000Z",
  ended_at: null,
  ...change,
});

const aPhase = (number: number, weights_bp: Record<string, number>): Phase => ({
  number,
  started_at: `2026-01-1${number}T00:00:00.000Z`,
  reason: "",
  weights_bp,
  slots: [],
  targeting: { rules: [] },
  prerequisites: [],
  salt: "salt",
});

const even = { control: 5000, b: 5000 };

describe("the plan of an analysis", () => {
  it("begins at the start of the experiment while all of its phases are analysed", () => {
    const phases = [aPhase(1, even), aPhase(2, even)];
    const plan = analysisPlanOf(anExperiment(), PRODUCTION, [], phases, phases);
    expect(plan.started_at).toBe(Date.parse("2026-01-02T00:00:00.000Z"));
  });

  it("begins at the first phase that is analysed when that is a later one", () => {
    const phases = [aPhase(1, even), aPhase(2, even)];
    const plan = analysisPlanOf(anExperiment(), PRODUCTION, [], phases, phases.slice(1));
    expect(plan.started_at).toBe(Date.parse("2026-01-12T00:00:00.000Z"));
  });

  it("does not begin before the start", () => {
    expect(analysisPlanOf(anExperiment({ started_at: null }), PRODUCTION, [], [], []).started_at).toBeNull();
  });

  it.each([
    ["leaves out a variant that a phase stopped", { control: 10_000, b: 0 }, even, ["control"]],
    ["keeps the control, whatever its weight", { control: 0, b: 10_000 }, even, ["control", "b"]],
    [
      "keeps a variant that never had any weight",
      { control: 10_000, b: 0 },
      { control: 10_000, b: 0 },
      ["control", "b"],
    ],
  ])("%s", (_, now, before, expected) => {
    const variants = Object.entries(now).map(([key, weight]) => aVariant(key, weight));
    const phases = [aPhase(1, before), aPhase(2, now)];
    const plan = analysisPlanOf(anExperiment({ variants }), PRODUCTION, [], phases, phases.slice(1));
    expect(plan.variants.map(({ key }) => key)).toEqual(expected);
  });
});
