import { deleteCookie, setCookie } from "hono/cookie";
import type { Context } from "hono";
import { insertSession } from "../../d1/sessions.ts";
import { sha256Hex } from "../http/credentials.ts";
import type { AdminEnv } from "./env.ts";

export const SESSION_COOKIE = "ew_session";
const SESSION_DAYS = 14;

const cookieOptions = (c: Context) =>
  ({ path: "/", httpOnly: true, sameSite: "Lax", secure: new URL(c.req.url).protocol === "https:" }) as const;

/** Begins a session of 14 days and answers its cookie. Only a hash of the token, 256 random bits, is stored. */
export const beginSession = async (c: Context<AdminEnv>, userId: string): Promise<void> => {
  const token = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  const maxAge = SESSION_DAYS * 24 * 3600;
  const now = Date.now();
  await insertSession(c.env.DB, {
    token_hash: await sha256Hex(token),
    user_id: userId,
    created_at: new Date(now).toISOString(),
    expires_at: new Date(now + maxAge * 1000).toISOString(),
  });
  setCookie(c, SESSION_COOKIE, token, { ...cookieOptions(c), maxAge });
};

export const clearSessionCookie = (c: Context): void => {
  deleteCookie(c, SESSION_COOKIE, cookieOptions(c));
};
