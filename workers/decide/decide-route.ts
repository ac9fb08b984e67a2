import type { Assignment, DecideRequest, DecideResponse } from "../../contract/decision.ts";
import { decide, defaultAssignment } from "../../core/decide.ts";
import { readJson } from "../http/body.ts";
import { corsHeaders, preflight } from "../http/cors.ts";
import { environmentOfKey, readCredential } from "../http/credentials.ts";
import { withServersEdge, withVisitorsEdge } from "../http/edge-context.ts";
import { Problem } from "../http/problem.ts";
import { invalidRequest, parseDecideRequest } from "./decide-request.ts";
import type { Prepared } from "./prepared.ts";
import { type QueryPairs, parseQuery, queryPairs } from "./query.ts";
import type { Route } from "./route.ts";

const MAX_BODY_BYTES = 65_536;

/** `GET` and `POST /v1/decide`. A raw handler: it is the hot path. */
export const answerDecide: Route = async (request, { query }, { env, waitUntil, authenticate, now }) => {
  const startedAt = now();
  if (request.method === "OPTIONS") return preflight("GET, POST");
  if (request.method !== "GET" && request.method !== "POST")
    throw new Problem(405, "method_not_allowed", "Use GET or POST.", { headers: { allow: "GET, POST, OPTIONS" } });

  const { environment, known } = await authenticate(request, env, waitUntil);
  const loadedAt = now();
  const pairs = queryPairs(query);
  checkEnvironment(pairs, environment);
  const input = request.method === "GET" ? parseQuery(pairs) : await readBody(request, pairs);
  const units = input.user_key === undefined ? (input.units ?? {}) : { ...input.units, user_id: input.user_key };

  const body: DecideResponse = {
    user_key: units.user_id ?? null,
    environment,
    config_version: known?.loaded.pointer.version ?? 0,
    assignments: known
      ? decideWith(known.loaded.compiled, known.key.type === "server", { ...input, units }, request)
      : (input.experiments ?? []).map((name) => defaultAssignment(name, "error")),
    flags: {},
  };
  return jsonResponse(body, `ruleset;dur=${loadedAt - startedAt}, total;dur=${now() - startedAt}`);
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
export const nothingDecided = (request: Request): Response =>
  jsonResponse(
    {
      user_key: null,
      environment: environmentOfKey(readCredential(request) ?? "") ?? "",
      config_version: 0,
      assignments: [],
      flags: {},
    },
    WARM,
  );
