import { Hono } from "hono";
import { NewLayer } from "../../../contract/layer.ts";
import type { Layer } from "../../../contract/layer.ts";
import { pageQueryOf } from "../../../contract/page.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { newId, saltOf } from "../../../d1/id.ts";
import { findLayer, insertLayer, listLayers } from "../../../d1/layers.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { keyFrom, keyTaken, notFound } from "../refusals.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

export const layers = new Hono<AdminEnv>()
  .get("/", allow("definitions.read"), query(pageQueryOf("lay")), async (c) =>
    c.json(await listLayers(c.env.DB, c.req.valid("query"))),
  )

  .post("/", allow("definitions.write"), query(WriteQuery), body(NewLayer), async (c) => {
    const { name, unit_type, ...given } = c.req.valid("json");
    const key = keyFrom({ ...given, name });
    const layer = await write(c, async () => {
      if (await findLayer(c.env.DB, key)) throw keyTaken("layer", key);
      const id = newId("lay");
      const result: Layer = {
        id,
        key,
        name,
        salt: saltOf(id),
        unit_type,
        created_at: new Date().toISOString(),
        slots: [],
        free_buckets: 10_000,
      };
      return {
        result,
        statements: [insertLayer(c.env.DB, result)],
        action: "layer.create",
        target: `layer:${key}`,
        change: { before: null, after: result },
      };
    });
    return c.json(layer, isDryRun(c) ? 200 : 201);
  })

  .get("/:key", allow("definitions.read"), async (c) => {
    const layer = await findLayer(c.env.DB, c.req.param("key"));
    if (!layer) throw notFound("layer", c.req.param("key"));
    return c.json(layer);
  });
