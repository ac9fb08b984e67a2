import { command, tool } from "./command.ts";
import { Failure } from "./steps.ts";

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

const wrangler = async (...args: string[]): Promise<string> => {
  const { code, output } = await command(tool("wrangler"), args, { env: { CI: "1" } });
  if (code !== 0) throw new Failure(`\`wrangler ${args.join(" ")}\` failed:\n${output}`);
  return output;
};

/** wrangler prints a banner around its JSON on some commands: this takes the outermost array. */
const parseList = <T>(output: string): T[] => {
  const start = output.indexOf("[\n") === -1 ? output.indexOf("[") : output.indexOf("[\n");
  return start === -1 ? [] : (JSON.parse(output.slice(start, output.lastIndexOf("]") + 1)) as T[]);
};

const findDatabase = async (): Promise<string | undefined> =>
  parseList<{ uuid: string; name: string }>(await wrangler("d1", "list", "--json")).find(
    ({ name }) => name === resourceNames.database,
  )?.uuid;

const findNamespace = async (): Promise<string | undefined> =>
  parseList<{ id: string; title: string }>(await wrangler("kv", "namespace", "list")).find(
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

const ensure = async (info: string[], create: string[]): Promise<void> => {
  const { code } = await command(tool("wrangler"), info, { env: { CI: "1" } });
  if (code !== 0) await wrangler(...create);
};

/** Creates in the signed-in account whatever is missing; changes nothing that exists. */
export const ensureResources = async (): Promise<ResourceIds> => {
  const databaseId = await findOrCreate(findDatabase, ["d1", "create", resourceNames.database]);
  const kvNamespaceId = await findOrCreate(findNamespace, ["kv", "namespace", "create", resourceNames.kvNamespace]);
  await ensure(["r2", "bucket", "info", resourceNames.bucket], ["r2", "bucket", "create", resourceNames.bucket]);
  for (const queue of resourceNames.queues) await ensure(["queues", "info", queue], ["queues", "create", queue]);
  return { databaseId, kvNamespaceId };
};
