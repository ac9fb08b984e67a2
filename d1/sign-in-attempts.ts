import { and, eq, lte, sql } from "drizzle-orm";
import { open } from "./database.ts";
import { signInAttempts } from "./schema.ts";

/** Counts one attempt and says how many the subject has made in the window that ends then (ISO 8601), this one included. */
export const countAttempt = async (d1: D1Database, subject: string, windowEndsAt: string): Promise<number> => {
  const row = await open(d1)
    .insert(signInAttempts)
    .values({ subject, window_ends_at: windowEndsAt, attempts: 1 })
    .onConflictDoUpdate({
      target: [signInAttempts.subject, signInAttempts.window_ends_at],
      set: { attempts: sql`${signInAttempts.attempts} + 1` },
    })
    .returning({ attempts: signInAttempts.attempts })
    .get();
  return row.attempts;
};

/** Forgets the subject's attempts, after a success. */
export const forgetAttempts = async (d1: D1Database, subject: string, windowEndsAt: string): Promise<void> => {
  await open(d1)
    .delete(signInAttempts)
    .where(and(eq(signInAttempts.subject, subject), eq(signInAttempts.window_ends_at, windowEndsAt)));
};

export const deletePastAttempts = async (d1: D1Database, now: string): Promise<void> => {
  await open(d1).delete(signInAttempts).where(lte(signInAttempts.window_ends_at, now));
};
