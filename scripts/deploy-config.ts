import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { resourceNames, type ResourceIds } from "./account-resources.ts";
import { inRoot } from "./root.ts";
import { withTemporaryFile } from "./temporary-file.ts";

/** The configuration's text with the account's ids in the place of the local ones. */
export const withIds = (toml: string, ids: ResourceIds): string =>
  toml
    .replaceAll(`id = "${resourceNames.kvNamespace}"`, `id = "${ids.kvNamespaceId}"`)
    .replaceAll(`database_id = "${resourceNames.database}"`, `database_id = "${ids.databaseId}"`);

/**
 * Runs `work` with a copy of a Worker's configuration that names the account's resources. The copy lies beside the
 * original, because a configuration's paths are relative to it, and is removed afterwards.
 */
export const withDeployConfig = async <T>(
  config: string,
  ids: ResourceIds,
  work: (deployConfig: string) => Promise<T>,
): Promise<T> => {
  const copy = join(dirname(inRoot(config)), "wrangler.deploy.toml");
  return withTemporaryFile(copy, withIds(readFileSync(inRoot(config), "utf8"), ids), () => work(copy));
};
