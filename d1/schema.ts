import { relations, sql } from "drizzle-orm";
import { check, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { AnalysisSettings } from "../contract/analysis-settings.ts";
import type { ApiKeyType } from "../contract/api-key.ts";
import type { ExperimentStatus, ExperimentType, Phase, Switchback } from "../contract/experiment.ts";
import type { Factors } from "../contract/factor.ts";
import type { FlagEnvironment, FlagMetadata, FlagType } from "../contract/flag.ts";
import type { JsonValue } from "../contract/json.ts";
import type { Metric, MetricFilters, MetricRole, MetricType } from "../contract/metric.ts";
import type { Results } from "../contract/results.ts";
import type { Role } from "../contract/session.ts";
import type { Prerequisite } from "../contract/prerequisite.ts";
import type { Rule } from "../contract/targeting.ts";

/** What holds in a phase: a phase ends when any of this changes. */
export type PhaseDefinition = Omit<Phase, "number" | "started_at" | "reason">;

/** What holds for experiments that were planned before there was a choice: they are read once, at their planned end. */
const PLANNED_BEFORE: AnalysisSettings = {
  method: "fixed_horizon",
  correction: "bonferroni",
  cuped: false,
  tuning_units: 10_000,
  looks: 5,
  spending: "obrien_fleming",
  spending_parameter: null,
  prior_sd: 0.3,
  loss_threshold: 0.0025,
  min_days: 0,
};

// Ids are as `id.ts` makes them: they sort by time of creation, so lists page by id. Instants are ISO 8601 text in UTC.

/** One row. `revision` counts the writes; `commit.ts` says how it keeps them apart. */
export const workspace = sqliteTable(
  "workspace",
  { id: integer().primaryKey(), revision: integer().notNull() },
  (table) => [check("workspace_is_one_row", sql`${table.id} = 1`)],
);

export const environments = sqliteTable("environments", {
  id: text().primaryKey(),
  key: text().notNull().unique(),
  name: text().notNull(),
  enabled: integer({ mode: "boolean" }).notNull(),
  generation: integer().notNull(),
  shards: integer().notNull(),
  /** Where it is there, units are stored as hashes with this salt only. Never shown. */
  unit_id_salt: text(),
  created_at: text().notNull(),
});

export const layers = sqliteTable("layers", {
  id: text().primaryKey(),
  key: text().notNull().unique(),
  name: text().notNull(),
  salt: text().notNull().unique(),
  unit_type: text().notNull(),
  created_at: text().notNull(),
});

export const metrics = sqliteTable("metrics", {
  id: text().primaryKey(),
  key: text().notNull().unique(),
  name: text().notNull(),
  type: text().$type<MetricType>().notNull(),
  event: text(),
  value: text(),
  numerator: text({ mode: "json" }).$type<NonNullable<Metric["numerator"]>>(),
  denominator: text({ mode: "json" }).$type<NonNullable<Metric["denominator"]>>(),
  filters: text({ mode: "json" }).$type<MetricFilters>(),
  quantile: real(),
  retention_days: text({ mode: "json" }).$type<NonNullable<Metric["retention_days"]>>(),
  direction: text().$type<Metric["direction"]>().notNull(),
  cap: real(),
  cap_percentile: real(),
  window_hours: real(),
  created_at: text().notNull(),
});

export const audiences = sqliteTable("audiences", {
  id: text().primaryKey(),
  key: text().notNull().unique(),
  name: text().notNull(),
  rules: text({ mode: "json" }).$type<Rule[]>().notNull(),
  /** The list of ids: which attribute is looked up, how many there are, and their hashes as `core/id-list.ts` writes them. */
  id_attribute: text(),
  id_count: integer(),
  id_list: text(),
  created_at: text().notNull(),
});

export const flags = sqliteTable("flags", {
  id: text().primaryKey(),
  key: text().notNull().unique(),
  name: text().notNull(),
  description: text().notNull(),
  type: text().$type<FlagType>().notNull(),
  unit_type: text().notNull(),
  salt: text().notNull(),
  default_value: text({ mode: "json" }).$type<JsonValue>(),
  /** SQL NULL when the flag has none; the JSON null is a value. */
  off_value: text({ mode: "json" }).$type<JsonValue>(),
  variants: text({ mode: "json" }).$type<Record<string, JsonValue>>().notNull(),
  metadata: text({ mode: "json" }).$type<FlagMetadata>().notNull(),
  prerequisites: text({ mode: "json" }).$type<Prerequisite[]>().notNull(),
  server_only: integer({ mode: "boolean" }).notNull(),
  archived: integer({ mode: "boolean" }).notNull(),
  /** By environment key. */
  environments: text({ mode: "json" }).$type<Record<string, FlagEnvironment>>().notNull(),
  revision: integer().notNull(),
  created_at: text().notNull(),
  updated_at: text().notNull(),
});

export const holdouts = sqliteTable("holdouts", {
  id: text().primaryKey(),
  key: text().notNull().unique(),
  name: text().notNull(),
  share: real().notNull(),
  unit_type: text().notNull(),
  salt: text().notNull(),
  /** Environment keys. */
  environments: text({ mode: "json" }).$type<string[]>().notNull(),
  /** Keys; null covers everything. */
  covers: text({ mode: "json" }).$type<{ experiments: string[]; flags: string[] } | null>(),
  created_at: text().notNull(),
});

export const overrides = sqliteTable(
  "overrides",
  {
    id: text().primaryKey(),
    /** Key of the experiment or of the flag; one of the two. */
    experiment: text(),
    flag: text(),
    unit_type: text().notNull(),
    unit: text().notNull(),
    /** What rulesets carry instead of the unit: see `core/unit-hash.ts`. */
    unit_hash: text().notNull(),
    variant: text(),
    value: text({ mode: "json" }).$type<JsonValue>(),
    /** Null for all environments. */
    environment: text().references(() => environments.key),
    created_at: text().notNull(),
  },
  (table) => [check("overrides_one_target", sql`(${table.experiment} IS NULL) <> (${table.flag} IS NULL)`)],
);

export const experiments = sqliteTable(
  "experiments",
  {
    id: text().primaryKey(),
    key: text().notNull().unique(),
    name: text().notNull(),
    hypothesis: text().notNull(),
    owner: text().notNull(),
    type: text().$type<ExperimentType>().notNull(),
    status: text().$type<ExperimentStatus>().notNull(),
    /** Environment keys. */
    environments: text({ mode: "json" }).$type<string[]>().notNull(),
    salt: text().notNull().unique(),
    unit_type: text().notNull(),
    url: text(),
    layer_id: text()
      .notNull()
      .references(() => layers.id),
    rules: text({ mode: "json" }).$type<Rule[]>().notNull(),
    min_detectable_effect: real(),
    significance_level: real().notNull(),
    power: real().notNull(),
    estimated_duration_days: integer().notNull(),
    starts_at: text(),
    ends_at: text(),
    prerequisites: text({ mode: "json" }).$type<Prerequisite[]>().notNull().default([]),
    sticky: integer({ mode: "boolean" }).notNull().default(false),
    server_only: integer({ mode: "boolean" }).notNull().default(false),
    switchback: text({ mode: "json" }).$type<Switchback | null>(),
    factors: text({ mode: "json" }).$type<Factors | null>(),
    dimensions: text({ mode: "json" }).$type<string[]>().notNull().default([]),
    member_type: text(),
    guardrail_limits: text({ mode: "json" }).$type<Record<string, number>>().notNull().default({}),
    analysis: text({ mode: "json" }).$type<AnalysisSettings>().notNull().default(PLANNED_BEFORE),
    phase: integer().notNull(),
    revision: integer().notNull(),
    created_at: text().notNull(),
    updated_at: text().notNull(),
    started_at: text(),
    ended_at: text(),
  },
  (table) => [index("experiments_by_layer").on(table.layer_id), index("experiments_by_status").on(table.status)],
);

export const variants = sqliteTable(
  "variants",
  {
    id: text().primaryKey(),
    experiment_id: text()
      .notNull()
      .references(() => experiments.id),
    /** Variants are walked in this order when a bucket picks one. */
    position: integer().notNull(),
    key: text().notNull(),
    name: text().notNull(),
    weight_bp: integer().notNull(),
    is_control: integer({ mode: "boolean" }).notNull(),
    config: text({ mode: "json" }).$type<JsonValue>(),
    /** Factor key → level key, of a cell of a factorial. */
    levels: text({ mode: "json" }).$type<Record<string, string> | null>(),
  },
  (table) => [
    uniqueIndex("variants_by_key").on(table.experiment_id, table.key),
    check("variants_weight_bp", sql`${table.weight_bp} BETWEEN 0 AND 10000`),
  ],
);

/** The buckets of its layer that an experiment holds, or held until it was completed. Inclusive at both ends. */
export const slots = sqliteTable(
  "slots",
  {
    experiment_id: text()
      .notNull()
      .references(() => experiments.id),
    range_start: integer().notNull(),
    range_end: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.experiment_id, table.range_start] }),
    check(
      "slots_range",
      sql`0 <= ${table.range_start} AND ${table.range_start} <= ${table.range_end} AND ${table.range_end} <= 9999`,
    ),
  ],
);

export const experimentMetrics = sqliteTable(
  "experiment_metrics",
  {
    experiment_id: text()
      .notNull()
      .references(() => experiments.id),
    position: integer().notNull(),
    metric_id: text()
      .notNull()
      .references(() => metrics.id),
    role: text().$type<MetricRole>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.experiment_id, table.position] }),
    uniqueIndex("experiment_metrics_once").on(table.experiment_id, table.metric_id),
  ],
);

/** Experiments whose joint effects are watched: each pair is here twice, once from either side. */
export const watchedExperiments = sqliteTable(
  "watched_experiments",
  {
    experiment_id: text()
      .notNull()
      .references(() => experiments.id),
    other_id: text()
      .notNull()
      .references(() => experiments.id),
  },
  (table) => [
    primaryKey({ columns: [table.experiment_id, table.other_id] }),
    check("watched_experiments_are_two", sql`${table.experiment_id} <> ${table.other_id}`),
  ],
);

/** Stretches of a started experiment with unchanged weights, slots and targeting. */
export const phases = sqliteTable(
  "phases",
  {
    experiment_id: text()
      .notNull()
      .references(() => experiments.id),
    number: integer().notNull(),
    started_at: text().notNull(),
    reason: text().notNull().default(""),
    /** What held in this phase, for the record; null in phases from before this was kept. */
    definition: text({ mode: "json" }).$type<PhaseDefinition | null>(),
  },
  (table) => [primaryKey({ columns: [table.experiment_id, table.number] })],
);

export const apiKeys = sqliteTable("api_keys", {
  id: text().primaryKey(),
  name: text().notNull(),
  type: text().$type<ApiKeyType>().notNull(),
  environment: text().references(() => environments.key),
  /** SHA-256 of the whole key in hex. */
  hash: text().notNull().unique(),
  hint: text().notNull(),
  ofrep_extras: integer({ mode: "boolean" }).notNull().default(false),
  created_at: text().notNull(),
  revoked_at: text(),
});

export const users = sqliteTable("users", {
  id: text().primaryKey(),
  email: text().notNull().unique(),
  role: text().$type<Role>().notNull(),
  password_hash: text().notNull(),
  created_at: text().notNull(),
});

export const sessions = sqliteTable("sessions", {
  /** SHA-256 of the cookie's token in hex. */
  token_hash: text().primaryKey(),
  user_id: text()
    .notNull()
    .references(() => users.id),
  created_at: text().notNull(),
  expires_at: text().notNull(),
});

/** How often somebody tried to sign in, by SHA-256 of e-mail and address, in windows of fixed length. */
export const signInAttempts = sqliteTable(
  "sign_in_attempts",
  { subject: text().notNull(), window_ends_at: text().notNull(), attempts: integer().notNull() },
  (table) => [primaryKey({ columns: [table.subject, table.window_ends_at] })],
);

/** One row a write, append-only. `revision` is the workspace's after the write, and is what keeps writes apart. */
export const auditEvents = sqliteTable("audit_events", {
  revision: integer().primaryKey(),
  at: text().notNull(),
  actor: text().notNull(),
  action: text().notNull(),
  target: text().notNull(),
  change: text({ mode: "json" }).$type<JsonValue>().notNull(),
});

export const resultSnapshots = sqliteTable(
  "result_snapshots",
  {
    experiment_id: text()
      .notNull()
      .references(() => experiments.id),
    environment: text().notNull(),
    /** The full hour that the snapshot stands for. */
    hour: text().notNull(),
    results: text({ mode: "json" }).$type<Results>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.experiment_id, table.environment, table.hour] })],
);

export const experimentRelations = relations(experiments, ({ one, many }) => ({
  layer: one(layers, { fields: [experiments.layer_id], references: [layers.id] }),
  variants: many(variants),
  slots: many(slots),
  metrics: many(experimentMetrics),
  phases: many(phases),
  watched: many(watchedExperiments, { relationName: "watcher" }),
}));

export const variantRelations = relations(variants, ({ one }) => ({
  experiment: one(experiments, { fields: [variants.experiment_id], references: [experiments.id] }),
}));

export const slotRelations = relations(slots, ({ one }) => ({
  experiment: one(experiments, { fields: [slots.experiment_id], references: [experiments.id] }),
}));

export const experimentMetricRelations = relations(experimentMetrics, ({ one }) => ({
  experiment: one(experiments, { fields: [experimentMetrics.experiment_id], references: [experiments.id] }),
  metric: one(metrics, { fields: [experimentMetrics.metric_id], references: [metrics.id] }),
}));

export const watchedExperimentRelations = relations(watchedExperiments, ({ one }) => ({
  experiment: one(experiments, {
    fields: [watchedExperiments.experiment_id],
    references: [experiments.id],
    relationName: "watcher",
  }),
  other: one(experiments, { fields: [watchedExperiments.other_id], references: [experiments.id] }),
}));

export const phaseRelations = relations(phases, ({ one }) => ({
  experiment: one(experiments, { fields: [phases.experiment_id], references: [experiments.id] }),
}));
