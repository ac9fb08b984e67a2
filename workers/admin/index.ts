import { app } from "./app.ts";
import type { Env } from "./env.ts";
import { onCron } from "./cron.ts";

export default {
  fetch: app.fetch,
  scheduled: onCron,
} satisfies ExportedHandler<Env>;
