import { z } from "zod";

/** Query of every write. A dry run checks everything, references and buckets too, and answers what would be stored. */
export const WriteQuery = z.object({ dry_run: z.enum(["0", "1", "true", "false"]).optional() });
export type WriteQuery = z.infer<typeof WriteQuery>;
