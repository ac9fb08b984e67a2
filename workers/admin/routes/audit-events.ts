import { Hono } from "hono";
import { pageQuery } from "../../../contract/page.ts";
import { listAuditEvents } from "../../../d1/audit-events.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { query } from "../valid.ts";

export const auditEvents = new Hono<AdminEnv>().get(
  "/",
  allow("audit.read"),
  query(pageQuery(/^evt_\d{1,15}$/)),
  async (c) => c.json(await listAuditEvents(c.env.DB, c.req.valid("query"))),
);
