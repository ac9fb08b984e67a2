import { and, eq, getTableColumns, or, sql } from "drizzle-orm";
import type { Flag } from "../contract/flag.ts";
import { isOneOf, open } from "./database.ts";
import type { Statement } from "./database.ts";
import { after, pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { flags } from "./schema.ts";

/** A flag's columns, and whether it has an off value: null is a value, and reads as SQL's NULL does. */
export const flagColumns = {
  ...getTableColumns(flags),
  has_off_value: sql<number>`${flags.off_value} IS NOT NULL`,
};

export type FlagRow = typeof flags.$inferSelect & { readonly has_off_value: number };

const shown = ({ has_off_value, off_value, ...row }: FlagRow): Flag => ({
  ...row,
  ...(has_off_value === 1 && { off_value }),
});

/** Newest first; those that are archived, or those that are not. */
export const listFlags = async (
  d1: D1Database,
  page: PageRequest,
  filter: { readonly archived: boolean },
): Promise<Page<Flag>> => {
  const { where, orderBy, limit } = after(flags.id, page);
  const rows = await open(d1)
    .select(flagColumns)
    .from(flags)
    .where(and(where, eq(flags.archived, filter.archived)))
    .orderBy(orderBy)
    .limit(limit)
    .all();
  return pageFrom(rows, page.limit, shown);
};

/** By key or id. */
export const findFlag = async (d1: D1Database, reference: string): Promise<Flag | undefined> => {
  const row = await open(d1)
    .select(flagColumns)
    .from(flags)
    .where(or(eq(flags.key, reference), eq(flags.id, reference)))
    .get();
  return row && shown(row);
};

/** Those of the references (keys or ids) that exist, in no particular order. */
export const findFlags = async (d1: D1Database, references: readonly string[]): Promise<Flag[]> => {
  if (references.length === 0) return [];
  const rows = await open(d1)
    .select(flagColumns)
    .from(flags)
    .where(or(isOneOf(flags.key, references), isOneOf(flags.id, references)))
    .all();
  return rows.map(shown);
};

const columnsOf = ({ off_value, ...flag }: Flag) => ({
  ...flag,
  off_value: off_value === null ? sql`'null'` : (off_value ?? null),
});

export const insertFlag = (d1: D1Database, flag: Flag): Statement => open(d1).insert(flags).values(columnsOf(flag));

export const updateFlag = (d1: D1Database, flag: Flag): Statement =>
  open(d1).update(flags).set(columnsOf(flag)).where(eq(flags.id, flag.id));
