import { desc, lt } from "drizzle-orm";
import type { AuditEvent } from "../contract/audit-event.ts";
import { open } from "./database.ts";
import { pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { auditEvents } from "./schema.ts";

/** Newest first. They are written by {@link ./commit.ts}; an event's id is `evt_<revision>`. */
export const listAuditEvents = async (d1: D1Database, { limit, cursor }: PageRequest): Promise<Page<AuditEvent>> => {
  const rows = await open(d1)
    .select()
    .from(auditEvents)
    .where(cursor === undefined ? undefined : lt(auditEvents.revision, Number(cursor.replace(/^evt_/, "")) || 0))
    .orderBy(desc(auditEvents.revision))
    .limit(limit + 1)
    .all();
  const events = rows.map(({ revision, ...event }) => ({ id: `evt_${revision}`, ...event }));
  return pageFrom(events, limit, (event) => event);
};
