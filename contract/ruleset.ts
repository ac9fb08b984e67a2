import { z } from "zod";
import { MetricFilters, MetricRole, MetricType } from "./metric.ts";
import { ApiKeyType } from "./api-key.ts";
import { ExperimentStatus, ExperimentType } from "./experiment.ts";
import { FlagMetadata, FlagType } from "./flag.ts";
import { JsonValue } from "./json.ts";
import { Prerequisites } from "./prerequisite.ts";
import { Condition, Rules } from "./targeting.ts";

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
  /** ms since 1970; before it nobody is decided into the experiment. */
  starts_at: z.number().int().optional(),
  /** ms since 1970; from then on nobody is. */
  ends_at: z.number().int().optional(),
  /** Keys, never ids. */
  prerequisites: Prerequisites.optional(),
  /** Units that say which variant they have had keep it. */
  is_sticky: z.literal(true).optional(),
  /** Kept from client keys. */
  is_server_only: z.literal(true).optional(),
  /** A switchback test's unit is `<unit>@<floor(now / window)>`. */
  switchback_minutes: z.number().int().optional(),
  /** Events of so many minutes after a switchback window began are not counted in it. */
  burn_in_minutes: z.number().int().optional(),
  /** Attributes by whose value at first exposure the results are split, at most 8. */
  dimensions: z.array(z.string()).optional(),
  /** Ids of the experiments whose joint effects are watched. Each of a pair names the other. */
  watched: z.array(z.string()).optional(),
  /** Where the unit is a cluster: the type of the units in it, by whose number it is weighed. */
  member_type: z.string().optional(),
});
export type RulesetExperiment = z.infer<typeof RulesetExperiment>;

/** Members are those whom a rule matches (there may be none), and those on the list. */
export const RulesetAudience = z.object({
  key: z.string(),
  rules: Rules,
  /** The attribute that is looked up, and the list as `core/id-list.ts` writes it. */
  ids: z.object({ attribute: z.string(), list: z.string() }).optional(),
});
export type RulesetAudience = z.infer<typeof RulesetAudience>;

/** Keeps `bucket(unit, salt) < share_bp` out of what it covers. */
export const RulesetHoldout = z.object({
  key: z.string(),
  unit_type: z.string(),
  salt: z.string(),
  share_bp: z.number().int(),
  /** Keys; null covers everything. */
  covers: z.object({ experiments: z.array(z.string()), flags: z.array(z.string()) }).nullable(),
});
export type RulesetHoldout = z.infer<typeof RulesetHoldout>;

/** A unit that gets a chosen variant or value. Only a hash of it is here: see `core/unit-hash.ts`. */
export const RulesetOverride = z.object({
  /** Key of the experiment or of the flag. */
  experiment: z.string().optional(),
  flag: z.string().optional(),
  unit_type: z.string(),
  unit_hash: z.string(),
  variant: z.string().optional(),
  value: JsonValue.optional(),
});
export type RulesetOverride = z.infer<typeof RulesetOverride>;

export const RulesetFlagRule = z.object({
  name: z.string(),
  /** AND-ed; none means everyone. */
  conditions: z.array(Condition),
  /** The value that it serves; not there for a rule with an experiment. */
  value: JsonValue.optional(),
  /** The value's name. */
  variant: z.string().optional(),
  /** The share of the units whom it serves; all of them without it. */
  rollout: z
    .object({
      share_bp: z.number().int(),
      salt: z.string(),
      unit_type: z.string(),
      /** Later steps in order of time; the last one with `at` (ms since 1970) not after now counts. */
      schedule: z.array(z.object({ at: z.number().int(), share_bp: z.number().int() })),
    })
    .optional(),
  /** The key of the experiment that hangs on the flag here, and the value of each of its variants by key. */
  experiment: z.object({ key: z.string(), values: z.record(z.string(), JsonValue) }).optional(),
});
export type RulesetFlagRule = z.infer<typeof RulesetFlagRule>;

export const RulesetFlag = z.object({
  id: z.string(),
  key: z.string(),
  type: FlagType,
  enabled: z.boolean(),
  /** The type of the unit without which the flag's rollouts cannot be decided. */
  unit_type: z.string(),
  default_value: JsonValue,
  /** Not there when the flag has none. */
  off_value: JsonValue.optional(),
  /** Names of values. */
  variants: z.record(z.string(), JsonValue),
  rules: z.array(RulesetFlagRule),
  /** Keys, never ids. */
  prerequisites: Prerequisites,
  metadata: FlagMetadata,
  is_server_only: z.literal(true).optional(),
});
export type RulesetFlag = z.infer<typeof RulesetFlag>;

/** Which number of which events: all that fulfil all filters. */
export const RulesetMetricSide = z.object({
  event: z.string(),
  /** `value` is the event's own value, anything else a property; null counts the events. */
  value: z.string().nullable(),
  filters: MetricFilters,
});
export type RulesetMetricSide = z.infer<typeof RulesetMetricSide>;

/** What counting needs of a metric. */
export const RulesetMetric = z.object({
  id: z.string(),
  key: z.string(),
  type: MetricType,
  /** What is counted: a ratio's numerator. */
  numerator: RulesetMetricSide,
  /** A ratio's only. */
  denominator: RulesetMetricSide.nullable(),
  /** The most that one unit can contribute, in the metric's own unit. */
  cap: z.number().nullable(),
  /** The share of the units with an event, of all variants together, beyond which their values are cut down. */
  cap_percentile: z.number().nullable(),
  /** Events count from the first exposure for so many hours; null for as long as the experiment is kept. */
  window_hours: z.number().nullable(),
  quantile: z.number().nullable(),
  /** Retention: from the first to the last day since exposure, both inclusive, of 24 hours each from 0. */
  retention_days: z.tuple([z.number().int(), z.number().int()]).nullable(),
});
export type RulesetMetric = z.infer<typeof RulesetMetric>;

/** An SDK key: `hash` is the SHA-256 of the whole key in lower-case hex. Admin keys are never in a ruleset. */
export const RulesetKey = z.object({
  id: z.string(),
  type: ApiKeyType.exclude(["admin"]),
  hash: z.string(),
  /** Bulk OFREP answers to this key carry `metadata` and `eventStreams`, which some strict clients cannot read. */
  ofrep_extras: z.literal(true).optional(),
});
export type RulesetKey = z.infer<typeof RulesetKey>;

/**
 * Everything an environment's Workers need, compiled from D1. It is stored and sent as `core/encode-ruleset.ts` writes it:
 * immutable, named by the hash of that text.
 */
export const Ruleset = z.object({
  environment: z.string(),
  enabled: z.boolean(),
  /** How events are counted: see design section 6. */
  generation: z.number().int(),
  shards: z.number().int(),
  /** Where it is there, units are stored as hashes with this salt only. Never sent to anybody. */
  unit_id_salt: z.string().optional(),
  keys: z.array(RulesetKey),
  audiences: z.array(RulesetAudience),
  holdouts: z.array(RulesetHoldout),
  experiments: z.array(RulesetExperiment),
  flags: z.array(RulesetFlag),
  overrides: z.array(RulesetOverride),
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
