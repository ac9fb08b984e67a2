import type { BatchItem } from "drizzle-orm/batch";
import { drizzle } from "drizzle-orm/d1";
import { sql } from "drizzle-orm";
import type { SQL, SQLWrapper } from "drizzle-orm";
import * as schema from "./schema.ts";

/** The typed view of a D1 binding. `db.transaction()` does not exist on D1; `db.batch()` is the transaction. */
export const open = (d1: D1Database) => drizzle(d1, { schema });

/** A write that is not run yet: {@link ./commit.ts} runs several as one transaction. */
export type Statement = BatchItem<"sqlite">;

/** `column IN (values)` with one bound parameter, because D1 takes 100 a statement. */
export const isOneOf = (column: SQLWrapper, values: readonly string[]): SQL =>
  sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;
