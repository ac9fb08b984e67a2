import { z } from "zod";

/**
 * Query of every write, and nothing else: a misspelt dry run must not write. A dry run checks everything, references and
 * buckets too, and answers what would be stored.
 */
export const WriteQuery = z.strictObject({ dry_run: z.enum(["0", "1", "true", "false"]).optional() });
export type WriteQuery = z.infer<typeof WriteQuery>;
