import { Hono } from "hono";
import type { Health } from "../../../contract/health.ts";
import { readRevision } from "../../../d1/commit.ts";
import type { AdminEnv } from "../env.ts";

/** Whether the API can reach its database. Public, so it says nothing else. */
export const health = new Hono<AdminEnv>().get("/", async (c) => {
  try {
    const result: Health = { ok: true, d1: true, revision: await readRevision(c.env.DB) };
    return c.json(result, 200);
  } catch (error) {
    console.error(JSON.stringify({ message: "health", error: String(error) }));
    const result: Health = { ok: false, d1: false, revision: null };
    return c.json(result, 503);
  }
});
