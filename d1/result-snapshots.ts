import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { ResultSnapshot } from "../contract/result-snapshot.ts";
import type { Results } from "../contract/results.ts";
import type { Sequence } from "../contract/sequence.ts";
import { open } from "./database.ts";
import type { Page, PageRequest } from "./page.ts";
import { resultSnapshots } from "./schema.ts";

/** D1 takes no row of more than 2,000,000 bytes. */
const MOST_BYTES = 1_950_000;

/** What the results of very many variants and metrics can do without, the first thing first. What has to be remembered is none of it. */
const SHORTER: readonly ((results: Results) => Results)[] = [
  (results) => ({ ...results, daily: [], trend: [] }),
  (results) => ({ ...results, metrics: results.metrics.filter(({ role }) => role !== "secondary") }),
  (results) => ({
    ...results,
    health: { ...results.health, pre_period: [] },
    metrics: results.metrics.filter(({ role }) => role === "primary"),
  }),
];

const fits = (results: Results): boolean => new TextEncoder().encode(JSON.stringify(results)).length <= MOST_BYTES;

/** The results as far as they fit in a row. */
export const fitting = (results: Results): Results => {
  let kept = results;
  for (const shorter of SHORTER) if (!fits(kept)) kept = shorter(kept);
  return kept;
};

/**
 * Keeps the results of an hour (ISO 8601, a full hour), as far as they fit; the first of the same experiment, environment and hour
 * stays.
 */
export const insertResultSnapshot = async (
  d1: D1Database,
  experimentId: string,
  { hour, results }: ResultSnapshot,
): Promise<void> => {
  await open(d1)
    .insert(resultSnapshots)
    .values({ experiment_id: experimentId, environment: results.environment, hour, results: fitting(results) })
    .onConflictDoNothing();
};

/** What the newest results that were kept had to remember; null where there are none, or none that remember. */
export const findLatestSequence = async (
  d1: D1Database,
  experimentId: string,
  environment: string,
): Promise<Sequence | null> => {
  const row = await open(d1)
    .select({ sequence: sql<string | null>`json_extract(${resultSnapshots.results}, '$.sequence')` })
    .from(resultSnapshots)
    .where(and(eq(resultSnapshots.experiment_id, experimentId), eq(resultSnapshots.environment, environment)))
    .orderBy(desc(resultSnapshots.hour))
    .limit(1)
    .get();
  return row?.sequence ? (JSON.parse(row.sequence) as Sequence) : null;
};

/** Newest first. The cursor is the hour of the last one. */
export const listResultSnapshots = async (
  d1: D1Database,
  experimentId: string,
  environment: string,
  { limit, cursor }: PageRequest,
): Promise<Page<ResultSnapshot>> => {
  const rows = await open(d1)
    .select({ hour: resultSnapshots.hour, results: resultSnapshots.results })
    .from(resultSnapshots)
    .where(
      and(
        eq(resultSnapshots.experiment_id, experimentId),
        eq(resultSnapshots.environment, environment),
        cursor === undefined ? undefined : lt(resultSnapshots.hour, cursor),
      ),
    )
    .orderBy(desc(resultSnapshots.hour))
    .limit(limit + 1)
    .all();
  const items = rows.slice(0, limit);
  return { items, next_cursor: rows.length > limit ? (items.at(-1)?.hour ?? null) : null };
};
