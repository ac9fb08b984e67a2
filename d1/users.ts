import { count, eq } from "drizzle-orm";
import type { Role } from "../contract/session.ts";
import { open } from "./database.ts";
import type { Statement } from "./database.ts";
import { users } from "./schema.ts";

export interface User {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly password_hash: string;
  readonly created_at: string;
}

export const countUsers = async (d1: D1Database): Promise<number> =>
  (await open(d1).select({ count: count() }).from(users).get())?.count ?? 0;

/** `email` in lower case. */
export const findUser = async (d1: D1Database, email: string): Promise<User | undefined> =>
  open(d1).select().from(users).where(eq(users.email, email)).get();

export const insertUser = (d1: D1Database, user: User): Statement => open(d1).insert(users).values(user);
