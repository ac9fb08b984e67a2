import { z } from "zod";
import { MetricRole, MetricType } from "./metric.ts";
import { ApiKeyType } from "./api-key.ts";
import { ExperimentStatus, ExperimentType } from "./experiment.ts";
import { JsonValue } from "./json.ts";
import { Rules } from "./targeting.ts";

export const RulesetVariant = z.object({
  id: z.string(),
  key: z.string(),
  weight_bp: z.number().int(),
  is_control: z.boolean(),
  config: JsonValue,
});
export type RulesetVariant = z.infer<typeof RulesetVariant>;

/** Experiments that have started and are not archived: the running ones are decided, all of them are counted. */
export const RulesetExperiment = z.object({
  id: z.string(),
  key: z.string(),
  type: ExperimentType,
  status: ExperimentStatus.extract(["running", "paused", "completed"]),
  salt: z.string(),
  unit_type: z.string(),
  /** The layer's salt; experiments with the same one are mutually exclusive. */
  layer_salt: z.string(),
  slots: z.array(z.object({ range_start: z.number().int(), range_end: z.number().int() })),
  url: z.string().nullable(),
  variants: z.array(RulesetVariant),
  rules: Rules,
  /** Phases in order; an exposure belongs to the last one that began at or before it. `started_at` in ms since 1970. */
  phases: z.array(z.object({ number: z.number().int(), started_at: z.number().int() })),
  /** Metric ids with their roles. */
  metrics: z.array(z.object({ id: z.string(), role: MetricRole })),
});
export type RulesetExperiment = z.infer<typeof RulesetExperiment>;

/** What counting needs of a metric. */
export const RulesetMetric = z.object({
  id: z.string(),
  key: z.string(),
  type: MetricType,
  event: z.string().nullable(),
  /** `value` is the event's own value, anything else a property. */
  value: z.string(),
  cap: z.number().nullable(),
  window_hours: z.number().nullable(),
});
export type RulesetMetric = z.infer<typeof RulesetMetric>;

/** An SDK key: `hash` is the SHA-256 of the whole key in lower-case hex. Admin keys are never in a ruleset. */
export const RulesetKey = z.object({
  id: z.string(),
  type: ApiKeyType.exclude(["admin"]),
  hash: z.string(),
});
export type RulesetKey = z.infer<typeof RulesetKey>;

/** Everything an environment's Workers need, compiled from D1: immutable, named by the hash of its text. */
export const Ruleset = z.object({
  format: z.literal(1),
  environment: z.string(),
  enabled: z.boolean(),
  /** How events are counted: see design section 6. */
  generation: z.number().int(),
  shards: z.number().int(),
  keys: z.array(RulesetKey),
  audiences: z.array(z.object({ key: z.string(), rules: Rules })),
  experiments: z.array(RulesetExperiment),
  metrics: z.array(RulesetMetric),
});
export type Ruleset = z.infer<typeof Ruleset>;

/** Which ruleset an environment is on. `version` only grows. */
export const RulesetPointer = z.object({
  version: z.number().int().min(1),
  /** SHA-256 of the blob's text in hex; the blob is `rs:<environment>:<hash>` in KV. */
  hash: z.string(),
  /** ms since 1970. */
  published_at: z.number().int(),
});
export type RulesetPointer = z.infer<typeof RulesetPointer>;
