import { environmentOfKey, sha256Hex } from "../http/credentials.ts";
import { Problem } from "../http/problem.ts";
import type { Env } from "./env.ts";
import { findRules, type IntakeRules, isAbsent, rulesSince } from "./intake-rules.ts";

const challenge = { headers: { "www-authenticate": 'Bearer realm="edgeworth"' } };

const invalidKey = (): Problem =>
  new Problem(
    401,
    "invalid_credentials",
    "No SDK key like this is in use. Send a client or server key of yours.",
    challenge,
  );

const RETRY_AFTER_S = 5;

/** What to answer while a part of us is out of reach. The client keeps its batch. */
export const unavailable = (detail: string, cause?: unknown): Problem =>
  new Problem(503, "unavailable", detail, { headers: { "retry-after": String(RETRY_AFTER_S) }, cause });

/**
 * The rules of the environment that an SDK key opens, client or server. No I/O for a key that is known. A key that is not
 * is looked for once more in the newest ruleset: it may have been made a second ago.
 *
 * Throws a {@link Problem}: 401 without a valid key, 503 while no ruleset can be read.
 */
export const authenticate = async (
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  key: string | undefined,
  receivedAt: number,
): Promise<IntakeRules> => {
  if (key === undefined)
    throw new Problem(
      401,
      "missing_credentials",
      "Send an SDK key as `Authorization: Bearer <key>` or `X-API-Key`; sendBeacon sends it as `key` in the body.",
      challenge,
    );
  const environment = environmentOfKey(key);
  if (environment === undefined) throw invalidKey();
  const rules = await findRules(env, environment, ctx);
  if (!rules) {
    if (isAbsent(environment)) throw invalidKey();
    throw unavailable("Events cannot be taken right now. Keep the batch and send it again.");
  }
  const hash = await sha256Hex(key);
  if (rules.keyHashes.has(hash)) return rules;
  const newest = await rulesSince(env, environment, receivedAt, ctx);
  if (!newest) throw unavailable("The key cannot be checked right now. Keep the batch and send it again.");
  if (!newest.keyHashes.has(hash)) throw invalidKey();
  return newest;
};
