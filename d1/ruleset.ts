import { and, asc, eq, inArray, isNotNull, isNull, ne } from "drizzle-orm";
import type { FlagRule } from "../contract/flag.ts";
import { valueOfVariant } from "../contract/flag-value.ts";
import type { JsonValue } from "../contract/json.ts";
import type {
  Ruleset,
  RulesetAudience,
  RulesetExperiment,
  RulesetFlag,
  RulesetFlagRule,
  RulesetHoldout,
  RulesetMetric,
  RulesetMetricSide,
  RulesetOverride,
} from "../contract/ruleset.ts";
import { audiencesAskedFor } from "../contract/targeting.ts";
import type { Condition, Rule } from "../contract/targeting.ts";
import { isOneOf, open } from "./database.ts";
import { COUNTED_STATUSES } from "./experiments.ts";
import { flagColumns } from "./flags.ts";
import type { FlagRow } from "./flags.ts";
import {
  apiKeys,
  audiences,
  environments,
  experimentMetrics,
  experiments,
  flags,
  holdouts,
  metrics,
  overrides,
  phases,
  slots,
  variants,
  watchedExperiments,
  workspace,
} from "./schema.ts";

/** The audiences that the conditions ask for, and those that these ask for in turn. */
const audiencesOf = (conditions: readonly Condition[], rulesOf: ReadonlyMap<string, readonly Rule[]>): Set<string> => {
  const found = new Set<string>();
  const visit = (conditions: readonly Condition[]): void => {
    for (const key of audiencesAskedFor(conditions)) {
      if (found.has(key)) continue;
      found.add(key);
      visit(conditionsOf(rulesOf.get(key) ?? []));
    }
  };
  visit(conditions);
  return found;
};

const conditionsOf = (rules: readonly Rule[]): Condition[] => rules.flatMap(({ conditions }) => conditions);

/** All that rulesets are made of, in one transaction; of the id lists, which may be a megabyte each, only those by key. */
const read = (d1: D1Database, listKeys: readonly string[]) => {
  const db = open(d1);
  const isLive = inArray(experiments.status, [...COUNTED_STATUSES]);
  return db.batch([
    db.select().from(workspace),
    db.select().from(environments).orderBy(asc(environments.id)),
    db
      .select({
        key: audiences.key,
        rules: audiences.rules,
        id_attribute: audiences.id_attribute,
        id_count: audiences.id_count,
      })
      .from(audiences)
      .orderBy(asc(audiences.key)),
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
        watched: { columns: { other_id: true }, orderBy: asc(watchedExperiments.other_id) },
      },
    }),
    db.select(flagColumns).from(flags).where(eq(flags.archived, false)).orderBy(asc(flags.id)),
    db.select().from(holdouts).orderBy(asc(holdouts.id)),
    // Those of one environment come before those of all, which they stand in front of.
    db.select().from(overrides).orderBy(isNull(overrides.environment), asc(overrides.id)),
    db
      .select({ key: audiences.key, list: audiences.id_list })
      .from(audiences)
      .where(and(isOneOf(audiences.key, listKeys), isNotNull(audiences.id_list))),
  ]);
};

type LiveExperiment = Awaited<ReturnType<typeof read>>[5][number];

/** The experiments that are watched with one, among those of the same ruleset: nobody can be in another. */
const watchedBy = (
  { unit_type, watched }: LiveExperiment,
  unitTypes: ReadonlyMap<string, string>,
): { readonly watched?: string[] } => {
  const ids = watched.map(({ other_id }) => other_id).filter((id) => unitTypes.get(id) === unit_type);
  return ids.length === 0 ? {} : { watched: ids };
};

/** An experiment among all of the same ruleset, whose unit types are given by id. */
const experimentOf = (row: LiveExperiment, unitTypes: ReadonlyMap<string, string>): RulesetExperiment => ({
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
  ...(row.starts_at !== null && { starts_at: Date.parse(row.starts_at) }),
  ...(row.ends_at !== null && { ends_at: Date.parse(row.ends_at) }),
  ...(row.prerequisites.length > 0 && { prerequisites: row.prerequisites }),
  ...(row.sticky && { is_sticky: true }),
  ...(row.server_only && { is_server_only: true }),
  ...(row.switchback !== null && { switchback_minutes: row.switchback.window_minutes }),
  ...(row.switchback?.burn_in_minutes !== undefined && { burn_in_minutes: row.switchback.burn_in_minutes }),
  ...(row.dimensions.length > 0 && { dimensions: row.dimensions }),
  ...watchedBy(row, unitTypes),
  ...(row.member_type !== null && { member_type: row.member_type }),
});

/** The whole basis points of a share, as `core/share.ts` has them. */
type ShareBp = (share: number) => number;

/** What each variant of an experiment is worth to a flag. Empty for an experiment that is not live, which nobody is in. */
const valuesOf = (
  flag: FlagRow,
  values: FlagRule["values"],
  experiment: LiveExperiment | undefined,
): Record<string, JsonValue> =>
  Object.fromEntries(
    (experiment?.variants ?? []).map((variant) => {
      const said = values !== null && Object.hasOwn(values, variant.key) ? values[variant.key] : undefined;
      const config = variant.config ?? null;
      // A draft's variants may have changed since the flag was saved: better the default than a value of another type.
      return [variant.key, said ?? valueOfVariant(flag.type, { ...variant, config }) ?? flag.default_value];
    }),
  );

const flagRuleOf = (
  flag: FlagRow,
  rule: FlagRule,
  live: ReadonlyMap<string, LiveExperiment>,
  shareBp: ShareBp,
): RulesetFlagRule => {
  const { name, conditions, experiment, rollout } = rule;
  if (experiment !== null)
    return {
      name,
      conditions,
      experiment: { key: experiment, values: valuesOf(flag, rule.values, live.get(experiment)) },
    };
  return {
    name,
    conditions,
    value: rule.value,
    ...(rule.variant !== null && { variant: rule.variant }),
    ...(rollout !== null && {
      rollout: {
        share_bp: shareBp(rollout),
        salt: rule.salt ?? flag.salt,
        unit_type: rule.unit_type ?? flag.unit_type,
        schedule: rule.schedule.map((step) => ({ at: Date.parse(step.at), share_bp: shareBp(step.rollout) })),
      },
    }),
  };
};

/** A flag as an environment has it; where that is not named, it is off. */
const flagOf = (
  row: FlagRow,
  environment: string,
  live: ReadonlyMap<string, LiveExperiment>,
  shareBp: ShareBp,
): RulesetFlag => {
  const here = Object.hasOwn(row.environments, environment) ? row.environments[environment] : undefined;
  return {
    id: row.id,
    key: row.key,
    type: row.type,
    enabled: here?.enabled ?? false,
    unit_type: row.unit_type,
    default_value: row.default_value,
    ...(row.has_off_value === 1 && { off_value: row.off_value }),
    variants: row.variants,
    rules: (here?.rules ?? []).map((rule) => flagRuleOf(row, rule, live, shareBp)),
    prerequisites: row.prerequisites,
    metadata: row.metadata,
    ...(row.server_only && { is_server_only: true }),
  };
};

const holdoutOf = (row: typeof holdouts.$inferSelect, shareBp: ShareBp): RulesetHoldout => ({
  key: row.key,
  unit_type: row.unit_type,
  salt: row.salt,
  share_bp: shareBp(row.share),
  covers: row.covers,
});

/** The overrides of an environment's experiments and flags, one a unit of each. */
const overridesOf = (
  rows: readonly (typeof overrides.$inferSelect)[],
  environment: string,
  isThere: (row: { readonly experiment: string | null; readonly flag: string | null }) => boolean,
): RulesetOverride[] => {
  const found = new Map<string, RulesetOverride>();
  for (const row of rows) {
    if (row.environment !== null && row.environment !== environment) continue;
    if (!isThere(row)) continue;
    const name = JSON.stringify([row.experiment, row.flag, row.unit_type, row.unit_hash]);
    if (found.has(name)) continue;
    found.set(name, {
      ...(row.experiment === null ? {} : { experiment: row.experiment, variant: row.variant ?? "" }),
      ...(row.flag === null ? {} : { flag: row.flag, value: row.value }),
      unit_type: row.unit_type,
      unit_hash: row.unit_hash,
    });
  }
  return [...found.values()];
};

type MetricRow = typeof metrics.$inferSelect;

/** Types that add up or rank a number of the event's; the others count events. */
const READS_VALUE: ReadonlySet<MetricRow["type"]> = new Set(["sum", "mean", "quantile"]);

const numeratorOf = ({ type, event, value, filters, numerator }: MetricRow): RulesetMetricSide | undefined => {
  if (type === "ratio") return numerator === null ? undefined : sideOf(numerator);
  if (event === null) return undefined;
  return { event, value: READS_VALUE.has(type) ? (value ?? "value") : null, filters: filters ?? [] };
};

const sideOf = ({ event, value, filters }: NonNullable<MetricRow["numerator"]>): RulesetMetricSide => ({
  event,
  value: value ?? null,
  filters: filters ?? [],
});

/** A metric as it is counted. A retention of which nobody has said for which days, as they once could be, is not. */
const metricOf = (row: MetricRow): RulesetMetric[] => {
  const numerator = numeratorOf(row);
  if (numerator === undefined || (row.type === "retention" && row.retention_days === null)) return [];
  return [
    {
      id: row.id,
      key: row.key,
      type: row.type,
      numerator,
      denominator: row.type === "ratio" && row.denominator !== null ? sideOf(row.denominator) : null,
      cap: row.cap,
      cap_percentile: row.cap_percentile,
      window_hours: row.window_hours,
      quantile: row.quantile,
      retention_days: row.retention_days,
    },
  ];
};

type State = Awaited<ReturnType<typeof read>>;

const rulesetOf = (
  [, , audienceRows, metricRows, keyRows, experimentRows, flagRows, holdoutRows, overrideRows, listRows]: State,
  environment: State[1][number],
  shareBp: ShareBp,
): Ruleset => {
  const liveRows = experimentRows.filter((experiment) => experiment.environments.includes(environment.key));
  const live = new Map(liveRows.map((experiment) => [experiment.key, experiment]));
  const unitTypes = new Map(liveRows.map(({ id, unit_type }) => [id, unit_type]));
  const present = flagRows.map((flag) => flagOf(flag, environment.key, live, shareBp));
  // A flag that is off serves one value to all: what its rules and overrides ask for would only make the ruleset larger.
  const enabled = present.filter((flag) => flag.enabled);
  const flagKeys = new Set(enabled.map(({ key }) => key));
  const used = new Set(liveRows.flatMap((experiment) => experiment.metrics.map(({ metric_id }) => metric_id)));
  const asked = audiencesOf(
    [
      ...conditionsOf(liveRows.flatMap(({ rules }) => rules)),
      ...enabled.flatMap(({ rules }) => rules.flatMap(({ conditions }) => conditions)),
    ],
    new Map(audienceRows.map(({ key, rules }) => [key, rules])),
  );
  const lists = new Map(listRows.map(({ key, list }) => [key, list]));
  return {
    environment: environment.key,
    enabled: environment.enabled,
    generation: environment.generation,
    shards: environment.shards,
    ...(environment.unit_id_salt !== null && { unit_id_salt: environment.unit_id_salt }),
    keys: keyRows
      .filter((key) => key.environment === environment.key)
      .map(({ id, type, hash, ofrep_extras }) => ({
        id,
        type: type === "client" ? "client" : "server",
        hash,
        ...(ofrep_extras && { ofrep_extras: true }),
      })),
    audiences: audienceRows.filter(({ key }) => asked.has(key)).map((row) => audienceOf(row, lists)),
    holdouts: holdoutRows
      .filter(({ environments }) => environments.includes(environment.key))
      .map((row) => holdoutOf(row, shareBp)),
    experiments: liveRows.map((row) => experimentOf(row, unitTypes)),
    flags: present,
    overrides: overridesOf(overrideRows, environment.key, ({ experiment, flag }) =>
      experiment === null ? flag !== null && flagKeys.has(flag) : live.has(experiment),
    ),
    metrics: metricRows.filter(({ id }) => used.has(id)).flatMap(metricOf),
  };
};

/** The audience with its list, once that is read. */
const audienceOf = (
  { key, rules, id_attribute }: State[2][number],
  lists: ReadonlyMap<string, string | null>,
): RulesetAudience => {
  const list = lists.get(key);
  return { key, rules, ...(id_attribute && list && { ids: { attribute: id_attribute, list } }) };
};

/** How often others may have asked for more lists before a compilation gives up. */
const MAX_ATTEMPTS = 10;

/**
 * The ruleset of every environment, with the workspace's revision, from one transaction: a higher revision never carries an
 * older state. The same state always gives the same text when serialised. `shareBp` is that of `core/share.ts`.
 *
 * Which id lists are asked for is known only after reading, so it reads again when that is any. However busy the workspace
 * is, this ends: what is read again is complete unless somebody has asked for yet another list in between.
 */
export const compileRulesets = async (
  d1: D1Database,
  shareBp: ShareBp,
): Promise<{ revision: number; rulesets: Ruleset[] }> => {
  let listKeys: readonly string[] = [];
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const state: State = await read(d1, listKeys);
    const [[workspaceRow], environmentRows, audienceRows] = state;
    if (workspaceRow === undefined) throw new Error("The workspace row is missing: apply the migrations.");
    const rulesets = environmentRows.map((environment) => rulesetOf(state, environment, shareBp));
    const asked = new Set(rulesets.flatMap((ruleset) => ruleset.audiences.map(({ key }) => key)));
    const needed = audienceRows
      .filter(({ key, id_count }) => id_count !== null && asked.has(key))
      .map(({ key }) => key);
    if (needed.every((key) => listKeys.includes(key))) return { revision: workspaceRow.revision, rulesets };
    listKeys = needed;
  }
  throw new Error("Others kept asking for more id lists while the rulesets were compiled.");
};
