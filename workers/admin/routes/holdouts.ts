import { Hono } from "hono";
import { HoldoutChange, NewHoldout } from "../../../contract/holdout.ts";
import type { Holdout } from "../../../contract/holdout.ts";
import { pageQueryOf } from "../../../contract/page.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { deleteHoldout, findHoldout, insertHoldout, listHoldouts, updateHoldout } from "../../../d1/holdouts.ts";
import { newId, saltOf } from "../../../d1/id.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { References } from "../references.ts";
import { keyFrom, keyTaken, notFound } from "../refusals.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

const get = async (d1: D1Database, reference: string): Promise<Holdout> => {
  const holdout = await findHoldout(d1, reference);
  if (!holdout) throw notFound("holdout", reference);
  return holdout;
};

/** What a request names, by key. Throws 422 `unknown_reference` with all that does not exist. */
const resolve = async (
  d1: D1Database,
  { environments, covers }: Pick<HoldoutChange, "environments" | "covers">,
): Promise<Partial<Pick<Holdout, "environments" | "covers">>> => {
  const { experiments = [], flags = [] } = covers ?? {};
  const references = await References.load(d1, {
    environment: environments ?? [],
    experiment: experiments,
    flag: flags,
  });
  const resolved = {
    ...(environments && { environments: [...new Set(references.keys("environment", environments, "environments"))] }),
    ...(covers && {
      covers: {
        experiments: [...new Set(references.keys("experiment", experiments, "covers.experiments"))],
        flags: [...new Set(references.keys("flag", flags, "covers.flags"))],
      },
    }),
    ...(covers === null && { covers }),
  };
  references.check();
  return resolved;
};

export const holdouts = new Hono<AdminEnv>()
  .get("/", allow("definitions.read"), query(pageQueryOf("hld")), async (c) =>
    c.json(await listHoldouts(c.env.DB, c.req.valid("query"))),
  )

  .post("/", allow("definitions.write"), query(WriteQuery), body(NewHoldout), async (c) => {
    const written = c.req.valid("json");
    const { name, share, unit_type, environments = ["production"], covers } = written;
    const key = keyFrom(written);
    const created = await write(c, async () => {
      if (await findHoldout(c.env.DB, key)) throw keyTaken("holdout", key);
      const id = newId("hld");
      const result: Holdout = {
        id,
        key,
        name,
        share,
        unit_type,
        salt: saltOf(id),
        environments: [],
        covers: null,
        ...(await resolve(c.env.DB, { environments, covers })),
        created_at: new Date().toISOString(),
      };
      return {
        result,
        statements: [insertHoldout(c.env.DB, result)],
        action: "holdout.create",
        target: `holdout:${key}`,
        change: { before: null, after: result },
        live: true,
      };
    });
    return c.json(created, isDryRun(c) ? 200 : 201);
  })

  .get("/:key", allow("definitions.read"), async (c) => c.json(await get(c.env.DB, c.req.param("key"))))

  .patch("/:key", allow("definitions.write"), query(WriteQuery), body(HoldoutChange), async (c) => {
    const change = c.req.valid("json");
    const changed = await write(c, async () => {
      const before = await get(c.env.DB, c.req.param("key"));
      const result: Holdout = {
        ...before,
        name: change.name ?? before.name,
        share: change.share ?? before.share,
        ...(await resolve(c.env.DB, change)),
      };
      return {
        result,
        statements: [updateHoldout(c.env.DB, result)],
        action: "holdout.change",
        target: `holdout:${before.key}`,
        change: { before, after: result },
        live: true,
      };
    });
    return c.json(changed);
  })

  .delete("/:key", allow("definitions.write"), query(WriteQuery), async (c) => {
    await write(c, async () => {
      const before = await get(c.env.DB, c.req.param("key"));
      return {
        result: null,
        statements: [deleteHoldout(c.env.DB, before.id)],
        action: "holdout.delete",
        target: `holdout:${before.key}`,
        change: { before, after: null },
        live: true,
      };
    });
    return c.body(null, 204);
  });
