import { z } from "zod";
import { Instant, Reference } from "./key.ts";
import { pageQuery } from "./page.ts";
import { Results } from "./results.ts";

/**
 * What the results were at an hour, kept so that yesterday's reading can be looked at again. Of results that are larger than a row can be the
 * curves by day are left out, then metrics that nothing is decided by.
 */
export const ResultSnapshot = z.object({ hour: Instant, results: Results });
export type ResultSnapshot = z.infer<typeof ResultSnapshot>;

/** Without an environment, the first one that the experiment runs in. */
const environment = Reference.optional();

export const ResultsQuery = z.strictObject({
  environment,
  /** One of the experiment's dimensions: the results then have its segments. */
  dimension: z.string().min(1).max(100).optional(),
});
export type ResultsQuery = z.infer<typeof ResultsQuery>;

const FULL_HOUR = /^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/;

/** The cursor is the hour of the last snapshot. */
export const ResultSnapshotsQuery = pageQuery(FULL_HOUR).extend({ environment });
export type ResultSnapshotsQuery = z.infer<typeof ResultSnapshotsQuery>;
