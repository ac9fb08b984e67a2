import { eq } from "drizzle-orm";
import type { JsonValue } from "../contract/json.ts";
import { open } from "./database.ts";
import type { Statement } from "./database.ts";
import { auditEvents, workspace } from "./schema.ts";

/** What a write wants to do, once it has read all it needs. */
export interface Change<Result> {
  readonly result: Result;
  readonly statements: readonly Statement[];
  /** What was done, `experiment.create`, and to what, `experiment:checkout_button`. */
  readonly action: string;
  readonly target: string;
  /** Contract objects, so JSON. `null` before there was one. */
  readonly change: { readonly before: object | null; readonly after: object | null };
}

/** Nobody waits longer than this for a workspace that others keep writing to. */
const MAX_ATTEMPTS = 40;

/** The workspace was written to by others each time this write was ready. Nothing was stored; try again. */
export class TooBusy extends Error {
  override readonly name = "TooBusy";
}

const tookOurRevision = (error: unknown): boolean =>
  error instanceof Error && (/audit_events\.revision/.test(error.message) || tookOurRevision(error.cause));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Writes what `plan` decides, with its audit event, as if nobody else were writing.
 *
 * D1 has no interactive transactions, so the revision does their work: it is read before `plan` reads anything, and the
 * batch that writes takes the next one as a primary key. Whoever wrote in between has taken it; then the whole batch
 * fails, nothing is stored, and `plan` is asked again about what is there now. Whatever a plan has checked (a free key,
 * free buckets, a status) therefore still holds when it is written. What `plan` throws ends the write.
 *
 * The answer's `revision` is the workspace's after the write.
 */
export const commit = async <Result>(
  d1: D1Database,
  actor: string,
  plan: () => Promise<Change<Result>>,
): Promise<{ result: Result; revision: number }> => {
  const db = open(d1);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = await readRevision(d1);
    const { result, statements, action, target, change } = await plan();
    const revision = before + 1;
    const at = new Date().toISOString();
    try {
      await db.batch([
        db.insert(auditEvents).values({ revision, at, actor, action, target, change: change as JsonValue }),
        db.update(workspace).set({ revision }),
        ...statements,
      ]);
      return { result, revision };
    } catch (error) {
      if (!tookOurRevision(error)) throw error;
      await pause(Math.random() * Math.min(10 * (attempt + 1), 200));
    }
  }
  throw new TooBusy("Others kept writing to the workspace.");
};

/** How many writes the workspace has seen. */
export const readRevision = async (d1: D1Database): Promise<number> => {
  const row = await open(d1).select().from(workspace).where(eq(workspace.id, 1)).get();
  if (row === undefined) throw new Error("The workspace row is missing: apply the migrations.");
  return row.revision;
};
