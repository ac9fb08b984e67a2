import { and, asc, eq, inArray, or, sql } from "drizzle-orm";
import type { Experiment, ExperimentStatus } from "../contract/experiment.ts";
import { open } from "./database.ts";
import type { Statement } from "./database.ts";
import { after, pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { experimentMetrics, experiments, metrics, slots, variants, watchedExperiments } from "./schema.ts";

/** Experiments that have started and are not archived: the running ones are decided, all of them are counted. */
export const COUNTED_STATUSES = ["running", "paused", "completed"] as const;

const whole = {
  layer: { columns: { id: true, key: true, salt: true } },
  variants: { columns: { experiment_id: false, position: false }, orderBy: asc(variants.position) },
  slots: { columns: { range_start: true, range_end: true }, orderBy: asc(slots.range_start) },
  metrics: {
    columns: { role: true },
    orderBy: asc(experimentMetrics.position),
    with: { metric: { columns: { key: true } } },
  },
  watched: {
    columns: {},
    orderBy: asc(watchedExperiments.other_id),
    with: { other: { columns: { key: true } } },
  },
} as const;

type ExperimentRow = typeof experiments.$inferSelect & {
  layer: Experiment["layer"];
  variants: Experiment["variants"];
  slots: Experiment["slots"];
  metrics: { role: "primary" | "secondary" | "guardrail"; metric: { key: string } }[];
  watched: { other: { key: string } }[];
};

const shown = (row: ExperimentRow): Experiment => {
  const { layer_id: _, rules, metrics, watched, ...experiment } = row;
  const keysOf = (role: string) => metrics.filter((each) => each.role === role).map(({ metric }) => metric.key);
  const buckets = row.slots.reduce((sum, { range_start, range_end }) => sum + range_end - range_start + 1, 0);
  return {
    ...experiment,
    traffic: buckets / 10_000,
    targeting: { rules },
    primary_metric: keysOf("primary")[0] ?? null,
    secondary_metrics: keysOf("secondary"),
    guardrail_metrics: keysOf("guardrail"),
    watch: watched.map(({ other }) => other.key),
  };
};

/** Newest first. */
export const listExperiments = async (
  d1: D1Database,
  page: PageRequest,
  filter: { readonly status?: ExperimentStatus | undefined } = {},
): Promise<Page<Experiment>> => {
  const { where, ...rest } = after(experiments.id, page);
  const rows = await open(d1).query.experiments.findMany({
    ...rest,
    where: and(where, filter.status && eq(experiments.status, filter.status)),
    with: whole,
  });
  return pageFrom(rows, page.limit, shown);
};

/** Every experiment that has started and is not archived, oldest first. */
export const listCountedExperiments = async (d1: D1Database): Promise<Experiment[]> => {
  const rows = await open(d1).query.experiments.findMany({
    where: inArray(experiments.status, [...COUNTED_STATUSES]),
    orderBy: asc(experiments.id),
    with: whole,
  });
  return rows.map(shown);
};

/** Those with these keys, oldest first. */
export const listExperimentsByKey = async (d1: D1Database, keys: readonly string[]): Promise<Experiment[]> => {
  const rows = await open(d1).query.experiments.findMany({
    where: inArray(experiments.key, [...keys]),
    orderBy: asc(experiments.id),
    with: whole,
  });
  return rows.map(shown);
};

/** By key or id. */
export const findExperiment = async (d1: D1Database, reference: string): Promise<Experiment | undefined> => {
  const row = await open(d1).query.experiments.findFirst({
    where: or(eq(experiments.key, reference), eq(experiments.id, reference)),
    with: whole,
  });
  return row && shown(row);
};

const columnsOf = (experiment: Experiment) => {
  const { layer, targeting, slots: _slots, variants: _variants, traffic: _traffic, ...rest } = experiment;
  const { primary_metric: _primary, secondary_metrics: _secondary, guardrail_metrics: _guardrails, ...others } = rest;
  const { watch: _watch, ...columns } = others;
  return { ...columns, layer_id: layer.id, rules: targeting.rules };
};

/** The rows that belong to an experiment. What it names and does not exist fails the batch: its id may not be null. */
const insertParts = (d1: D1Database, experiment: Experiment): Statement[] => {
  const db = open(d1);
  const experiment_id = experiment.id;
  const named = [
    ...(experiment.primary_metric === null ? [] : [{ key: experiment.primary_metric, role: "primary" as const }]),
    ...experiment.secondary_metrics.map((key) => ({ key, role: "secondary" as const })),
    ...experiment.guardrail_metrics.map((key) => ({ key, role: "guardrail" as const })),
  ];
  return [
    ...experiment.variants.map((variant, position) =>
      db.insert(variants).values({ ...variant, experiment_id, position }),
    ),
    ...insertSlots(d1, experiment),
    ...named.map(({ key, role }, position) => {
      const metric_id = sql`(SELECT ${metrics.id} FROM ${metrics} WHERE ${metrics.key} = ${key})`;
      return db.insert(experimentMetrics).values({ experiment_id, position, metric_id, role });
    }),
    ...experiment.watch.flatMap((key) => {
      const other_id = sql`(SELECT ${experiments.id} FROM ${experiments} WHERE ${experiments.key} = ${key})`;
      return [
        db.insert(watchedExperiments).values({ experiment_id, other_id }),
        db.insert(watchedExperiments).values({ experiment_id: other_id, other_id: experiment_id }),
      ];
    }),
  ];
};

const insertSlots = (d1: D1Database, experiment: Experiment): Statement[] =>
  experiment.slots.map((slot) =>
    open(d1)
      .insert(slots)
      .values({ experiment_id: experiment.id, ...slot }),
  );

/** The experiment's layer must exist or be inserted by an earlier statement of the same batch. */
export const insertExperiment = (d1: D1Database, experiment: Experiment): Statement[] => [
  open(d1).insert(experiments).values(columnsOf(experiment)),
  ...insertParts(d1, experiment),
];

/** Changes the experiment's own columns: status, name, revision, ... */
export const updateExperiment = (d1: D1Database, experiment: Experiment): Statement =>
  open(d1).update(experiments).set(columnsOf(experiment)).where(eq(experiments.id, experiment.id));

/** Changes its columns and slots. */
export const reallocateExperiment = (d1: D1Database, experiment: Experiment): Statement[] => [
  updateExperiment(d1, experiment),
  open(d1).delete(slots).where(eq(slots.experiment_id, experiment.id)),
  ...insertSlots(d1, experiment),
];

/** Changes its columns, its slots and the weights of its variants, which stay the same variants. */
export const reweighExperiment = (d1: D1Database, experiment: Experiment): Statement[] => [
  ...reallocateExperiment(d1, experiment),
  ...experiment.variants.map(({ id, weight_bp }) =>
    open(d1).update(variants).set({ weight_bp }).where(eq(variants.id, id)),
  ),
];

/** Changes everything about it; only for a draft, which nobody has seen. */
export const replaceExperiment = (d1: D1Database, experiment: Experiment): Statement[] => {
  const db = open(d1);
  return [
    updateExperiment(d1, experiment),
    db.delete(variants).where(eq(variants.experiment_id, experiment.id)),
    db.delete(slots).where(eq(slots.experiment_id, experiment.id)),
    db.delete(experimentMetrics).where(eq(experimentMetrics.experiment_id, experiment.id)),
    db
      .delete(watchedExperiments)
      .where(or(eq(watchedExperiments.experiment_id, experiment.id), eq(watchedExperiments.other_id, experiment.id))),
    ...insertParts(d1, experiment),
  ];
};
