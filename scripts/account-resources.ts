import { Failure } from "./steps.ts";
import { complaintOf, tryWrangler, wrangler } from "./wrangler.ts";

/** The names of what the product needs in a Cloudflare account, as the Workers' configurations spell them. */
export const resourceNames = {
  database: "edgeworth",
  kvNamespace: "edgeworth-rules",
  bucket: "edgeworth-archive",
  queues: ["edgeworth-events-dead", "edgeworth-events"],
} as const;

/** The account's own ids, which the configurations need for KV and D1. */
export interface ResourceIds {
  readonly kvNamespaceId: string;
  readonly databaseId: string;
}

const findDatabase = async (): Promise<string | undefined> =>
  (JSON.parse(await wrangler("d1", "list", "--json")) as { uuid: string; name: string }[]).find(
    ({ name }) => name === resourceNames.database,
  )?.uuid;

const findNamespace = async (): Promise<string | undefined> =>
  (JSON.parse(await wrangler("kv", "namespace", "list")) as { id: string; title: string }[]).find(
    ({ title }) => title === resourceNames.kvNamespace,
  )?.id;

const findOrCreate = async (find: () => Promise<string | undefined>, create: string[]): Promise<string> => {
  const found = await find();
  if (found !== undefined) return found;
  await wrangler(...create);
  const created = await find();
  if (created === undefined)
    throw new Failure(`\`wrangler ${create.join(" ")}\` succeeded, but its result is not listed.`);
  return created;
};

/** Buckets and queues are known by name, and their lists come as tables of one page: each is asked for by itself. */
const ensure = async (info: string[], create: string[]): Promise<void> => {
  const result = await tryWrangler(...info);
  if (result.code === 0) return;
  // Any other failure (no permission, no network, R2 not enabled) is not a reason to create something.
  if (!/does not exist/.test(complaintOf(result)))
    throw new Failure(`\`wrangler ${info.join(" ")}\` failed:\n${complaintOf(result)}`);
  await wrangler(...create);
};

/** Creates in the signed-in account whatever is missing; changes nothing that exists. */
export const ensureResources = async (): Promise<ResourceIds> => {
  const databaseId = await findOrCreate(findDatabase, ["d1", "create", resourceNames.database]);
  const kvNamespaceId = await findOrCreate(findNamespace, ["kv", "namespace", "create", resourceNames.kvNamespace]);
  await ensure(["r2", "bucket", "info", resourceNames.bucket], ["r2", "bucket", "create", resourceNames.bucket]);
  for (const queue of resourceNames.queues) await ensure(["queues", "info", queue], ["queues", "create", queue]);
  return { databaseId, kvNamespaceId };
};
