import { Hono } from "hono";
import { NewAudience } from "../../../contract/audience.ts";
import type { Audience } from "../../../contract/audience.ts";
import { pageQueryOf } from "../../../contract/page.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { findAudience, insertAudience, listAudiences } from "../../../d1/audiences.ts";
import { newId } from "../../../d1/id.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { References, audiencesIn } from "../references.ts";
import { keyFrom, keyTaken, notFound } from "../refusals.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

export const audiences = new Hono<AdminEnv>()
  .get("/", allow("definitions.read"), query(pageQueryOf("aud")), async (c) =>
    c.json(await listAudiences(c.env.DB, c.req.valid("query"))),
  )

  .post("/", allow("definitions.write"), query(WriteQuery), body(NewAudience), async (c) => {
    const { name, rules, ...given } = c.req.valid("json");
    const key = keyFrom({ ...given, name });
    const audience = await write(c, async () => {
      if (await findAudience(c.env.DB, key)) throw keyTaken("audience", key);
      const references = await References.load(c.env.DB, { audience: audiencesIn(rules) });
      const result: Audience = {
        id: newId("aud"),
        key,
        name,
        // Only audiences that exist can be named, so they never go round in circles.
        rules: references.rules(rules, "rules"),
        created_at: new Date().toISOString(),
      };
      references.check();
      return {
        result,
        statements: [insertAudience(c.env.DB, result)],
        action: "audience.create",
        target: `audience:${key}`,
        change: { before: null, after: result },
      };
    });
    return c.json(audience, isDryRun(c) ? 200 : 201);
  })

  .get("/:key", allow("definitions.read"), async (c) => {
    const audience = await findAudience(c.env.DB, c.req.param("key"));
    if (!audience) throw notFound("audience", c.req.param("key"));
    return c.json(audience);
  });
