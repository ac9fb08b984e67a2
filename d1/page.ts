import { desc, lt } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** Which stretch of a list: `cursor` is the id of the last item of the page before. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  readonly items: Item[];
  readonly next_cursor: string | null;
}

/** What follows the cursor, newest first, and one row more than asked for, which tells whether there is another page. */
export const after = (id: SQLiteColumn, { limit, cursor }: PageRequest) => ({
  where: cursor === undefined ? undefined : lt(id, cursor),
  orderBy: desc(id),
  limit: limit + 1,
});

/** The page of rows read with {@link after}. */
export const pageFrom = <Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => Item,
): Page<Item> => ({
  items: rows.slice(0, limit).map(show),
  next_cursor: rows.length > limit ? (rows[limit - 1]?.id ?? null) : null,
});
