import type { RulesetKey } from "../../contract/ruleset.ts";
import type { CompiledRuleset } from "../../core/compile.ts";
import type { Loaded, RulesetSource } from "../../durable-objects/ruleset-source.ts";
import { createCallerLimits } from "../http/caller-limits.ts";
import { environmentOfKey, keyIn, readCredential, sha256Hex } from "../http/credentials.ts";
import { Problem } from "../http/problem.ts";
import { type WaitUntil, networkOf } from "../http/rate-limit.ts";
import { createBudget } from "./budget.ts";
import type { Env } from "./env.ts";

/** Who asks. */
export interface Caller {
  /** What the key says; when there is a ruleset, the ruleset says the same. */
  readonly environment: string;
  /** `undefined` when there is no ruleset to be had: nobody knows then whether the key is right, and the answer is defaults. */
  readonly known: { readonly loaded: Loaded<CompiledRuleset>; readonly key: RulesetKey } | undefined;
}

/**
 * Finds out who asks, from the key in the request's headers or from `credential` where the key came by another way. Throws
 * a `Problem`: 401, with `WWW-Authenticate`, for no key, for what is no SDK key, and for a key that the newest ruleset does
 * not know; 429, with `Retry-After`, for a caller that asks too often. Does no I/O, and makes no promise, once the ruleset is
 * in memory and the key has been seen.
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

const MAX_REMEMBERED = 1_000;

/** What is remembered of a key that was right: its hash, since hashing is most of what a check costs. Never the verdict. */
interface Remembered {
  readonly environment: string;
  readonly hash: string;
}

/** Make one per Worker, at module level. */
export const createAuthenticate = (source: RulesetSource<CompiledRuleset>, now: () => number): Authenticate => {
  /** By the text that was sent: a header's value, or the key by itself. */
  const remembered = new Map<string, Remembered>();
  /** Callers by ruleset and hash. They go with the ruleset, so a revoked key is refused as soon as the next one says so. */
  const callers = new WeakMap<Loaded<CompiledRuleset>, Map<string, Caller>>();
  const callerOf = (loaded: Loaded<CompiledRuleset>, { environment, hash }: Remembered): Caller | undefined => {
    const byHash = callers.get(loaded);
    const known = byHash?.get(hash);
    if (known) return known;
    const key = loaded.compiled.keys.get(hash);
    if (!key) return undefined;
    const caller: Caller = { environment, known: { loaded, key } };
    if (byHash) byHash.set(hash, caller);
    else callers.set(loaded, new Map([[hash, caller]]));
    return caller;
  };
  const mayRefreshForKey = createBudget(KEY_REFRESHES, KEY_REFRESH_WINDOW_MS, now);
  const limits = createCallerLimits(now);
  const { failures } = limits;

  const admit = (caller: Caller, request: Request, env: Env, waitUntil: WaitUntil): Caller => {
    if (caller.known) limits.count(caller.known.key, request, env, waitUntil);
    return caller;
  };

  const remember = (text: string, seen: Remembered): void => {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(text, seen);
  };

  /** The caller for certain. Those who have sent too many wrong keys cause no I/O any more. */
  const identify = async (
    request: Request,
    env: Env,
    waitUntil: WaitUntil,
    key: string,
    environment: string,
    sent: string,
  ): Promise<Caller> => {
    const network = networkOf(request.headers.get("cf-connecting-ip"));
    const isBarred = network !== undefined && failures.isSpent(network);
    const refuse = (detail: string): never => {
      if (isBarred) throw failures.refusal();
      if (network !== undefined) failures.count(network, env, waitUntil);
      throw invalidCredentials(detail);
    };

    let loaded = source.peek(env, environment, waitUntil);
    if (!loaded && isBarred) throw failures.refusal();
    loaded ??= await source.get(env, environment, waitUntil);
    const hash = remembered.get(sent)?.hash ?? (await sha256Hex(key));
    let found = loaded?.compiled.keys.get(hash);
    if (loaded && !found && !isBarred && mayRefreshForKey()) {
      ({ loaded } = await source.refresh(env, environment));
      found = loaded?.compiled.keys.get(hash);
    }
    if (!loaded) {
      if (source.isAbsent(environment)) refuse("This SDK key is of no environment that exists.");
      return { environment, known: undefined };
    }
    if (!found) return refuse("This SDK key does not exist or was revoked.");
    if (keyIn(sent) === key) remember(sent, { environment, hash });
    return admit({ environment, known: { loaded, key: found } }, request, env, waitUntil);
  };

  return (request, env, waitUntil, credential) => {
    const sent = credential ?? request.headers.get("authorization") ?? request.headers.get("x-api-key") ?? "";
    const seen = remembered.get(sent);
    const loaded = seen && source.peek(env, seen.environment, waitUntil);
    const caller = loaded && callerOf(loaded, seen);
    if (caller) return admit(caller, request, env, waitUntil);
    const { key, environment } = sdkKeyOf(credential ?? readCredential(request));
    return identify(request, env, waitUntil, key, environment, sent);
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

export const invalidCredentials = (detail: string): Problem =>
  new Problem(401, "invalid_credentials", detail, { headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
