import { z } from "zod";
import { EventRejection } from "./event.ts";
import { EnvironmentKey, Instant, Reference } from "./key.ts";

/**
 * What became of the events that one shard accounts for, by stage: received → archived → one of the others. `received` is what
 * ingest says to have sent, or what came before it was said; the fates are what was found in the messages: counts that do not
 * come from one another.
 */
export const LedgerCounts = z.object({
  received: z.number().int(),
  /** Those whose message is in the archive. */
  archived: z.number().int(),
  applied: z.number().int(),
  duplicate: z.number().int(),
  late: z.number().int(),
  bot: z.number().int(),
  dead_lettered: z.number().int(),
  rejected: z.partialRecord(EventRejection, z.number().int()),
});
export type LedgerCounts = z.infer<typeof LedgerCounts>;

/**
 * The law of conservation: `difference` = received − everything that events can become, `archive_difference` = received −
 * archived. Events that are under way: both are 0 at rest, and above 0 for good when any were lost.
 */
export const Ledger = LedgerCounts.extend({
  environment: EnvironmentKey,
  as_of: Instant,
  difference: z.number().int(),
  archive_difference: z.number().int(),
});
export type Ledger = z.infer<typeof Ledger>;

export const LedgerQuery = z.strictObject({ environment: Reference.default("production") });
export type LedgerQuery = z.infer<typeof LedgerQuery>;
