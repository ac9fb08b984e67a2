import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import type { CreatedApiKey } from "../contract/api-key.ts";
import { createAdminClient } from "./admin-client.ts";
import { inRoot } from "./root.ts";
import { Failure } from "./steps.ts";

/** How to reach the local platform and sign in: `.edgeworth/local.json`. */
export interface LocalAccess {
  readonly url: string;
  readonly admin_api_key: string;
  readonly sdk_server_key: string;
  readonly sdk_client_key: string;
  readonly email: string;
  readonly password: string;
}

const defaultStateDir = inRoot(".edgeworth");

/** The folder of the local platform's state: `EDGEWORTH_STATE`, or `.edgeworth` in the project. */
export const stateDirOf = (env: NodeJS.ProcessEnv): string => resolve(env.EDGEWORTH_STATE ?? defaultStateDir);

/** Reads the access of the platform whose state is in `stateDir`; `undefined` when none was started there. */
export const readLocalAccess = (stateDir: string): LocalAccess | undefined => {
  const file = join(stateDir, "local.json");
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LocalAccess;
  } catch {
    throw new Failure(`${file} is no JSON. Remove its folder to begin afresh, or restore the file.`);
  }
};

/**
 * Writes `local.json` into the state folder, readable by its owner alone. It goes to `.edgeworth/` too, where readers look
 * first, unless that folder has a database of its own: the file holds the password to it.
 */
export const writeLocalAccess = (stateDir: string, access: LocalAccess): void => {
  const folders = existsSync(join(defaultStateDir, "runtime")) ? [stateDir] : [stateDir, defaultStateDir];
  for (const file of new Set(folders.map((folder) => join(folder, "local.json")))) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
  }
};

/** True when the key of an earlier run still opens the admin API. */
const isAccepted = async (url: string, adminKey: string): Promise<boolean> => {
  const answer = await fetch(`${url}/api/v1/environments`, { headers: { authorization: `Bearer ${adminKey}` } });
  if (!answer.ok && answer.status !== 401 && answer.status !== 403)
    throw new Failure(`The admin API answered ${answer.status}: ${await answer.text()}`);
  return answer.ok;
};

/**
 * Makes the first administrator and the keys on a fresh platform, or takes those of an earlier run.
 * Throws a {@link Failure} when the state has an administrator whose credentials are gone.
 */
export const ensureLocalAccess = async (url: string, stateDir: string, setupToken: string): Promise<LocalAccess> => {
  const known = readLocalAccess(stateDir);
  if (known && (await isAccepted(url, known.admin_api_key))) {
    const access = { ...known, url };
    writeLocalAccess(stateDir, access);
    return access;
  }
  const email = "admin@example.com";
  const password = randomBytes(12).toString("base64url");
  const setup = await fetch(`${url}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: setupToken, email, password }),
  });
  if (setup.status === 409)
    throw new Failure(
      `The database in ${stateDir} has an administrator, but ${join(stateDir, "local.json")} with the password is gone.\n` +
        "Remove that folder to begin afresh, or start with another one: EDGEWORTH_STATE=<folder> npm start",
    );
  if (!setup.ok) throw new Failure(`The first administrator could not be made: ${setup.status} ${await setup.text()}`);
  const cookie = setup.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const admin = createAdminClient(url, { cookie, origin: url });
  const createKey = async (name: string, type: "client" | "server" | "admin"): Promise<string> => {
    const body = type === "admin" ? { name, type } : { name, type, environment: "production" };
    return (await admin.post<CreatedApiKey>("/api-keys", body)).key;
  };
  const access: LocalAccess = {
    url,
    admin_api_key: await createKey("Local admin", "admin"),
    sdk_server_key: await createKey("Local server", "server"),
    sdk_client_key: await createKey("Local browser", "client"),
    email,
    password,
  };
  writeLocalAccess(stateDir, access);
  return access;
};
