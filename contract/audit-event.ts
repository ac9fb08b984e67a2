import { z } from "zod";
import { Instant } from "./key.ts";
import { JsonValue } from "./json.ts";

/** Who changed what. Append-only. */
export const AuditEvent = z.object({
  id: z.string(),
  at: Instant,
  /** `user:<email>` or `key:<id>`. */
  actor: z.string(),
  /** What was done, for example `experiment.start`. */
  action: z.string(),
  /** Kind and key of what it was done to, for example `experiment:checkout_button`. */
  target: z.string(),
  change: JsonValue,
});
export type AuditEvent = z.infer<typeof AuditEvent>;
