import type { Context } from "hono";
import { TooBusy, commit } from "../../d1/commit.ts";
import type { Change } from "../../d1/commit.ts";
import { Problem } from "../http/problem.ts";
import { actorOf } from "./authentication.ts";
import type { AdminEnv } from "./env.ts";
import { publishAll } from "./publish.ts";

/** A change, and whether it changes what visitors get or what is counted. */
export interface Plan<Result> extends Change<Result> {
  readonly live?: boolean;
}

export const isDryRun = (c: Context): boolean => ["1", "true"].includes(c.req.query("dry_run") ?? "");

/**
 * Commits what `plan` decides (see {@link commit}) and publishes it when it is live. `?dry_run=1` plans, with every check,
 * and writes nothing.
 *
 * A write stands even when it cannot be published at once: the answer then says `X-Published: false`, and the cron of each
 * minute publishes it.
 */
export const write = async <Result>(
  c: Context<AdminEnv>,
  plan: () => Promise<Plan<Result>>,
  actor: string = actorOf(c.get("principal")),
): Promise<Result> => {
  if (isDryRun(c)) return (await plan()).result;
  let isLive = false;
  const committed = await commit(c.env.DB, actor, async () => {
    const planned = await plan();
    isLive = planned.live ?? false;
    return planned;
  }).catch((error: unknown) => {
    if (!(error instanceof TooBusy)) throw error;
    throw new Problem(503, "unavailable", "Others are writing at the same time. Nothing was stored; try again.", {
      headers: { "retry-after": "1" },
    });
  });
  if (isLive) {
    try {
      await publishAll(c.env);
      c.header("x-published", "true");
    } catch (error) {
      console.error(
        JSON.stringify({ message: "publish failed", request_id: c.get("request_id"), error: String(error) }),
      );
      c.header("x-published", "false");
      c.header("warning", '199 edgeworth "Stored, but not published yet; it will be within a minute."');
    }
  }
  return committed.result;
};
