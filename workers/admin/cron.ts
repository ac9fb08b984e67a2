import { deleteExpiredSessions } from "../../d1/sessions.ts";
import { deletePastAttempts } from "../../d1/sign-in-attempts.ts";
import type { Env } from "./env.ts";
import { publishAll } from "./publish.ts";

/** Each minute: publish what a write could not. Each hour: throw away what has expired. */
export const onCron = async ({ cron, scheduledTime }: ScheduledController, env: Env): Promise<void> => {
  if (cron === "* * * * *") return publishAll(env);
  const now = new Date(scheduledTime).toISOString();
  await deleteExpiredSessions(env.DB, now);
  await deletePastAttempts(env.DB, now);
};
