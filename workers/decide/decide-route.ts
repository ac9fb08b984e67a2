import { corsHeaders, preflight } from "../http/cors.ts";
import { environmentOfKey, readCredential } from "../http/credentials.ts";
import { readJson } from "../http/body.ts";
import { Problem } from "../http/problem.ts";
import { decisionText, undecidedText } from "./decide-answer.ts";
import { parseDecideRequest } from "./decide-request.ts";
import { type Asked, parseOptions, parseQuery } from "./query.ts";
import type { Route } from "./route.ts";

/** Room for 10,000 attributes, or for the rankings of an interleaving experiment. */
const MAX_BODY_BYTES = 131_072;

/** `GET` and `POST /v1/decide`. A raw handler: it is the hot path, and a GET is answered without a promise. */
export const answerDecide: Route = (request, { query }, { env, waitUntil, authenticate, now }) => {
  const startedAt = now();
  const { method } = request;
  if (method === "OPTIONS") return preflight("GET, POST");
  if (method !== "GET" && method !== "POST")
    throw new Problem(405, "method_not_allowed", "Use GET or POST.", { headers: { allow: "GET, POST, OPTIONS" } });

  const caller = authenticate(request, env, waitUntil);
  if (method === "GET" && !(caller instanceof Promise)) {
    const at = now();
    return jsonResponse(decisionText(caller, parseQuery(query), request, at), request, startedAt, at, now());
  }
  return (async () => {
    const known = await caller;
    const loadedAt = now();
    const asked = method === "GET" ? parseQuery(query) : await readAsked(request, query);
    return jsonResponse(decisionText(known, asked, request, now()), request, startedAt, loadedAt, now());
  })();
};

const readAsked = async (request: Request, query: string): Promise<Asked> => {
  const { env, isExplained } = parseOptions(query);
  return { env, isExplained, input: parseDecideRequest(await readJson(request, MAX_BODY_BYTES)) };
};

/** Server-Timing without I/O: a Worker's clock stands still, so all of it took 0 ms. */
const warmHeaders = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "server-timing": "ruleset;dur=0, total;dur=0",
} as const;

/**
 * Made once, because turning an object into headers costs as much as deciding. Each header costs something too, so those
 * that only mean something to a page elsewhere are for requests that come from one; as nothing is stored, no cache can mix
 * the two up.
 */
const warmInit = { headers: new Headers(warmHeaders) };
const warmCorsInit = { headers: new Headers({ ...warmHeaders, ...corsHeaders }) };

const jsonResponse = (
  text: string,
  request: Request,
  startedAt: number,
  loadedAt: number,
  endedAt: number,
): Response => {
  const init = request.headers.has("origin") ? warmCorsInit : warmInit;
  if (startedAt === endedAt) return new Response(text, init);
  const headers = new Headers(init.headers);
  headers.set("server-timing", `ruleset;dur=${loadedAt - startedAt}, total;dur=${endedAt - startedAt}`);
  return new Response(text, { headers });
};

/** What is answered when not even the request could be handled. */
export const nothingDecided = (request: Request): Response =>
  new Response(
    undecidedText({ environment: environmentOfKey(readCredential(request) ?? "") ?? "", known: undefined }, {}),
    warmCorsInit,
  );
