import { eq, or } from "drizzle-orm";
import type { Holdout } from "../contract/holdout.ts";
import { open } from "./database.ts";
import type { Statement } from "./database.ts";
import { after, pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { holdouts } from "./schema.ts";

/** Newest first. */
export const listHoldouts = async (d1: D1Database, page: PageRequest): Promise<Page<Holdout>> =>
  pageFrom(await open(d1).query.holdouts.findMany(after(holdouts.id, page)), page.limit, (row) => row);

/** By key or id. */
export const findHoldout = async (d1: D1Database, reference: string): Promise<Holdout | undefined> =>
  open(d1)
    .select()
    .from(holdouts)
    .where(or(eq(holdouts.key, reference), eq(holdouts.id, reference)))
    .get();

export const insertHoldout = (d1: D1Database, holdout: Holdout): Statement => open(d1).insert(holdouts).values(holdout);

export const updateHoldout = (d1: D1Database, holdout: Holdout): Statement =>
  open(d1).update(holdouts).set(holdout).where(eq(holdouts.id, holdout.id));

/** The units that it held out are decided again from the next ruleset on. */
export const deleteHoldout = (d1: D1Database, id: string): Statement =>
  open(d1).delete(holdouts).where(eq(holdouts.id, id));
