import type { Ruleset, RulesetKey } from "../../contract/ruleset.ts";

/** The key whose hash is in {@link benchRulesetKey}. */
export const benchKey = `ew_client_production_${"b".repeat(32)}`;

export const benchRulesetKey: RulesetKey = {
  id: "bench",
  type: "client",
  hash: "c2a08a3b9e11b6d9134f110abbef7a7011d9880444d6f4f8c35208a02b45348a",
};

/** One experiment for all of two countries. */
export const aRuleset: Ruleset = {
  environment: "production",
  enabled: true,
  generation: 1,
  shards: 8,
  keys: [benchRulesetKey],
  audiences: [],
  holdouts: [],
  flags: [],
  overrides: [],
  experiments: [
    {
      id: "01K0000000000000000000000",
      key: "checkout_button",
      type: "ab",
      status: "running",
      salt: "3f6f3f0e-5f0b-4a55-9d0f-2f3c7d6d2b11",
      unit_type: "user_id",
      layer_salt: "3f6f3f0e-5f0b-4a55-9d0f-2f3c7d6d2b11/traffic",
      slots: [{ range_start: 0, range_end: 9_999 }],
      url: null,
      variants: [
        { id: "v-control", key: "control", weight_bp: 5_000, is_control: true, config: { colour: "blue" } },
        { id: "v-treatment", key: "treatment", weight_bp: 5_000, is_control: false, config: { colour: "green" } },
      ],
      rules: [{ conditions: [{ attribute: "plan", operator: "in", value: ["free", "pro"] }] }],
      phases: [{ number: 1, started_at: 0 }],
      metrics: [],
    },
  ],
  metrics: [],
};
