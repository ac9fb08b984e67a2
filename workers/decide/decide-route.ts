import { corsHeaders, preflight } from "../http/cors.ts";
import { environmentOfKey, readCredential } from "../http/credentials.ts";
import { readJson } from "../http/body.ts";
import { Problem } from "../http/problem.ts";
import type { Caller } from "./authenticate.ts";
import { decisionText, undecidedText } from "./decide-answer.ts";
import { parseDecideRequest } from "./decide-request.ts";
import { parseOptions, parseQuery } from "./query.ts";
import type { Route } from "./route.ts";

/** Room for 10,000 attributes, or for the rankings of an interleaving experiment. */
const MAX_BODY_BYTES = 131_072;

/**
 * `GET` and `POST /v1/decide`. A raw handler: it is the hot path. A GET is answered without a promise, and a body is worked
 * on in the promise that reads it, where each `await` on the way would cost as much as a decision.
 */
export const answerDecide: Route = (request, { query }, { env, waitUntil, authenticate, now }) => {
  const startedAt = now();
  const { method } = request;
  if (method === "OPTIONS") return preflight("GET, POST");
  if (method !== "GET" && method !== "POST")
    throw new Problem(405, "method_not_allowed", "Use GET or POST.", { headers: { allow: "GET, POST, OPTIONS" } });

  const caller = authenticate(request, env, waitUntil);
  const answer = (known: Caller, loadedAt: number): Response | Promise<Response> => {
    if (method === "GET")
      return jsonResponse(
        decisionText(known, parseQuery(query), request, loadedAt),
        request,
        startedAt,
        loadedAt,
        loadedAt,
      );
    const options = parseOptions(query);
    return readJson(request, MAX_BODY_BYTES).then((body) => {
      const at = now();
      const asked = { ...options, input: parseDecideRequest(body) };
      return jsonResponse(decisionText(known, asked, request, at), request, startedAt, loadedAt, at);
    });
  };
  // Without I/O the clock stands still: what was read of it at the start holds.
  return caller instanceof Promise ? caller.then((known) => answer(known, now())) : answer(caller, startedAt);
};

/** Server-Timing without I/O: a Worker's clock stands still, so all of it took 0 ms. */
const warmHeaders = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "server-timing": "ruleset;dur=0, total;dur=0",
} as const;

/**
 * Made once, because turning an object into headers costs as much as deciding; and made into responses, because a response is
 * copied for less than an object is read. Each header costs something too, so those that only mean something to a page
 * elsewhere are for requests that come from one; as nothing is stored, no cache can mix the two up.
 */
const warm = new Response(null, { headers: warmHeaders });
const warmCors = new Response(null, { headers: { ...warmHeaders, ...corsHeaders } });

const jsonResponse = (
  text: string,
  request: Request,
  startedAt: number,
  loadedAt: number,
  endedAt: number,
): Response => {
  const response = new Response(text, request.headers.has("origin") ? warmCors : warm);
  if (startedAt !== endedAt)
    response.headers.set("server-timing", `ruleset;dur=${loadedAt - startedAt}, total;dur=${endedAt - startedAt}`);
  return response;
};

/** What is answered when not even the request could be handled. */
export const nothingDecided = (request: Request): Response =>
  new Response(
    undecidedText({ environment: environmentOfKey(readCredential(request) ?? "") ?? "", known: undefined }, {}),
    warmCors,
  );
