import { Hono } from "hono";
import { NewMetric } from "../../../contract/metric.ts";
import type { Metric } from "../../../contract/metric.ts";
import { pageQueryOf } from "../../../contract/page.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { newId } from "../../../d1/id.ts";
import { findMetric, insertMetric, listMetrics } from "../../../d1/metrics.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { keyFrom, keyTaken, notFound } from "../refusals.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

export const metrics = new Hono<AdminEnv>()
  .get("/", allow("definitions.read"), query(pageQueryOf("met")), async (c) =>
    c.json(await listMetrics(c.env.DB, c.req.valid("query"))),
  )

  .post("/", allow("definitions.write"), query(WriteQuery), body(NewMetric), async (c) => {
    const given = c.req.valid("json");
    const key = keyFrom(given);
    const metric = await write(c, async () => {
      if (await findMetric(c.env.DB, key)) throw keyTaken("metric", key);
      const result: Metric = { ...given, id: newId("met"), key, created_at: new Date().toISOString() };
      return {
        result,
        statements: [insertMetric(c.env.DB, result)],
        action: "metric.create",
        target: `metric:${key}`,
        change: { before: null, after: result },
      };
    });
    return c.json(metric, isDryRun(c) ? 200 : 201);
  })

  .get("/:key", allow("definitions.read"), async (c) => {
    const metric = await findMetric(c.env.DB, c.req.param("key"));
    if (!metric) throw notFound("metric", c.req.param("key"));
    return c.json(metric);
  });
