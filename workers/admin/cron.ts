import { deleteExpiredSessions } from "../../d1/sessions.ts";
import { deletePastAttempts } from "../../d1/sign-in-attempts.ts";
import type { Env } from "./env.ts";
import { publishAll } from "./publish.ts";
import { switchGenerations } from "./switch-generations.ts";
import { takeSnapshots } from "./take-snapshots.ts";

/**
 * Each minute: publish what a write could not, and put environments on generations that are ready for them. Each hour: throw away what has expired, and keep the results of the hour.
 * Both may come late or twice and change nothing the second time.
 */
export const onCron = async ({ cron, scheduledTime }: ScheduledController, env: Env): Promise<void> => {
  if (cron === "* * * * *") {
    await publishAll(env);
    return switchGenerations(env);
  }
  const now = new Date(scheduledTime).toISOString();
  await deleteExpiredSessions(env.DB, now);
  await deletePastAttempts(env.DB, now);
  return takeSnapshots(env, scheduledTime);
};
