import type { Ruleset, RulesetExperiment, RulesetFlag, RulesetMetric } from "../../contract/ruleset.ts";

/** A running half-and-half experiment for everyone, with the changes that a test is about. */
export const anExperiment = (change: Partial<RulesetExperiment> = {}): RulesetExperiment => {
  const key = change.key ?? "checkout_button";
  return {
    id: `id-${key}`,
    key,
    type: "ab",
    status: "running",
    salt: `salt-${key}`,
    unit_type: "user_id",
    layer_salt: `salt-${key}/traffic`,
    slots: [{ range_start: 0, range_end: 9_999 }],
    url: null,
    variants: [
      { id: `${key}-c`, key: "control", weight_bp: 5_000, is_control: true, config: null },
      { id: `${key}-t`, key: "treatment", weight_bp: 5_000, is_control: false, config: { colour: "green" } },
    ],
    rules: [],
    phases: [{ number: 1, started_at: 0 }],
    metrics: [],
    ...change,
  };
};

/** A boolean flag that is on for everyone, with the changes that a test is about. */
export const aFlag = (change: Partial<RulesetFlag> = {}): RulesetFlag => ({
  id: `id-${change.key ?? "f"}`,
  key: "f",
  type: "boolean",
  enabled: true,
  unit_type: "user_id",
  default_value: true,
  variants: {},
  rules: [],
  prerequisites: [],
  metadata: {},
  ...change,
});

/** A conversion of purchases, with the changes that a test is about. */
export const aMetric = (change: Partial<RulesetMetric> = {}): RulesetMetric => ({
  id: `id-${change.key ?? "purchases"}`,
  key: "purchases",
  type: "conversion",
  numerator: { event: "purchase", value: null, filters: [] },
  denominator: null,
  cap: null,
  cap_percentile: null,
  window_hours: null,
  quantile: null,
  retention_days: null,
  ...change,
});

/** An environment with one experiment, with the changes that a test is about. */
export const aRuleset = (change: Partial<Ruleset> = {}): Ruleset => ({
  environment: "production",
  enabled: true,
  generation: 1,
  shards: 8,
  keys: [],
  audiences: [],
  holdouts: [],
  flags: [],
  overrides: [],
  experiments: [anExperiment()],
  metrics: [],
  ...change,
});
