import { asc, eq, or } from "drizzle-orm";
import type { Environment } from "../contract/environment.ts";
import { isOneOf, open } from "./database.ts";
import type { Statement } from "./database.ts";
import { after, pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { environments } from "./schema.ts";

export const listEnvironments = async (d1: D1Database, page: PageRequest): Promise<Page<Environment>> =>
  pageFrom(await open(d1).query.environments.findMany(after(environments.id, page)), page.limit, (row) => row);

/** Every environment, oldest first. */
export const allEnvironments = async (d1: D1Database): Promise<Environment[]> =>
  open(d1).select().from(environments).orderBy(asc(environments.id)).all();

/** By key or id. */
export const findEnvironment = async (d1: D1Database, reference: string): Promise<Environment | undefined> =>
  open(d1)
    .select()
    .from(environments)
    .where(or(eq(environments.key, reference), eq(environments.id, reference)))
    .get();

/** Those of the references (keys or ids) that exist, in no particular order. */
export const findEnvironments = async (d1: D1Database, references: readonly string[]): Promise<Environment[]> =>
  references.length === 0
    ? []
    : open(d1)
        .select()
        .from(environments)
        .where(or(isOneOf(environments.key, references), isOneOf(environments.id, references)))
        .all();

export const insertEnvironment = (d1: D1Database, environment: Environment): Statement =>
  open(d1).insert(environments).values(environment);

export const updateEnvironment = (d1: D1Database, { id, name, enabled }: Environment): Statement =>
  open(d1).update(environments).set({ name, enabled }).where(eq(environments.id, id));
