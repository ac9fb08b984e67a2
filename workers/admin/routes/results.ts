import { Hono } from "hono";
import { ResultSnapshotsQuery, ResultsQuery } from "../../../contract/result-snapshot.ts";
import { listResultSnapshots } from "../../../d1/result-snapshots.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { readCells, resultsOf } from "../results.ts";
import { subjectOf } from "../subject.ts";
import { query } from "../valid.ts";

export const results = new Hono<AdminEnv>()
  .get("/:key", allow("results.read"), query(ResultsQuery), async (c) => {
    const { experiment, environment } = await subjectOf(c, c.req.param("key"), c.req.valid("query").environment);
    const cells = await readCells(c.env, environment, [experiment]);
    return c.json(await resultsOf(c.env, environment, experiment, cells));
  })

  .get("/:key/snapshots", allow("results.read"), query(ResultSnapshotsQuery), async (c) => {
    const { environment: asked, ...page } = c.req.valid("query");
    const { experiment, environment } = await subjectOf(c, c.req.param("key"), asked);
    return c.json(await listResultSnapshots(c.env.DB, experiment.id, environment.key, page));
  });
