import { Hono } from "hono";
import { type ExperimentSums, type Live, LiveQuery, SumsQuery } from "../../../contract/live.ts";
import { findMetrics } from "../../../d1/metrics.ts";
import { listPhases } from "../../../d1/phases.ts";
import { metricKeysOf } from "../analysis-plan.ts";
import type { AdminEnv } from "../env.ts";
import { balance } from "../ledger-balance.ts";
import { liveCounts } from "../live-counts.ts";
import { mergeCells } from "../merge-cells.ts";
import { allow } from "../permissions.ts";
import { pooledPhases } from "../pooled-phases.ts";
import { subjectOf } from "../subject.ts";
import { readLedgers, readSums, readSumsByShard } from "../unit-shards.ts";
import { query } from "../valid.ts";

/** What is counted of an experiment, as it is now and without statistics. */
export const live = new Hono<AdminEnv>()
  .get("/:key/live", allow("results.read"), query(LiveQuery), async (c) => {
    const { experiment, environment } = await subjectOf(c, c.req.param("key"), c.req.valid("query").environment);
    const [cells, ledgers, metrics, phases] = await Promise.all([
      readSums(c.env, environment, { experiment_ids: [experiment.id], kinds: ["day"] }),
      readLedgers(c.env, environment),
      findMetrics(c.env.DB, metricKeysOf(experiment)),
      listPhases(c.env.DB, experiment),
    ]);
    const counted = new Set(pooledPhases(phases).map(({ number }) => number));
    const { received, applied, difference } = balance(ledgers);
    const result: Live = {
      experiment_key: experiment.key,
      environment: environment.key,
      as_of: new Date().toISOString(),
      ...liveCounts(experiment, metrics, counted, cells),
      ledger: { received, applied, difference },
    };
    return c.json(result);
  })

  .get("/:key/sums", allow("results.read"), query(SumsQuery), async (c) => {
    const { environment: asked, kind } = c.req.valid("query");
    const { experiment, environment } = await subjectOf(c, c.req.param("key"), asked);
    const shards = await readSumsByShard(c.env, environment, { experiment_ids: [experiment.id], kinds: [kind] });
    const result: ExperimentSums = {
      experiment_key: experiment.key,
      environment: environment.key,
      as_of: new Date().toISOString(),
      kind,
      cells: mergeCells(shards),
    };
    return c.json(result);
  });
