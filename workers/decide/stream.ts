import { corsHeaders, preflight } from "../http/cors.ts";
import { Problem } from "../http/problem.ts";
import type { Caller } from "./authenticate.ts";
import { invalidRequest } from "./decide-request.ts";
import { joinHub } from "./hub.ts";
import { forEachPair } from "./query.ts";
import type { Route, Services } from "./route.ts";
import { streamEvents } from "./stream-events.ts";
import { createLeases } from "./stream-leases.ts";
import { isGenuine, parseStreamToken } from "./stream-token.ts";

/** What one isolate keeps open; each stream costs it a look at its memory every 2 s. */
const MAX_STREAMS = 4_000;
const LEASE_MS = 60_000;

const leases = createLeases(MAX_STREAMS, LEASE_MS, Date.now);

/**
 * `GET /v1/stream`: tells SDKs that the environment's ruleset has changed, by WebSocket when the request asks for an upgrade
 * and as server-sent events otherwise. What has changed is not told, so the client fetches it as always.
 *
 * Browsers can send no header with either, so the key of a client may be in the URL as `key`, and a token of
 * `stream-token.ts` as `token`. A server's key may not: URLs are kept in logs and histories.
 */
export const answerStream: Route = async (request, { query }, services) => {
  if (request.method === "OPTIONS") return preflight("GET");
  if (request.method !== "GET")
    throw new Problem(405, "method_not_allowed", "Use GET.", { headers: { allow: "GET, OPTIONS" } });
  const { env, source, waitUntil } = services;
  const { key, token, since } = parseStreamQuery(query);
  const { environment, known } = await (token === undefined
    ? authenticateKey(request, key, services)
    : authenticateToken(token, services));
  // Without a ruleset nobody knows whether the key is right, and a hub takes so many listeners only.
  if (!known) throw unavailable("No ruleset can be read right now.");
  if (request.headers.get("upgrade")?.toLowerCase() === "websocket") return joinHub(env, environment);

  const lease = leases.take();
  if (!lease) throw unavailable("Too many streams are open here.");
  const held = versionOf(request.headers.get("last-event-id")) ?? versionOf(since);
  const stream = streamEvents(held, {
    async poll() {
      lease.renew();
      return (await source.get(env, environment, waitUntil))?.pointer;
    },
    sleep: (ms) => scheduler.wait(ms),
    onEnd: () => lease.end(),
  });
  return new Response(stream, {
    headers: { ...corsHeaders, "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" },
  });
};

const unavailable = (detail: string): Problem =>
  new Problem(503, "unavailable", `${detail} Try again.`, { headers: { "retry-after": "5" } });

interface StreamQuery {
  readonly key?: string;
  readonly token?: string;
  readonly since?: string;
}

const parseStreamQuery = (query: string): StreamQuery => {
  const fields = new Map<string, string>();
  forEachPair(query, (name, text) => {
    if (name !== "key" && name !== "token" && name !== "since")
      throw invalidRequest([{ path: name, message: "There is no such parameter; leave it out." }]);
    if (fields.has(name)) throw invalidRequest([{ path: name, message: "Send it once." }]);
    fields.set(name, text);
  });
  return Object.fromEntries(fields);
};

/** The version that a client names; what is none is as if it had named none, for proxies and old clients make up ids. */
const versionOf = (text: string | null | undefined): number | undefined =>
  text && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;

const authenticateKey = (
  request: Request,
  key: string | undefined,
  { authenticate, env, waitUntil }: Services,
): Caller | Promise<Caller> => {
  if (key?.includes("ew_server_")) {
    const message =
      "URLs are kept in logs and histories, so a server key must not be in one: send it as a header, and replace this key, which may be known by now.";
    throw new Problem(403, "forbidden", message, { errors: [{ path: "key", message }] });
  }
  return key === undefined ? authenticate(request, env, waitUntil) : authenticate(request, env, waitUntil, key);
};

const authenticateToken = async (text: string, { env, source, waitUntil, now }: Services): Promise<Caller> => {
  const token = parseStreamToken(text);
  if (!token) throw invalidToken("This is not a stream token.");
  const { environment, keyId } = token;
  const loaded = await source.get(env, environment, waitUntil);
  if (!loaded && source.isAbsent(environment)) throw invalidToken("This token is of no environment that exists.");
  if (!loaded) return { environment, known: undefined };
  for (const key of loaded.compiled.keys.values())
    if (key.id === keyId && (await isGenuine(token, key, now()))) return { environment, known: { loaded, key } };
  throw invalidToken("This token has expired, or its key was revoked: ask for a new one.");
};

const invalidToken = (detail: string): Problem =>
  new Problem(401, "invalid_credentials", detail, { errors: [{ path: "token", message: detail }] });
