import { eq, or } from "drizzle-orm";
import type { Metric } from "../contract/metric.ts";
import { isOneOf, open } from "./database.ts";
import type { Statement } from "./database.ts";
import { after, pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { metrics } from "./schema.ts";

/** A metric without the columns that its type has no use for. */
const shown = (row: typeof metrics.$inferSelect): Metric => {
  const { id, key, name, type, event, value, filters, numerator, denominator, quantile, retention_days } = row;
  const { direction, cap, cap_percentile, window_hours } = row;
  return {
    id,
    key,
    name,
    type,
    ...(event !== null && { event }),
    ...(value !== null && { value }),
    ...(filters !== null && { filters }),
    ...(numerator !== null && { numerator }),
    ...(denominator !== null && { denominator }),
    ...(quantile !== null && { quantile }),
    ...(retention_days !== null && { retention_days }),
    direction,
    ...(cap !== null && { cap }),
    ...(cap_percentile !== null && { cap_percentile }),
    ...(window_hours !== null && { window_hours }),
    created_at: row.created_at,
  };
};

export const listMetrics = async (d1: D1Database, page: PageRequest): Promise<Page<Metric>> =>
  pageFrom(await open(d1).query.metrics.findMany(after(metrics.id, page)), page.limit, shown);

/** By key or id. */
export const findMetric = async (d1: D1Database, reference: string): Promise<Metric | undefined> => {
  const row = await open(d1)
    .select()
    .from(metrics)
    .where(or(eq(metrics.key, reference), eq(metrics.id, reference)))
    .get();
  return row && shown(row);
};

/** Those of the references (keys or ids) that exist, in no particular order. */
export const findMetrics = async (d1: D1Database, references: readonly string[]): Promise<Metric[]> => {
  if (references.length === 0) return [];
  const rows = await open(d1)
    .select()
    .from(metrics)
    .where(or(isOneOf(metrics.key, references), isOneOf(metrics.id, references)))
    .all();
  return rows.map(shown);
};

export const insertMetric = (d1: D1Database, metric: Metric): Statement => open(d1).insert(metrics).values(metric);
