import { Hono } from "hono";
import { ResultSnapshotsQuery, ResultsQuery } from "../../../contract/result-snapshot.ts";
import { listResultSnapshots } from "../../../d1/result-snapshots.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { refuse } from "../refusals.ts";
import { readCells, resultsOf } from "../results.ts";
import { subjectOf } from "../subject.ts";
import { query } from "../valid.ts";

export const results = new Hono<AdminEnv>()
  .get("/:key", allow("results.read"), query(ResultsQuery), async (c) => {
    const { environment: asked, dimension } = c.req.valid("query");
    const { experiment, environment } = await subjectOf(c, c.req.param("key"), asked);
    if (dimension !== undefined && !experiment.dimensions.includes(dimension)) {
      const known = experiment.dimensions.join(", ");
      const message = known === "" ? "The experiment has no dimensions; leave it out." : `Use one of: ${known}.`;
      refuse([{ path: "dimension", message }]);
    }
    const cells = await readCells(c.env, environment, [experiment]);
    return c.json(await resultsOf(c.env, environment, experiment, cells, { ages: true, dimension }));
  })

  .get("/:key/snapshots", allow("results.read"), query(ResultSnapshotsQuery), async (c) => {
    const { environment: asked, ...page } = c.req.valid("query");
    const { experiment, environment } = await subjectOf(c, c.req.param("key"), asked);
    return c.json(await listResultSnapshots(c.env.DB, experiment.id, environment.key, page));
  });
