import { Hono } from "hono";
import { NewPhase, PhasesQuery } from "../../../contract/experiment.ts";
import type { Phase } from "../../../contract/experiment.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { reweighExperiment } from "../../../d1/experiments.ts";
import { resaltLayer } from "../../../d1/layers.ts";
import { beginPhase, listPhases, phaseDefinitionOf } from "../../../d1/phases.ts";
import type { AdminEnv } from "../env.ts";
import { experimentNamed, experimentToWrite } from "../experiment-named.ts";
import { allow } from "../permissions.ts";
import { resolvePhase } from "../resolve-phase.ts";
import { etagOf } from "../revision.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

/** Under `/experiments`. */
export const phases = new Hono<AdminEnv>()
  .get("/:key/phases", allow("definitions.read"), query(PhasesQuery), async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const phases = await listPhases(c.env.DB, await experimentNamed(c, c.req.param("key")));
    const rest = phases.filter(({ number }) => number > Number(cursor ?? 0));
    const items = rest.slice(0, limit);
    return c.json({ items, next_cursor: rest.length > limit ? String(items.at(-1)?.number) : null });
  })

  .post("/:key/phases", allow("experiments.run"), query(WriteQuery), body(NewPhase), async (c) => {
    const written = c.req.valid("json");
    const { reason } = written;
    const { experiment, started_at } = await write(c, async () => {
      const before = await experimentToWrite(c, c.req.param("key"));
      const startedAt = new Date().toISOString();
      const after = await resolvePhase(c.env.DB, before, written, startedAt);
      return {
        result: { experiment: after, started_at: startedAt },
        statements: [
          ...reweighExperiment(c.env.DB, after),
          ...(after.layer.salt === before.layer.salt ? [] : [resaltLayer(c.env.DB, after.layer)]),
          ...beginPhase(c.env.DB, { before, experiment: after, startedAt, reason }),
        ],
        action: "experiment.phase",
        target: `experiment:${before.key}`,
        change: {
          before: { phase: before.phase, ...phaseDefinitionOf(before) },
          after: { phase: after.phase, reason, ...phaseDefinitionOf(after) },
        },
        live: true,
      };
    });
    c.header("etag", etagOf(experiment));
    const phase: Phase = { number: experiment.phase, started_at, reason, ...phaseDefinitionOf(experiment) };
    return c.json(phase, isDryRun(c) ? 200 : 201);
  });
