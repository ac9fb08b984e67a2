import { Hono } from "hono";
import { readRevision } from "../../../d1/commit.ts";
import type { AdminEnv } from "../env.ts";

/** Whether the API can reach its database. Public, so it says nothing else. */
export const health = new Hono<AdminEnv>().get("/", async (c) => {
  try {
    return c.json({ ok: true, d1: true, revision: await readRevision(c.env.DB) }, 200);
  } catch (error) {
    console.error(JSON.stringify({ message: "health", error: String(error) }));
    return c.json({ ok: false, d1: false, revision: null }, 503);
  }
});
