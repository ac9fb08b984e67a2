import { and, eq, gt, lte } from "drizzle-orm";
import type { Session } from "../contract/session.ts";
import { open } from "./database.ts";
import { sessions, users } from "./schema.ts";

/** Whose session this is, unless it has expired by `now` (ISO 8601). */
export const findSession = async (d1: D1Database, tokenHash: string, now: string): Promise<Session | undefined> =>
  open(d1)
    .select({ email: users.email, role: users.role })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.user_id))
    .where(and(eq(sessions.token_hash, tokenHash), gt(sessions.expires_at, now)))
    .get();

export const insertSession = async (
  d1: D1Database,
  session: { token_hash: string; user_id: string; created_at: string; expires_at: string },
): Promise<void> => {
  await open(d1).insert(sessions).values(session);
};

export const deleteSession = async (d1: D1Database, tokenHash: string): Promise<void> => {
  await open(d1).delete(sessions).where(eq(sessions.token_hash, tokenHash));
};

export const deleteExpiredSessions = async (d1: D1Database, now: string): Promise<void> => {
  await open(d1).delete(sessions).where(lte(sessions.expires_at, now));
};
