import { Hono } from "hono";
import type { Context } from "hono";
import { ResultSnapshotsQuery, ResultsQuery } from "../../../contract/result-snapshot.ts";
import { findEnvironment } from "../../../d1/environments.ts";
import { findExperiment } from "../../../d1/experiments.ts";
import { listResultSnapshots } from "../../../d1/result-snapshots.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { unknownReference } from "../references.ts";
import { notFound } from "../refusals.ts";
import { readCells, resultsOf } from "../results.ts";
import { query } from "../valid.ts";

/** The experiment, and the environment that is asked about: the first one that it runs in, when none is. */
const subjectOf = async (c: Context<AdminEnv>, reference: string, asked: string | undefined) => {
  const experiment = await findExperiment(c.env.DB, reference);
  if (!experiment) throw notFound("experiment", reference);
  const environment = await findEnvironment(c.env.DB, asked ?? experiment.environments[0] ?? "production");
  if (!environment || !experiment.environments.includes(environment.key)) {
    const places = experiment.environments.join(", ");
    const message = `The experiment is not in ${environment?.key ?? asked}; it is in ${places}.`;
    throw unknownReference("environment", message);
  }
  return { experiment, environment };
};

export const results = new Hono<AdminEnv>()
  .get("/:key", allow("results.read"), query(ResultsQuery), async (c) => {
    const { experiment, environment } = await subjectOf(c, c.req.param("key"), c.req.valid("query").environment);
    const cells = await readCells(c.env, environment, [experiment]);
    return c.json(await resultsOf(c.env.DB, environment, experiment, cells));
  })

  .get("/:key/snapshots", allow("results.read"), query(ResultSnapshotsQuery), async (c) => {
    const { environment: asked, ...page } = c.req.valid("query");
    const { experiment, environment } = await subjectOf(c, c.req.param("key"), asked);
    return c.json(await listResultSnapshots(c.env.DB, experiment.id, environment.key, page));
  });
