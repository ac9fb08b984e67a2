import { randomUUID } from "node:crypto";
import { ApiError, type Call, type Route } from "./api-route.ts";
import { type Account, addDatabase, addNamespace, addQueue, type Consumer } from "./cloudflare-account.ts";

/** D1's answer to statements: rows for a single one; several are run as one transaction, whose rows nobody reads. */
const query = (account: Account, id: string, sql: string): unknown => {
  const database = account.databases.get(id);
  if (!database) throw new ApiError(404, 7404, "The database could not be found");
  const meta = {
    duration: 0,
    rows_read: 0,
    rows_written: 0,
    changes: 0,
    last_row_id: 0,
    changed_db: true,
    size_after: 0,
  };
  try {
    if (/;\s*\S/.test(sql)) {
      database.sqlite.exec(`BEGIN; ${sql}; COMMIT`);
      return [{ success: true, results: [], meta }];
    }
    return [{ success: true, results: database.sqlite.prepare(sql).all(), meta }];
  } catch (error) {
    if (database.sqlite.isTransaction) database.sqlite.exec("ROLLBACK");
    throw new ApiError(400, 7500, error instanceof Error ? error.message : String(error));
  }
};

const queueOf = (account: Account, id: string): { readonly name: string; consumers: Consumer[] } => {
  const queue = account.queues.get(id);
  if (!queue) throw new ApiError(404, 11000, "queue not found");
  return queue;
};

const showQueue = (account: Account, id: string): unknown => {
  const { name, consumers } = queueOf(account, id);
  return {
    queue_id: id,
    queue_name: name,
    created_on: "",
    modified_on: "",
    producers: [],
    producers_total_count: 0,
    consumers,
    consumers_total_count: consumers.length,
  };
};

const consumerOf = async ({ json }: Call, consumer_id: string): Promise<Consumer> => {
  const { script_name, ...rest } = (await json()) as Omit<Consumer, "script" | "consumer_id"> & {
    script_name: string;
  };
  return { ...rest, consumer_id, script: script_name };
};

/** D1, KV, R2 and Queues. */
export const storageRoutes = (account: Account): readonly Route[] => [
  [
    "GET",
    "/d1/database",
    () => [...account.databases].map(([uuid, { name }]) => ({ uuid, name, version: "production" })),
  ],
  [
    "POST",
    "/d1/database",
    async ({ json }) => {
      const { name } = (await json()) as { name: string };
      return { uuid: addDatabase(account, name), name };
    },
  ],
  [
    "POST",
    "/d1/database/*/query",
    async ({ params: [id = ""], json }) => query(account, id, ((await json()) as { sql: string }).sql),
  ],

  ["GET", "/storage/kv/namespaces", () => [...account.namespaces].map(([id, title]) => ({ id, title }))],
  [
    "POST",
    "/storage/kv/namespaces",
    async ({ json }) => {
      const { title } = (await json()) as { title: string };
      return { id: addNamespace(account, title), title };
    },
  ],

  ["GET", "/r2/buckets", () => ({ buckets: [...account.buckets].map((name) => ({ name, creation_date: "" })) })],
  [
    "GET",
    "/r2/buckets/*",
    ({ params: [name = ""] }) => {
      if (!account.buckets.has(name)) throw new ApiError(404, 10006, "The specified bucket does not exist.");
      return { name, creation_date: "" };
    },
  ],
  // The bucket's size, which a token without the right to analytics does not get either.
  ["POST", "/graphql", () => null],
  [
    "POST",
    "/r2/buckets",
    async ({ json }) => {
      const { name } = (await json()) as { name: string };
      if (account.buckets.has(name)) throw new ApiError(409, 10004, "The bucket you tried to create already exists");
      account.buckets.add(name);
      return {};
    },
  ],

  [
    "GET",
    "/queues",
    ({ query }) => {
      const names = query.getAll("name");
      return [...account.queues]
        .filter(([, { name }]) => names.length === 0 || names.includes(name))
        .map(([id]) => showQueue(account, id));
    },
  ],
  [
    "POST",
    "/queues",
    async ({ json }) => showQueue(account, addQueue(account, ((await json()) as { queue_name: string }).queue_name)),
  ],
  [
    "POST",
    "/queues/*/consumers",
    async (call) => {
      const queue = queueOf(account, call.params[0] ?? "");
      if (queue.consumers.length > 0) throw new ApiError(400, 11004, "the queue has a consumer already");
      queue.consumers = [await consumerOf(call, randomUUID())];
      return {};
    },
  ],
  [
    "PUT",
    "/queues/*/consumers/*",
    async (call) => {
      const queue = queueOf(account, call.params[0] ?? "");
      if (queue.consumers[0]?.consumer_id !== call.params[1]) throw new ApiError(404, 11001, "consumer not found");
      queue.consumers = [await consumerOf(call, call.params[1] ?? "")];
      return {};
    },
  ],
];
