import { Hono } from "hono";
import { PageQuery } from "../../../contract/page.ts";
import { listAuditEvents } from "../../../d1/audit-events.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { query } from "../valid.ts";

export const auditEvents = new Hono<AdminEnv>().get("/", allow("audit.read"), query(PageQuery), async (c) =>
  c.json(await listAuditEvents(c.env.DB, c.req.valid("query"))),
);
