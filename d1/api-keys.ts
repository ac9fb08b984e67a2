import { and, eq, isNull } from "drizzle-orm";
import type { ApiKey } from "../contract/api-key.ts";
import { open } from "./database.ts";
import type { Statement } from "./database.ts";
import { after, pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { apiKeys } from "./schema.ts";

/** Everything but the hash. */
const shownColumns = { hash: false } as const;

export const listApiKeys = async (d1: D1Database, page: PageRequest): Promise<Page<ApiKey>> =>
  pageFrom(
    await open(d1).query.apiKeys.findMany({ ...after(apiKeys.id, page), columns: shownColumns }),
    page.limit,
    (row) => row,
  );

export const findApiKey = async (d1: D1Database, id: string): Promise<ApiKey | undefined> =>
  open(d1).query.apiKeys.findFirst({ where: eq(apiKeys.id, id), columns: shownColumns });

/** The admin key with this SHA-256, unless it was revoked. */
export const findAdminKey = async (d1: D1Database, hash: string): Promise<ApiKey | undefined> =>
  open(d1).query.apiKeys.findFirst({
    where: and(eq(apiKeys.hash, hash), eq(apiKeys.type, "admin"), isNull(apiKeys.revoked_at)),
    columns: shownColumns,
  });

export const insertApiKey = (d1: D1Database, key: ApiKey, hash: string): Statement =>
  open(d1)
    .insert(apiKeys)
    .values({ ...key, hash });

export const revokeApiKey = (d1: D1Database, { id, revoked_at }: ApiKey): Statement =>
  open(d1).update(apiKeys).set({ revoked_at }).where(eq(apiKeys.id, id));
