import type { Context } from "hono";
import { countAttempt, forgetAttempts } from "../../d1/sign-in-attempts.ts";
import { sha256Hex } from "../http/credentials.ts";
import { Problem } from "../http/problem.ts";
import type { AdminEnv } from "./env.ts";

const MAX_ATTEMPTS = 10;
const WINDOW_MS = 15 * 60_000;

/**
 * Counts an attempt to sign in by `name` (an e-mail) from the caller's address; 429 after 10 in a quarter of an hour.
 * Attempts are counted before the password is looked at, so that parallel ones do not slip through. Gives a function that
 * forgets them, for after a success.
 */
export const limitSignIn = async (c: Context<AdminEnv>, name: string): Promise<() => Promise<void>> => {
  const subject = await sha256Hex(`${name}\n${c.req.header("cf-connecting-ip") ?? ""}`);
  const now = Date.now();
  const windowEndsMs = (Math.floor(now / WINDOW_MS) + 1) * WINDOW_MS;
  const windowEndsAt = new Date(windowEndsMs).toISOString();
  if ((await countAttempt(c.env.DB, subject, windowEndsAt)) > MAX_ATTEMPTS)
    throw new Problem(429, "too_many_attempts", "Too many attempts to sign in. Wait a while, then try again.", {
      headers: { "retry-after": String(Math.ceil((windowEndsMs - now) / 1000)) },
    });
  return () => forgetAttempts(c.env.DB, subject, windowEndsAt);
};
