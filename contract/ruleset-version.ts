import { z } from "zod";

/** One published ruleset of an environment. */
export const RulesetVersion = z.object({
  version: z.number().int().min(1),
  /** SHA-256 of the ruleset's text. */
  hash: z.string(),
  /** ms since 1970. */
  published_at: z.number().int(),
  /** The version whose definitions it brought back; null when it was compiled from the present ones. */
  rolled_back_to: z.number().int().nullable(),
});
export type RulesetVersion = z.infer<typeof RulesetVersion>;

/**
 * Publishes the definitions of an old version as a new one. SDK keys, the environment's switch and how events are counted stay
 * as they are now. It holds until a definition of the environment changes; then all of the present ones are published.
 */
export const Rollback = z.strictObject({ version: z.number().int().min(1) });
export type Rollback = z.infer<typeof Rollback>;

/** The version that a rollback made, and a sentence on how long it holds. */
export const RolledBack = RulesetVersion.extend({ note: z.string() });
export type RolledBack = z.infer<typeof RolledBack>;

/** The list ends at `limit`: whoever wants an older version asks for more of them. */
export const RulesetVersionsQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) });
export type RulesetVersionsQuery = z.infer<typeof RulesetVersionsQuery>;

/** Newest first. */
export const RulesetVersions = z.object({ items: z.array(RulesetVersion) });
export type RulesetVersions = z.infer<typeof RulesetVersions>;
