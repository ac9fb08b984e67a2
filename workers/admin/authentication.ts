import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import type { Context } from "hono";
import type { Role } from "../../contract/session.ts";
import { findAdminKey } from "../../d1/api-keys.ts";
import { findSession } from "../../d1/sessions.ts";
import { readCredential, sha256Hex } from "../http/credentials.ts";
import { Problem } from "../http/problem.ts";
import type { AdminEnv } from "./env.ts";
import { SESSION_COOKIE } from "./session-cookie.ts";

/** Who is asking. */
export type Principal =
  | { readonly kind: "user"; readonly email: string; readonly role: Role; readonly token_hash: string }
  | { readonly kind: "key"; readonly id: string; readonly role: "admin" };

/** As audit events name them. */
export const actorOf = (principal: Principal): string =>
  principal.kind === "user" ? `user:${principal.email}` : `key:${principal.id}`;

/** Answered without credentials; every other route, known or not, is a 401. */
const PUBLIC = new Set([
  "GET /api/v1/health",
  "GET /api/v1/openapi.json",
  "POST /api/v1/setup",
  "POST /api/v1/session",
]);

const unauthorized = (code: "missing_credentials" | "invalid_credentials", detail: string): Problem =>
  new Problem(401, code, detail, { headers: { "www-authenticate": 'Bearer realm="edgeworth"' } });

const ofKey = async (d1: D1Database, credential: string): Promise<Principal> => {
  if (/^ew_(client|server)_/.test(credential))
    throw new Problem(
      403,
      "forbidden",
      "This is an SDK key, which is for /v1 and /ofrep; the admin API takes an admin key (ew_admin_…) or a session.",
    );
  const key = credential.startsWith("ew_admin_") ? await findAdminKey(d1, await sha256Hex(credential)) : undefined;
  if (key === undefined)
    throw unauthorized("invalid_credentials", "This key is unknown or was revoked. Make one under API keys.");
  return { kind: "key", id: key.id, role: "admin" };
};

const ofSession = async (d1: D1Database, token: string): Promise<Principal> => {
  const token_hash = await sha256Hex(token);
  const session = await findSession(d1, token_hash, new Date().toISOString());
  if (session === undefined) throw unauthorized("invalid_credentials", "This session has ended. Sign in again.");
  return { kind: "user", ...session, token_hash };
};

/**
 * Refuses a write from a page of another origin: browsers send cookies along with those too, and always say the origin.
 * Keys need no such check, because no browser sends them by itself.
 */
export const checkOrigin = (c: Context): void => {
  if (c.req.header("origin") !== new URL(c.req.url).origin)
    throw new Problem(
      403,
      "forbidden",
      "Writes with a session need the Origin header of this site. Scripts use an admin key.",
    );
};

/** Finds out who is asking, by key or session cookie, and refuses those who are nobody. */
export const authenticate = createMiddleware<AdminEnv>(async (c, next) => {
  const method = c.req.method === "HEAD" ? "GET" : c.req.method;
  if (PUBLIC.has(`${method} ${c.req.path}`)) return next();
  const credential = readCredential(c.req.raw);
  const token = getCookie(c, SESSION_COOKIE);
  if (credential !== undefined) c.set("principal", await ofKey(c.env.DB, credential));
  else if (token !== undefined) {
    c.set("principal", await ofSession(c.env.DB, token));
    if (method !== "GET") checkOrigin(c);
  } else
    throw unauthorized(
      "missing_credentials",
      "Send an admin key as `Authorization: Bearer ew_admin_…` or `X-API-Key`, or sign in.",
    );
  return next();
});
