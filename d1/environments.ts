import { asc, eq, or } from "drizzle-orm";
import type { Environment } from "../contract/environment.ts";
import { isOneOf, open } from "./database.ts";
import type { Statement } from "./database.ts";
import { after, pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { environments } from "./schema.ts";

/** An environment without what nobody may see. */
const shown = ({ unit_id_salt, ...row }: typeof environments.$inferSelect): Environment => ({
  ...row,
  hash_unit_ids: unit_id_salt !== null,
});

export const listEnvironments = async (d1: D1Database, page: PageRequest): Promise<Page<Environment>> =>
  pageFrom(await open(d1).query.environments.findMany(after(environments.id, page)), page.limit, shown);

/** Every environment, oldest first. */
export const allEnvironments = async (d1: D1Database): Promise<Environment[]> =>
  (await open(d1).select().from(environments).orderBy(asc(environments.id)).all()).map(shown);

const isNamed = (reference: string) => or(eq(environments.key, reference), eq(environments.id, reference));

/** By key or id. */
export const findEnvironment = async (d1: D1Database, reference: string): Promise<Environment | undefined> => {
  const row = await open(d1).select().from(environments).where(isNamed(reference)).get();
  return row && shown(row);
};

/** The salt with which an environment's units are hashed before they are stored; undefined where they are stored as they are. */
export const findUnitIdSalt = async (d1: D1Database, reference: string): Promise<string | undefined> => {
  const row = await open(d1)
    .select({ unit_id_salt: environments.unit_id_salt })
    .from(environments)
    .where(isNamed(reference))
    .get();
  return row?.unit_id_salt ?? undefined;
};

/** Those of the references (keys or ids) that exist, in no particular order. */
export const findEnvironments = async (d1: D1Database, references: readonly string[]): Promise<Environment[]> => {
  if (references.length === 0) return [];
  const rows = await open(d1)
    .select()
    .from(environments)
    .where(or(isOneOf(environments.key, references), isOneOf(environments.id, references)))
    .all();
  return rows.map(shown);
};

/** A new environment; one that hashes its units' ids gets a salt that nobody else has. */
export const insertEnvironment = (d1: D1Database, { hash_unit_ids, ...row }: Environment): Statement =>
  open(d1)
    .insert(environments)
    .values({ ...row, unit_id_salt: hash_unit_ids ? newUnitIdSalt() : null });

/** 128 random bits in hex. */
const newUnitIdSalt = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const updateEnvironment = (d1: D1Database, { id, name, enabled }: Environment): Statement =>
  open(d1).update(environments).set({ name, enabled }).where(eq(environments.id, id));
