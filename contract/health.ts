import { z } from "zod";

/** Whether the admin API can do its work. `revision` counts the writes of the workspace. */
export const Health = z.object({ ok: z.boolean(), d1: z.boolean(), revision: z.number().int().nullable() });
export type Health = z.infer<typeof Health>;
