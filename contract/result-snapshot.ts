import { z } from "zod";
import { Instant, Reference } from "./key.ts";
import { PageQuery } from "./page.ts";
import { Results } from "./results.ts";

/** What the results were at an hour, kept so that yesterday's reading can be looked at again. */
export const ResultSnapshot = z.object({ hour: Instant, results: Results });
export type ResultSnapshot = z.infer<typeof ResultSnapshot>;

/** Without an environment, the first one that the experiment runs in. */
export const ResultsQuery = z.object({ environment: Reference.optional() });
export type ResultsQuery = z.infer<typeof ResultsQuery>;

export const ResultSnapshotsQuery = PageQuery.extend(ResultsQuery.shape);
export type ResultSnapshotsQuery = z.infer<typeof ResultSnapshotsQuery>;
