import { Hono } from "hono";
import { EnvironmentChange, NewEnvironment } from "../../../contract/environment.ts";
import type { Environment } from "../../../contract/environment.ts";
import { pageQueryOf } from "../../../contract/page.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { findEnvironment, insertEnvironment, listEnvironments, updateEnvironment } from "../../../d1/environments.ts";
import { newId } from "../../../d1/id.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { keyTaken, notFound } from "../refusals.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

export const environments = new Hono<AdminEnv>()
  .get("/", allow("definitions.read"), query(pageQueryOf("env")), async (c) =>
    c.json(await listEnvironments(c.env.DB, c.req.valid("query"))),
  )

  .post("/", allow("environments.write"), query(WriteQuery), body(NewEnvironment), async (c) => {
    const { key, name = key, shards } = c.req.valid("json");
    const environment = await write(c, async () => {
      if (await findEnvironment(c.env.DB, key)) throw keyTaken("environment", key);
      const result: Environment = {
        id: newId("env"),
        key,
        name,
        enabled: true,
        generation: 1,
        shards,
        created_at: new Date().toISOString(),
      };
      return {
        result,
        statements: [insertEnvironment(c.env.DB, result)],
        action: "environment.create",
        target: `environment:${key}`,
        change: { before: null, after: result },
        live: true,
      };
    });
    return c.json(environment, isDryRun(c) ? 200 : 201);
  })

  .get("/:key", allow("definitions.read"), async (c) => {
    const environment = await findEnvironment(c.env.DB, c.req.param("key"));
    if (!environment) throw notFound("environment", c.req.param("key"));
    return c.json(environment);
  })

  .patch("/:key", allow("environments.write"), query(WriteQuery), body(EnvironmentChange), async (c) => {
    const { name, enabled } = c.req.valid("json");
    const environment = await write(c, async () => {
      const before = await findEnvironment(c.env.DB, c.req.param("key"));
      if (!before) throw notFound("environment", c.req.param("key"));
      const result: Environment = { ...before, name: name ?? before.name, enabled: enabled ?? before.enabled };
      return {
        result,
        statements: [updateEnvironment(c.env.DB, result)],
        action: "environment.change",
        target: `environment:${before.key}`,
        change: { before, after: result },
        live: result.enabled !== before.enabled,
      };
    });
    return c.json(environment);
  });
