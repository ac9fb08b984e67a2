import type { Assignment, DecideRequest, DecideResponse } from "../../contract/decision.ts";
import { decide, defaultAssignment } from "../../core/decide.ts";
import type { Loaded, RulesetSource } from "../../durable-objects/ruleset-source.ts";
import { readJson } from "../http/body.ts";
import { corsHeaders, preflight, withCors } from "../http/cors.ts";
import { environmentOfKey, readCredential } from "../http/credentials.ts";
import { withServersEdge, withVisitorsEdge } from "../http/edge-context.ts";
import { Problem, problemResponse } from "../http/problem.ts";
import { createBudget } from "./budget.ts";
import { invalidRequest, parseDecideRequest } from "./decide-request.ts";
import type { Env } from "./env.ts";
import { createKeyCheck } from "./key-check.ts";
import type { Prepared } from "./prepared.ts";
import { type QueryPairs, parseQuery, queryPairs, targetOf } from "./query.ts";

const MAX_BODY_BYTES = 65_536;

/** An unknown key may be a new one: so often per isolate and window the publisher is asked before it is refused. */
const KEY_REFRESHES = 5;
const KEY_REFRESH_WINDOW_MS = 10_000;

type Handler = (request: Request, env: Env, waitUntil: (promise: Promise<unknown>) => void) => Promise<Response>;

/**
 * `GET` and `POST /v1/decide`. A raw handler: it is the hot path, and there is one route.
 *
 * Does no I/O once the environment's ruleset is in memory. A mistake of the caller's is a problem; anything that breaks
 * on our side is answered 200 with defaults, so that the page works.
 */
export const createHandler = (source: RulesetSource<Prepared>, now: () => number = Date.now): Handler => {
  const findKey = createKeyCheck();
  const mayRefreshForKey = createBudget(KEY_REFRESHES, KEY_REFRESH_WINDOW_MS, now);

  /** The ruleset that knows the key, with whether it is a server's; `undefined` when there is no ruleset to be had. */
  const authenticate = async (
    key: string,
    environment: string,
    env: Env,
    waitUntil: (promise: Promise<unknown>) => void,
  ): Promise<{ readonly loaded: Loaded<Prepared>; readonly isServer: boolean } | undefined> => {
    let loaded = await source.get(env, environment, waitUntil);
    let found = loaded && (await findKey(key, loaded.compiled.compiled.keys));
    if (loaded && !found && mayRefreshForKey()) {
      ({ loaded } = await source.refresh(env, environment));
      found = loaded && (await findKey(key, loaded.compiled.compiled.keys));
    }
    if (!loaded && source.isAbsent(environment))
      throw invalidCredentials("This SDK key is of no environment that exists.");
    if (!loaded) return undefined;
    if (!found) throw invalidCredentials("This SDK key does not exist or was revoked.");
    return { loaded, isServer: found.type === "server" };
  };

  const answer: Handler = async (request, env, waitUntil) => {
    const startedAt = now();
    const { pathname, query } = targetOf(request.url);
    if (pathname !== "/v1/decide") throw new Problem(404, "not_found", `There is nothing at ${pathname}.`);
    if (request.method === "OPTIONS") return preflight("GET, POST");
    if (request.method !== "GET" && request.method !== "POST")
      throw new Problem(405, "method_not_allowed", "Use GET or POST.", { headers: { allow: "GET, POST, OPTIONS" } });

    const { key, environment } = readKey(request);
    const authenticated = await authenticate(key, environment, env, waitUntil);
    const loadedAt = now();
    const pairs = queryPairs(query);
    checkEnvironment(pairs, environment);
    const input = request.method === "GET" ? parseQuery(pairs) : await readBody(request, pairs);
    const units = input.user_key === undefined ? (input.units ?? {}) : { ...input.units, user_id: input.user_key };

    const body: DecideResponse = {
      user_key: units.user_id ?? null,
      environment,
      config_version: authenticated?.loaded.pointer.version ?? 0,
      assignments: authenticated
        ? decideWith(authenticated.loaded.compiled, authenticated.isServer, { ...input, units }, request)
        : (input.experiments ?? []).map((name) => defaultAssignment(name, "error")),
      flags: {},
    };
    return jsonResponse(body, `ruleset;dur=${loadedAt - startedAt}, total;dur=${now() - startedAt}`);
  };

  return async (request, env, waitUntil) => {
    try {
      return await answer(request, env, waitUntil);
    } catch (error) {
      if (error instanceof Problem) return withCors(problemResponse(error));
      console.error({ event: "decide_failed", error: error instanceof Error ? error.stack : String(error) });
      return jsonResponse(nothing(request), WARM);
    }
  };
};

const decideWith = (
  { compiled, usesEdge }: Prepared,
  isServer: boolean,
  input: DecideRequest & { readonly units: Record<string, string> },
  request: Request,
): Assignment[] => {
  const context = input.context ?? {};
  const withEdge = isServer ? withServersEdge : withVisitorsEdge;
  return decide(compiled, {
    units: input.units,
    context: usesEdge ? withEdge(context, request) : context,
    experiments: input.experiments,
  });
};

const readKey = (request: Request): { readonly key: string; readonly environment: string } => {
  const key = readCredential(request);
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

const checkEnvironment = (pairs: QueryPairs, environment: string): void => {
  for (const [name, asked] of pairs)
    if (name === "env" && asked !== environment) {
      const message = `This key is of the environment ${environment}; use a key of ${asked}, or leave env out.`;
      throw new Problem(403, "forbidden", message, { errors: [{ path: "env", message }] });
    }
};

const readBody = async (request: Request, pairs: QueryPairs): Promise<DecideRequest> => {
  const errors = pairs.filter(([name]) => name !== "env").map(([path]) => ({ path, message: "Send it in the body." }));
  if (errors.length > 0) throw invalidRequest(errors);
  return parseDecideRequest(await readJson(request, MAX_BODY_BYTES));
};

/** Server-Timing without I/O: a Worker's clock stands still, so all of it took 0 ms. */
const WARM = "ruleset;dur=0, total;dur=0";

/** Made once, because turning an object into headers costs as much as deciding. */
const warmHeaders = new Headers({
  "content-type": "application/json",
  "cache-control": "no-store",
  "server-timing": WARM,
  ...corsHeaders,
});

const jsonResponse = (body: DecideResponse, serverTiming: string): Response => {
  if (serverTiming === WARM) return new Response(JSON.stringify(body), { headers: warmHeaders });
  const headers = new Headers(warmHeaders);
  headers.set("server-timing", serverTiming);
  return new Response(JSON.stringify(body), { headers });
};

/** What is answered when not even the request could be handled. */
const nothing = (request: Request): DecideResponse => ({
  user_key: null,
  environment: environmentOfKey(readCredential(request) ?? "") ?? "",
  config_version: 0,
  assignments: [],
  flags: {},
});
