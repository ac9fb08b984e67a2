import { eq, or } from "drizzle-orm";
import type { Audience } from "../contract/audience.ts";
import type { Rule } from "../contract/targeting.ts";
import { isOneOf, open } from "./database.ts";
import type { Statement } from "./database.ts";
import { after, pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { audiences } from "./schema.ts";

/** Everything but the list itself, which may be a megabyte. */
const shownColumns = { id_list: false } as const;

type AudienceRow = Omit<typeof audiences.$inferSelect, "id_list">;

const shown = ({ id_attribute, id_count, ...row }: AudienceRow): Audience => ({
  ...row,
  ids: id_attribute === null || id_count === null ? null : { attribute: id_attribute, count: id_count },
});

/** The list of an audience's ids, as `core/id-list.ts` writes it. */
export interface StoredList {
  /** Kept without a list too, for one that is added later. */
  readonly attribute: string;
  readonly list: string | null;
}

/** Newest first. */
export const listAudiences = async (d1: D1Database, page: PageRequest): Promise<Page<Audience>> =>
  pageFrom(
    await open(d1).query.audiences.findMany({ ...after(audiences.id, page), columns: shownColumns }),
    page.limit,
    shown,
  );

/** By key or id. */
export const findAudience = async (d1: D1Database, reference: string): Promise<Audience | undefined> => {
  const row = await open(d1).query.audiences.findFirst({
    where: or(eq(audiences.key, reference), eq(audiences.id, reference)),
    columns: shownColumns,
  });
  return row && shown(row);
};

/** Those of the references (keys or ids) that exist, in no particular order. */
export const findAudiences = async (d1: D1Database, references: readonly string[]): Promise<Audience[]> => {
  if (references.length === 0) return [];
  const rows = await open(d1).query.audiences.findMany({
    where: or(isOneOf(audiences.key, references), isOneOf(audiences.id, references)),
    columns: shownColumns,
  });
  return rows.map(shown);
};

/** The rules of every audience, by key. */
export const readAudienceRules = async (d1: D1Database): Promise<Map<string, readonly Rule[]>> => {
  const rows = await open(d1).select({ key: audiences.key, rules: audiences.rules }).from(audiences).all();
  return new Map(rows.map(({ key, rules }) => [key, rules]));
};

/** The list of an audience, by its id. */
export const readIdList = async (d1: D1Database, id: string): Promise<StoredList> => {
  const row = await open(d1)
    .select({ attribute: audiences.id_attribute, list: audiences.id_list })
    .from(audiences)
    .where(eq(audiences.id, id))
    .get();
  return { attribute: row?.attribute ?? "user_id", list: row?.list ?? null };
};

const columnsOf = ({ ids, ...audience }: Audience, { attribute, list }: StoredList) => ({
  ...audience,
  id_attribute: attribute,
  id_count: ids?.count ?? null,
  id_list: list,
});

export const insertAudience = (d1: D1Database, audience: Audience, list: StoredList): Statement =>
  open(d1).insert(audiences).values(columnsOf(audience, list));

/** Changes its name, rules and list. */
export const updateAudience = (d1: D1Database, audience: Audience, list: StoredList): Statement =>
  open(d1).update(audiences).set(columnsOf(audience, list)).where(eq(audiences.id, audience.id));

/** Changes its name and rules, and leaves the list alone. */
export const updateAudienceRules = (d1: D1Database, { id, name, rules }: Audience): Statement =>
  open(d1).update(audiences).set({ name, rules }).where(eq(audiences.id, id));
