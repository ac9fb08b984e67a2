import { Hono } from "hono";
import { NewApiKey } from "../../../contract/api-key.ts";
import type { ApiKey, CreatedApiKey } from "../../../contract/api-key.ts";
import { pageQueryOf } from "../../../contract/page.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { findApiKey, insertApiKey, listApiKeys, revokeApiKey } from "../../../d1/api-keys.ts";
import { newId } from "../../../d1/id.ts";
import { sha256Hex } from "../../http/credentials.ts";
import type { AdminEnv } from "../env.ts";
import { newKey } from "../new-key.ts";
import { allow } from "../permissions.ts";
import { environmentNamed } from "../references.ts";
import { notFound } from "../refusals.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

export const apiKeys = new Hono<AdminEnv>()
  .get("/", allow("api_keys.read"), query(pageQueryOf("key")), async (c) =>
    c.json(await listApiKeys(c.env.DB, c.req.valid("query"))),
  )

  .post("/", allow("api_keys.write"), query(WriteQuery), body(NewApiKey), async (c) => {
    const { name, type, environment: reference, ofrep_extras = false } = c.req.valid("json");
    const environment = reference === undefined ? null : (await environmentNamed(c.env.DB, reference)).key;
    const { key, hint } = newKey(type, environment);
    const hash = await sha256Hex(key);
    const created = await write(c, () => {
      const result: ApiKey = {
        id: newId("key"),
        name,
        type,
        environment,
        ofrep_extras,
        hint,
        created_at: new Date().toISOString(),
        revoked_at: null,
      };
      return Promise.resolve({
        result,
        statements: [insertApiKey(c.env.DB, result, hash)],
        action: "api_key.create",
        target: `api_key:${result.id}`,
        change: { before: null, after: result },
        live: type !== "admin",
      });
    });
    // A dry run makes no key, so there is none to show.
    if (isDryRun(c)) return c.json(created, 200);
    const result: CreatedApiKey = { ...created, key };
    return c.json(result, 201);
  })

  .delete("/:id", allow("api_keys.write"), query(WriteQuery), async (c) => {
    const revoked = await write(c, async () => {
      const before = await findApiKey(c.env.DB, c.req.param("id"));
      if (!before) throw notFound("API key", c.req.param("id"));
      const result: ApiKey = { ...before, revoked_at: before.revoked_at ?? new Date().toISOString() };
      return {
        result,
        statements: [revokeApiKey(c.env.DB, result)],
        action: "api_key.revoke",
        target: `api_key:${result.id}`,
        change: { before, after: result },
        live: result.type !== "admin",
      };
    });
    return c.json(revoked);
  });
