import type { AcceptedEvent, EventMessage } from "../../contract/event-message.ts";
import type { Ruleset, RulesetMetric, RulesetMetricSide } from "../../contract/ruleset.ts";
import { hash32 } from "../../core/hash.ts";
import { wideHash } from "../../core/wide-hash.ts";

const DAY = 86_400_000;
export const T0 = 20_700 * DAY;

/** Looks random, and is the same every time: a UUID's 32 digits. */
export const digits = (text: string): string => wideHash(text);

const uuid = (text: string): string => digits(text).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

/** The id of a unit. */
export const unitId = (unit: number): string => uuid(`unit ${unit}`);

const side = (event: string, value: string | null): RulesetMetricSide => ({ event, value, filters: [] });

const metric = (key: string, change: Partial<RulesetMetric> & Pick<RulesetMetric, "numerator">): RulesetMetric => ({
  id: `met_${digits(key).slice(0, 18)}`,
  key,
  type: "conversion",
  denominator: null,
  cap: null,
  cap_percentile: null,
  window_hours: 24 * 14,
  quantile: null,
  retention_days: null,
  ...change,
});

const metrics = [
  metric("bought", { numerator: side("purchase", null) }),
  metric("revenue", { type: "sum", numerator: side("purchase", "value"), cap: 500 }),
  metric("carts", { type: "count", numerator: side("add_to_cart", null) }),
  metric("signed_up", { numerator: side("signup", null) }),
  metric("search_time", { type: "mean", numerator: side("search", "value") }),
];

const EXPERIMENTS = ["checkout_button", "search_ranking", "free_shipping"];

/** Three experiments with five metrics. */
export const ruleset: Ruleset = {
  environment: "bench",
  enabled: true,
  generation: 1,
  shards: 1,
  keys: [],
  audiences: [],
  holdouts: [],
  flags: [],
  overrides: [],
  metrics,
  experiments: EXPERIMENTS.map((key) => {
    const id = `exp_${digits(key).slice(0, 18)}`;
    return {
      id,
      key,
      type: "ab",
      status: "running",
      salt: key,
      unit_type: "user_id",
      layer_salt: `${key}/traffic`,
      slots: [{ range_start: 0, range_end: 9999 }],
      url: null,
      variants: ["control", "treatment"].map((variant, index) => ({
        id: `var_${id.slice(4)}_${index}`,
        key: variant,
        weight_bp: 5_000,
        is_control: index === 0,
        config: null,
      })),
      rules: [],
      phases: [{ number: 1, started_at: T0 - DAY }],
      metrics: metrics.map((each) => ({ id: each.id, role: "secondary" })),
    };
  }),
};

/** The events of one visit: exposures to all experiments the first time, one of each metric's events, and page views to fill up. */
const eventsOf = (unit: number, visit: number, count: number): AcceptedEvent[] => {
  const at = T0 + visit * 3_600_000;
  const common = (index: number) => ({
    event_id: uuid(`${unit} ${visit} ${index}`),
    at: at + index * 1_000,
    timestamp: at + index * 1_000,
    units: [["user_id", unitId(unit)]] as [string, string][],
  });
  const exposures = EXPERIMENTS.slice(0, visit === 0 ? 3 : 1).map((experiment_key, index) => ({
    ...common(index),
    type: "exposure" as const,
    experiment_key,
    variant_key: hash32(`${unit} ${experiment_key}`) % 2 === 0 ? "control" : "treatment",
    config_version: 1,
  }));
  const names = ["add_to_cart", "purchase", "signup", "search", "purchase"];
  return [
    ...exposures,
    ...Array.from({ length: count - exposures.length }, (_, index) => ({
      ...common(exposures.length + index),
      type: "metric" as const,
      name: names[index] ?? "page_view",
      ...(index < names.length && { value: 10 + ((unit + index) % 90) }),
      properties: { page: `/products/${(unit + index) % 500}`, currency: "EUR" },
    })),
  ];
};

/** The message of a browser's batch: one unit's visit. */
export const aVisit = (unit: number, visit: number, count: number): EventMessage => ({
  format: 2,
  message_id: digits(`message ${unit} ${visit}`),
  intake: digits(`intake ${unit} ${visit}`).slice(0, 16),
  batch_id: uuid(`batch ${unit} ${visit}`),
  environment: "bench",
  generation: 1,
  shard: 0,
  shards: 1,
  received_at: T0 + visit * 3_600_000 + count * 1_000,
  accounted: count,
  events: eventsOf(unit, visit, count),
  rejected: [],
});
