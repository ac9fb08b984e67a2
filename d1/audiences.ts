import { eq, or } from "drizzle-orm";
import type { Audience } from "../contract/audience.ts";
import { isOneOf, open } from "./database.ts";
import type { Statement } from "./database.ts";
import { after, pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { audiences } from "./schema.ts";

export const listAudiences = async (d1: D1Database, page: PageRequest): Promise<Page<Audience>> =>
  pageFrom(await open(d1).query.audiences.findMany(after(audiences.id, page)), page.limit, (row) => row);

/** By key or id. */
export const findAudience = async (d1: D1Database, reference: string): Promise<Audience | undefined> =>
  open(d1)
    .select()
    .from(audiences)
    .where(or(eq(audiences.key, reference), eq(audiences.id, reference)))
    .get();

/** Those of the references (keys or ids) that exist, in no particular order. */
export const findAudiences = async (d1: D1Database, references: readonly string[]): Promise<Audience[]> =>
  references.length === 0
    ? []
    : open(d1)
        .select()
        .from(audiences)
        .where(or(isOneOf(audiences.key, references), isOneOf(audiences.id, references)))
        .all();

export const insertAudience = (d1: D1Database, audience: Audience): Statement =>
  open(d1).insert(audiences).values(audience);
