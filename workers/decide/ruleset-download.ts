import { corsHeaders, preflight } from "../http/cors.ts";
import { Problem } from "../http/problem.ts";
import type { Caller } from "./authenticate.ts";
import { createBudget } from "./budget.ts";
import { invalidRequest } from "./decide-request.ts";
import { isNamedIn } from "./ofrep-etag.ts";
import { forEachPair } from "./query.ts";
import type { Route, Services } from "./route.ts";
import { createRulesetTexts } from "./ruleset-text.ts";

const texts = createRulesetTexts();

/** A version that is not here yet may be the newest: so often per isolate and second that is asked for. */
const mayRefresh = createBudget(10, 1_000, Date.now);

/**
 * `GET /v1/ruleset`: the environment's ruleset for SDKs that decide themselves, as `contract/encoded-ruleset.ts` has it, with
 * its `version` and without the SDK keys. A client key gets what a browser may know: nothing that is server-only, and in
 * `remote` the keys of what only `POST /v1/decide` can decide.
 *
 * Answers 304 to a request whose `If-None-Match` names what it would get, or is `*`, which names whatever there is (RFC 9110,
 * 13.1.2). `?version=n` asks for that version or a newer one,
 * for those who were told of it a moment ago.
 */
export const answerRuleset: Route = async (request, { query }, services) => {
  if (request.method === "OPTIONS") return preflight("GET", "if-none-match");
  if (request.method !== "GET")
    throw new Problem(405, "method_not_allowed", "Use GET.", { headers: { allow: "GET, OPTIONS" } });
  const { env, authenticate, waitUntil } = services;
  const caller = await authenticate(request, env, waitUntil);
  const { environment } = caller;
  const known = await atLeast(parseVersion(query), caller, services);
  if (!known)
    throw new Problem(503, "unavailable", "No ruleset can be read right now: go on with the one that you have.", {
      headers: { "retry-after": "5" },
    });

  const { bytes, etag } = await texts.textFor(env, environment, known.key.type, known.loaded, waitUntil);
  const headers = {
    ...corsHeaders,
    "access-control-expose-headers": `etag, ${corsHeaders["access-control-expose-headers"]}`,
    "cache-control": "private, no-cache",
    etag,
    vary: "authorization, x-api-key",
  };
  const ifNoneMatch = request.headers.get("if-none-match");
  return ifNoneMatch?.trim() === "*" || isNamedIn(ifNoneMatch, etag)
    ? new Response(null, { status: 304, headers })
    : new Response(bytes, { headers: { ...headers, "content-type": "application/json" } });
};

const parseVersion = (query: string): number => {
  let version = 0;
  forEachPair(query, (name, text) => {
    if (name !== "version")
      throw invalidRequest([{ path: name, message: "There is no such parameter; leave it out." }]);
    if (!/^[0-9]{1,15}$/.test(text)) throw invalidRequest([{ path: name, message: "Use a whole number." }]);
    version = Number(text);
  });
  return version;
};

/** The caller with that version or a newer one, if there is one to be had; otherwise as it was. */
const atLeast = async (
  version: number,
  { environment, known }: Caller,
  { env, source }: Services,
): Promise<Caller["known"]> => {
  if (!known || known.loaded.pointer.version >= version || !mayRefresh()) return known;
  const { loaded } = await source.refresh(env, environment);
  const key = loaded?.compiled.keys.get(known.key.hash);
  return loaded && key ? { loaded, key } : known;
};
