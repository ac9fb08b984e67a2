import { and, asc, inArray, isNull, ne } from "drizzle-orm";
import type { Rule } from "../contract/targeting.ts";
import type { Ruleset, RulesetExperiment, RulesetMetric } from "../contract/ruleset.ts";
import { open } from "./database.ts";
import { COUNTED_STATUSES } from "./experiments.ts";
import {
  apiKeys,
  audiences,
  environments,
  experimentMetrics,
  experiments,
  metrics,
  phases,
  slots,
  variants,
  workspace,
} from "./schema.ts";

/** The audiences that rules ask for, and those that these ask for in turn. */
const audiencesOf = (rules: readonly Rule[], rulesOf: ReadonlyMap<string, Rule[]>): Set<string> => {
  const found = new Set<string>();
  const visit = (rules: readonly Rule[]): void => {
    for (const { conditions } of rules)
      for (const condition of conditions) {
        if (condition.operator !== "in_audience" && condition.operator !== "not_in_audience") continue;
        if (found.has(condition.value)) continue;
        found.add(condition.value);
        visit(rulesOf.get(condition.value) ?? []);
      }
  };
  visit(rules);
  return found;
};

const read = (d1: D1Database) => {
  const db = open(d1);
  const isLive = inArray(experiments.status, [...COUNTED_STATUSES]);
  return db.batch([
    db.select().from(workspace),
    db.select().from(environments).orderBy(asc(environments.id)),
    db.select().from(audiences).orderBy(asc(audiences.key)),
    db.select().from(metrics).orderBy(asc(metrics.id)),
    db
      .select()
      .from(apiKeys)
      .where(and(ne(apiKeys.type, "admin"), isNull(apiKeys.revoked_at)))
      .orderBy(asc(apiKeys.id)),
    db.query.experiments.findMany({
      where: isLive,
      orderBy: asc(experiments.id),
      with: {
        layer: { columns: { salt: true } },
        variants: { orderBy: asc(variants.position) },
        slots: { columns: { range_start: true, range_end: true }, orderBy: asc(slots.range_start) },
        metrics: { columns: { metric_id: true, role: true }, orderBy: asc(experimentMetrics.position) },
        phases: { columns: { number: true, started_at: true }, orderBy: asc(phases.number) },
      },
    }),
  ]);
};

type LiveExperiment = Awaited<ReturnType<typeof read>>[5][number];

const experimentOf = (row: LiveExperiment): RulesetExperiment => ({
  id: row.id,
  key: row.key,
  type: row.type,
  status: row.status as RulesetExperiment["status"],
  salt: row.salt,
  unit_type: row.unit_type,
  layer_salt: row.layer.salt,
  slots: row.slots,
  url: row.url,
  variants: row.variants.map(({ id, key, weight_bp, is_control, config }) => ({
    id,
    key,
    weight_bp,
    is_control,
    config: config ?? null,
  })),
  rules: row.rules,
  phases: row.phases.map(({ number, started_at }) => ({ number, started_at: Date.parse(started_at) })),
  metrics: row.metrics.map(({ metric_id, role }) => ({ id: metric_id, role })),
});

const metricOf = (row: typeof metrics.$inferSelect): RulesetMetric => ({
  id: row.id,
  key: row.key,
  type: row.type,
  event: row.event,
  value: row.value ?? "value",
  cap: row.cap,
  window_hours: row.window_hours,
});

/**
 * The ruleset of every environment, with the workspace's revision, from one transaction: a higher revision never carries an
 * older state. The same state always gives the same text when serialised.
 */
export const compileRulesets = async (d1: D1Database): Promise<{ revision: number; rulesets: Ruleset[] }> => {
  const [[workspaceRow], environmentRows, audienceRows, metricRows, keyRows, experimentRows] = await read(d1);
  if (workspaceRow === undefined) throw new Error("The workspace row is missing: apply the migrations.");
  const rulesOf = new Map(audienceRows.map(({ key, rules }) => [key, rules]));
  const rulesets = environmentRows.map((environment): Ruleset => {
    const live = experimentRows.filter((experiment) => experiment.environments.includes(environment.key));
    const used = new Set(live.flatMap((experiment) => experiment.metrics.map(({ metric_id }) => metric_id)));
    const asked = audiencesOf(
      live.flatMap(({ rules }) => rules),
      rulesOf,
    );
    return {
      format: 1,
      environment: environment.key,
      enabled: environment.enabled,
      generation: environment.generation,
      shards: environment.shards,
      keys: keyRows
        .filter((key) => key.environment === environment.key)
        .map(({ id, type, hash }) => ({ id, type: type === "client" ? "client" : "server", hash })),
      audiences: audienceRows.filter(({ key }) => asked.has(key)).map(({ key, rules }) => ({ key, rules })),
      experiments: live.map(experimentOf),
      metrics: metricRows.filter(({ id }) => used.has(id)).map(metricOf),
    };
  });
  return { revision: workspaceRow.revision, rulesets };
};
