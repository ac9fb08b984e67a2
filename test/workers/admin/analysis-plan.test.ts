import { describe, expect, it } from "vitest";
import { analyse } from "../../../analytics/analyse.ts";
import type { AnalysisMethod } from "../../../contract/analysis-settings.ts";
import { DEFAULT_ANALYSIS } from "../../../contract/analysis-settings.ts";
import type { Experiment, Phase } from "../../../contract/experiment.ts";
import type { Metric } from "../../../contract/metric.ts";
import type { Results } from "../../../contract/results.ts";
import type { Variant } from "../../../contract/variant.ts";
import { analysisPlanOf } from "../../../workers/admin/analysis-plan.ts";
import { cellsOf } from "../../analytics/an-analysis.ts";

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

const DAY_MS = 86_400_000;
const START = Date.parse("2026-01-02T00:00:00.000Z");
const at = (day: number): string => new Date(START + day * DAY_MS).toISOString();

/** The status and the end in the plan, so many days after the start. */
const endAfter = (day: number, change: Partial<Experiment>) => {
  const experiment = anExperiment(change);
  const { status, ended_at } = analysisPlanOf(experiment, PRODUCTION, [], [], [], START + day * DAY_MS);
  return [status, ended_at === null ? null : (ended_at - START) / DAY_MS];
};

const PURCHASE: Metric = {
  id: "met_1",
  key: "purchase",
  name: "Purchase",
  type: "conversion",
  event: "purchase",
  direction: "increase",
  created_at: at(0),
};

/** Of a clear winner of two weeks, so many days after its start. */
const resultsAfter = (day: number, method: AnalysisMethod, change: Partial<Experiment>): Results => {
  const analysis = { ...DEFAULT_ANALYSIS, method };
  const experiment = anExperiment({ primary_metric: PURCHASE.key, analysis, ...change });
  const ms = START + day * DAY_MS;
  const phases = [aPhase(1, even)];
  const plan = analysisPlanOf(experiment, PRODUCTION, [PURCHASE], phases, phases, ms);
  const lastDay = START / DAY_MS + 9;
  const cells = [
    ...cellsOf("var_control", 10_000, { met_1: 1000 }, lastDay),
    ...cellsOf("var_b", 10_000, { met_1: 1300 }, lastDay),
  ];
  return analyse(plan, cells, { ms, iso: new Date(ms).toISOString() }, null);
};

describe("the plan of an analysis", () => {
  it("begins at the start of the experiment while all of its phases are analysed", () => {
    const phases = [aPhase(1, even), aPhase(2, even)];
    const plan = analysisPlanOf(anExperiment(), PRODUCTION, [], phases, phases, START);
    expect(plan.started_at).toBe(Date.parse("2026-01-02T00:00:00.000Z"));
  });

  it("begins at the first phase that is analysed when that is a later one", () => {
    const phases = [aPhase(1, even), aPhase(2, even)];
    const plan = analysisPlanOf(anExperiment(), PRODUCTION, [], phases, phases.slice(1), START);
    expect(plan.started_at).toBe(Date.parse("2026-01-12T00:00:00.000Z"));
  });

  it("does not begin before the start", () => {
    expect(analysisPlanOf(anExperiment({ started_at: null }), PRODUCTION, [], [], [], START).started_at).toBeNull();
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
    const plan = analysisPlanOf(anExperiment({ variants }), PRODUCTION, [], phases, phases.slice(1), START);
    expect(plan.variants.map(({ key }) => key)).toEqual(expected);
  });

  it("counts all dimensions, since any of them can be read", () => {
    const plan = analysisPlanOf(anExperiment({ dimensions: ["country", "plan"] }), PRODUCTION, [], [], [], START);
    expect(plan.dimensions).toBe(2);
  });

  it.each(["running", "paused"] as const)(
    "is that of a completed experiment once its end has passed while %s",
    (status) => {
      expect(endAfter(9.9, { status, ends_at: at(10) })).toEqual([status, null]);
      expect(endAfter(10, { status, ends_at: at(10) })).toEqual(["completed", 10]);
      expect(endAfter(30, { status, ends_at: at(10) })).toEqual(["completed", 10]);
      expect(endAfter(30, { status })).toEqual([status, null]);
    },
  );

  it("ends when somebody completed it or at its end, whichever came first", () => {
    expect(endAfter(30, { status: "completed", ended_at: at(9), ends_at: at(10) })).toEqual(["completed", 9]);
    expect(endAfter(30, { status: "completed", ended_at: at(20), ends_at: at(10) })).toEqual(["completed", 10]);
    expect(endAfter(30, { status: "archived", ended_at: at(20), ends_at: at(10) })).toEqual(["archived", 10]);
    expect(endAfter(30, { status: "archived", ended_at: at(20) })).toEqual(["archived", 20]);
  });

  it("has no end before it has started", () => {
    expect(endAfter(30, { status: "draft", started_at: null, ends_at: at(10) })).toEqual(["draft", null]);
  });

  it("is read as one that ended early when its end came before the planned one", () => {
    const over = { ends_at: at(10) };
    const fixed = resultsAfter(11, "fixed_horizon", over).verdict;
    expect(fixed.code).toBe("degraded");
    expect(fixed.detail).toContain("Ended on day 11 of 14.");
    expect(resultsAfter(11, "anytime", over).verdict.code).toBe("ship");
    expect(resultsAfter(11, "fixed_horizon", {}).verdict.code).toBe("running");
    expect(resultsAfter(7, "fixed_horizon", over).progress?.days_left).toBe(3);
  });
});
