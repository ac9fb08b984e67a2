import type { AcceptedEvent, EventMessage } from "../../contract/event-message.ts";
import { LATE_AFTER_MS } from "../../contract/event.ts";
import type { Ruleset, RulesetExperiment, RulesetMetric, RulesetMetricSide } from "../../contract/ruleset.ts";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Some midnight, UTC. */
export const T0 = 20_700 * DAY;
export const HORIZON = { lateAfterMs: LATE_AFTER_MS, queueDelayMs: 5 * DAY };

/** The value of each purchase; `{ value: null }` counts purchases. */
export const aSide = (change: Partial<RulesetMetricSide> = {}): RulesetMetricSide => ({
  event: "purchase",
  value: "value",
  filters: [],
  ...change,
});

export const aMetric = (change: Partial<RulesetMetric> & { id: string }): RulesetMetric => ({
  key: change.id,
  type: "conversion",
  numerator: aSide(change.type === undefined || change.type === "conversion" ? { value: null } : {}),
  denominator: null,
  cap: null,
  cap_percentile: null,
  window_hours: null,
  quantile: null,
  retention_days: null,
  ...change,
});

export const anExperiment = (change: Partial<RulesetExperiment> & { id: string }): RulesetExperiment => ({
  key: change.id,
  type: "ab",
  status: "running",
  salt: change.id,
  unit_type: "user_id",
  layer_salt: `${change.id}/traffic`,
  slots: [{ range_start: 0, range_end: 9999 }],
  url: null,
  variants: ["control", "treatment"].map((key) => ({
    id: `${change.id}.${key}`,
    key,
    weight_bp: 5000,
    is_control: key === "control",
    config: null,
  })),
  rules: [],
  phases: [{ number: 1, started_at: T0 - DAY }],
  metrics: [],
  ...change,
});

export const aRuleset = (change: Partial<Ruleset> = {}): Ruleset => ({
  environment: "production",
  enabled: true,
  generation: 1,
  shards: 1,
  keys: [],
  audiences: [],
  holdouts: [],
  flags: [],
  overrides: [],
  experiments: [],
  metrics: [],
  ...change,
});

type Change = Partial<AcceptedEvent> & { event_id: string };

export const anExposure = ({ at = T0, ...change }: Change): AcceptedEvent => ({
  type: "exposure",
  at,
  timestamp: at,
  units: [["user_id", "u1"]],
  experiment_key: "button",
  variant_key: "treatment",
  ...change,
});

export const aPurchase = ({ at = T0 + HOUR, ...change }: Change): AcceptedEvent => ({
  type: "metric",
  at,
  timestamp: at,
  units: [["user_id", "u1"]],
  name: "purchase",
  ...change,
});

export const aMessage = (change: Partial<EventMessage> & { message_id: string }): EventMessage => ({
  format: 2,
  intake: "00",
  batch_id: change.message_id,
  environment: "production",
  generation: 1,
  shard: 0,
  shards: 1,
  received_at: T0 + 2 * HOUR,
  accounted: (change.events?.length ?? 0) + (change.rejected?.length ?? 0),
  events: [],
  rejected: [],
  ...change,
});
