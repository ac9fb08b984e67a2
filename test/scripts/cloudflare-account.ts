import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

/** What is bound to a Worker, as `metadata.bindings` of an upload spells it. */
export interface Binding {
  readonly name: string;
  readonly type: string;
  readonly [field: string]: string | undefined;
}

/** A deployed Worker, as far as a deploy reads it back. */
export interface Script {
  readonly tag: string;
  bindings: readonly Binding[];
  /** Durable Object classes that its migrations have made. */
  readonly classes: Set<string>;
  migrationTag: string | undefined;
  readonly secrets: Map<string, string>;
  crons: readonly string[];
  onWorkersDev: boolean;
  /** Version ids, oldest first; the last one is deployed. */
  readonly versions: string[];
}

/** A queue's consumer, with the settings as wrangler sends them. */
export interface Consumer {
  readonly consumer_id: string;
  readonly script: string;
  readonly type: string;
  readonly dead_letter_queue?: string;
  readonly settings: Readonly<Record<string, number>>;
}

/** A Cloudflare account held in memory. Maps are by id (databases, namespaces, queues) or by name (buckets, scripts). */
export interface Account {
  readonly id: string;
  readonly token: string;
  /** The account's workers.dev subdomain; a fresh account has none. */
  subdomain: string | undefined;
  readonly databases: Map<string, { readonly name: string; readonly sqlite: DatabaseSync }>;
  readonly namespaces: Map<string, string>;
  readonly buckets: Set<string>;
  readonly queues: Map<string, { readonly name: string; consumers: Consumer[] }>;
  readonly scripts: Map<string, Script>;
  /** Hashes of the static assets that were uploaded. */
  readonly assets: Set<string>;
}

/** An account with nothing in it but a workers.dev subdomain. */
export const anAccount = (): Account => ({
  id: randomUUID().replaceAll("-", ""),
  token: `token-${randomUUID()}`,
  subdomain: "example",
  databases: new Map(),
  namespaces: new Map(),
  buckets: new Set(),
  queues: new Map(),
  scripts: new Map(),
  assets: new Set(),
});

export const addDatabase = (account: Account, name: string): string => {
  const id = randomUUID();
  account.databases.set(id, { name, sqlite: new DatabaseSync(":memory:") });
  return id;
};

export const addNamespace = (account: Account, title: string): string => {
  const id = randomUUID().replaceAll("-", "");
  account.namespaces.set(id, title);
  return id;
};

export const addQueue = (account: Account, name: string): string => {
  const id = randomUUID().replaceAll("-", "");
  account.queues.set(id, { name, consumers: [] });
  return id;
};

/** The names of everything in the account, sorted: what a second deploy must leave as it is. */
export const inventoryOf = (account: Account): Record<string, string[]> => ({
  databases: [...account.databases].map(([id, { name }]) => `${name} ${id}`).toSorted(),
  namespaces: [...account.namespaces].map(([id, title]) => `${title} ${id}`).toSorted(),
  buckets: [...account.buckets].toSorted(),
  queues: [...account.queues].map(([id, { name }]) => `${name} ${id}`).toSorted(),
  scripts: [...account.scripts.keys()].toSorted(),
});
