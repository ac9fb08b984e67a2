import type { RulesetKey } from "../../contract/ruleset.ts";
import { createCallerLimits } from "../http/caller-limits.ts";
import { environmentOfKey, sha256Hex } from "../http/credentials.ts";
import { Problem } from "../http/problem.ts";
import { networkOf } from "../http/rate-limit.ts";
import type { Env } from "./env.ts";
import { findRules, type IntakeRules, isAbsent, rulesSince } from "./intake-rules.ts";

/** Who sends events, and the rules that they are taken by. */
export interface Sender {
  readonly rules: IntakeRules;
  readonly key: RulesetKey;
}

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

const limits = createCallerLimits(Date.now);

/** Hashes of keys that were right once, since hashing is most of what a check costs. Never the verdict. */
const hashes = new Map<string, string>();
const MAX_HASHES = 1_000;

const remember = (key: string, hash: string): void => {
  if (hashes.size >= MAX_HASHES) hashes.clear();
  hashes.set(key, hash);
};

/**
 * Who sends a request with this SDK key, client or server. No I/O for a key that is known. A key that is not is looked for
 * once more in the newest ruleset: it may have been made a second ago.
 *
 * Throws a {@link Problem}: 401 without a valid key, 429 for a caller that sends too often, 503 while no ruleset can be read.
 */
export const authenticate = async (
  request: Request,
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  key: string | undefined,
  receivedAt: number,
): Promise<Sender> => {
  if (key === undefined)
    throw new Problem(
      401,
      "missing_credentials",
      "Send an SDK key as `Authorization: Bearer <key>` or `X-API-Key`; sendBeacon sends it as `key` in the body.",
      challenge,
    );
  const environment = environmentOfKey(key);
  if (environment === undefined) throw invalidKey();
  const waitUntil = (promise: Promise<unknown>): void => ctx.waitUntil(promise);

  const network = networkOf(request.headers.get("cf-connecting-ip"));
  const isBarred = network !== undefined && limits.failures.isSpent(network);
  const refuse = (): never => {
    if (isBarred) throw limits.failures.refusal();
    if (network !== undefined) limits.failures.count(network, env, waitUntil);
    throw invalidKey();
  };
  const admit = (rules: IntakeRules, found: RulesetKey): Sender => {
    remember(key, found.hash);
    limits.count(found, request, env, waitUntil);
    return { rules, key: found };
  };

  const rules = await findRules(env, environment, ctx);
  if (!rules) {
    if (isAbsent(environment)) refuse();
    throw unavailable("Events cannot be taken right now. Keep the batch and send it again.");
  }
  const hash = hashes.get(key) ?? (await sha256Hex(key));
  const known = rules.keys.get(hash);
  if (known) return admit(rules, known);
  // Those who have sent too many wrong keys cause no I/O any more.
  if (isBarred) refuse();
  const newest = await rulesSince(env, environment, receivedAt, ctx);
  if (!newest) throw unavailable("The key cannot be checked right now. Keep the batch and send it again.");
  const found = newest.keys.get(hash);
  return found ? admit(newest, found) : refuse();
};
