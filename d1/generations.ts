import { asc, eq } from "drizzle-orm";
import { open } from "./database.ts";
import type { Statement } from "./database.ts";
import { environments, experiments } from "./schema.ts";

/** Has an environment counted by another generation. */
export const moveEnvironment = (
  d1: D1Database,
  id: string,
  { generation, shards }: { readonly generation: number; readonly shards: number },
): Statement => open(d1).update(environments).set({ generation, shards }).where(eq(environments.id, id));

/** The ids of every experiment that there has been, oldest first. */
export const allExperimentIds = async (d1: D1Database): Promise<string[]> =>
  (await open(d1).select({ id: experiments.id }).from(experiments).orderBy(asc(experiments.id)).all()).map(
    ({ id }) => id,
  );
