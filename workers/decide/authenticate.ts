import type { RulesetKey } from "../../contract/ruleset.ts";
import type { Loaded, RulesetSource } from "../../durable-objects/ruleset-source.ts";
import { environmentOfKey, readCredential } from "../http/credentials.ts";
import { Problem } from "../http/problem.ts";
import { createBudget } from "./budget.ts";
import type { Env } from "./env.ts";
import { createKeyCheck } from "./key-check.ts";
import type { Prepared } from "./prepared.ts";
import type { WaitUntil } from "./route.ts";

/** Who asks. */
export interface Caller {
  /** What the key says; when there is a ruleset, the ruleset says the same. */
  readonly environment: string;
  /** `undefined` when there is no ruleset to be had: nobody knows then whether the key is right, and the answer is defaults. */
  readonly known: { readonly loaded: Loaded<Prepared>; readonly key: RulesetKey } | undefined;
}

/**
 * Finds out who asks, from the key in the request's headers or from `credential` where the key came by another way. Throws
 * a `Problem` (401, with `WWW-Authenticate`) for no key, for what is no SDK key, and for a key that the newest ruleset does
 * not know. Does no I/O, and makes no promise, once the ruleset is in memory and the key has been seen.
 */
export type Authenticate = (
  request: Request,
  env: Env,
  waitUntil: WaitUntil,
  credential?: string,
) => Caller | Promise<Caller>;

/** An unknown key may be a new one: so often per isolate and window the publisher is asked before it is refused. */
const KEY_REFRESHES = 5;
const KEY_REFRESH_WINDOW_MS = 10_000;

/** Make one per Worker, at module level. */
export const createAuthenticate = (source: RulesetSource<Prepared>, now: () => number): Authenticate => {
  const findKey = createKeyCheck();
  const mayRefreshForKey = createBudget(KEY_REFRESHES, KEY_REFRESH_WINDOW_MS, now);

  return async (request, env, waitUntil, credential) => {
    const { key, environment } = sdkKeyOf(credential ?? readCredential(request));
    let loaded = await source.get(env, environment, waitUntil);
    let found = loaded && (await findKey(key, loaded.compiled.compiled.keys));
    if (loaded && !found && mayRefreshForKey()) {
      ({ loaded } = await source.refresh(env, environment));
      found = loaded && (await findKey(key, loaded.compiled.compiled.keys));
    }
    if (!loaded && source.isAbsent(environment))
      throw invalidCredentials("This SDK key is of no environment that exists.");
    if (!loaded) return { environment, known: undefined };
    if (!found) throw invalidCredentials("This SDK key does not exist or was revoked.");
    return { environment, known: { loaded, key: found } };
  };
};

const sdkKeyOf = (key: string | undefined): { readonly key: string; readonly environment: string } => {
  if (key === undefined)
    throw new Problem(
      401,
      "missing_credentials",
      "Send an SDK key as Authorization: Bearer <key> or as X-API-Key: <key>.",
      { headers: { "www-authenticate": "Bearer" } },
    );
  const environment = environmentOfKey(key);
  if (environment === undefined)
    throw invalidCredentials("This is not an SDK key: those begin with ew_client_ or ew_server_.");
  return { key, environment };
};

const invalidCredentials = (detail: string): Problem =>
  new Problem(401, "invalid_credentials", detail, { headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
