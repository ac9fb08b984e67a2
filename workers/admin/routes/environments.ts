import { Hono } from "hono";
import type { Context } from "hono";
import { EnvironmentChange, NewEnvironment } from "../../../contract/environment.ts";
import type { Environment } from "../../../contract/environment.ts";
import { pageQueryOf } from "../../../contract/page.ts";
import { Rollback, RulesetVersionsQuery } from "../../../contract/ruleset-version.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { findEnvironment, insertEnvironment, listEnvironments, updateEnvironment } from "../../../d1/environments.ts";
import { newId } from "../../../d1/id.ts";
import { Problem } from "../../http/problem.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { keyTaken, notFound } from "../refusals.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

const get = async (c: Context<AdminEnv>, reference: string): Promise<Environment> => {
  const environment = await findEnvironment(c.env.DB, reference);
  if (!environment) throw notFound("environment", reference);
  return environment;
};

/** The publisher, which alone knows the versions, did not answer. */
const unreachable = (error: unknown, detail: string): Problem => {
  console.error(JSON.stringify({ message: "publisher failed", error: String(error) }));
  return new Problem(503, "unavailable", detail, { headers: { "retry-after": "1" } });
};

export const environments = new Hono<AdminEnv>()
  .get("/", allow("definitions.read"), query(pageQueryOf("env")), async (c) =>
    c.json(await listEnvironments(c.env.DB, c.req.valid("query"))),
  )

  .post("/", allow("environments.write"), query(WriteQuery), body(NewEnvironment), async (c) => {
    const { key, name = key, shards, hash_unit_ids } = c.req.valid("json");
    const environment = await write(c, async () => {
      if (await findEnvironment(c.env.DB, key)) throw keyTaken("environment", key);
      const result: Environment = {
        id: newId("env"),
        key,
        name,
        enabled: true,
        generation: 1,
        shards,
        hash_unit_ids,
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

  .get("/:key", allow("definitions.read"), async (c) => c.json(await get(c, c.req.param("key"))))

  .patch("/:key", allow("environments.write"), query(WriteQuery), body(EnvironmentChange), async (c) => {
    const { name, enabled } = c.req.valid("json");
    const environment = await write(c, async () => {
      const before = await get(c, c.req.param("key"));
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
  })

  .get("/:key/versions", allow("definitions.read"), query(RulesetVersionsQuery), async (c) => {
    const { key } = await get(c, c.req.param("key"));
    try {
      return c.json({ items: await c.env.PUBLISHER.getByName(key).versions(c.req.valid("query").limit) });
    } catch (error) {
      throw unreachable(error, "The publisher did not answer; try again.");
    }
  })

  .post("/:key/rollback", allow("experiments.run"), query(WriteQuery), body(Rollback), async (c) => {
    const { version } = c.req.valid("json");
    const { key } = await get(c, c.req.param("key"));
    const publisher = c.env.PUBLISHER.getByName(key);
    const current = await publisher.pointer().catch((error: unknown) => {
      throw unreachable(error, "The publisher did not answer, so nothing was rolled back; try again.");
    });
    const newest = current?.version ?? 0;
    const unknown = notFound(`version of ${key} (they go up to ${newest})`, String(version));
    if (version > newest) throw unknown;
    if (version === newest) {
      const message = `Version ${version} is what ${key} is on; choose an older one.`;
      throw new Problem(409, "conflict", message, { errors: [{ path: "version", message }] });
    }
    const note = `It holds until a definition of ${key} changes; then all of the present ones are published.`;
    // The hash is not known before the text is made.
    if (isDryRun(c))
      return c.json({ version: newest + 1, hash: "", published_at: Date.now(), rolled_back_to: version, note }, 200);

    // Rolled back at once, whoever else is writing, and put on the record when that is their turn.
    const made = await publisher.rollback({ version }).catch((error: unknown) => {
      throw unreachable(error, "The publisher did not answer, so it is not known to be rolled back; try again.");
    });
    if (made === null) throw unknown;
    await write(c, () =>
      Promise.resolve({
        result: made,
        statements: [],
        action: "environment.rollback",
        target: `environment:${key}`,
        change: { before: { version: newest }, after: { version: made.version, rolled_back_to: version } },
      }),
    );
    return c.json({ ...made, note }, 201);
  });
