import type { RulesetKey } from "../../contract/ruleset.ts";
import {
  type RateLimitBindings,
  type RateLimiter,
  type WaitUntil,
  createRateLimiter,
  networkOf,
} from "./rate-limit.ts";

/** How often the callers of one Worker may ask. */
export interface CallerLimits {
  /**
   * Counts a request whose key is right. Client keys are in everybody's browser, so those are limited by address; a
   * server's requests all come from a few. Throws a 429 for a caller that asks too often.
   */
  count(key: Pick<RulesetKey, "type" | "hash">, request: Request, env: RateLimitBindings, waitUntil: WaitUntil): void;
  /** Counts requests whose key is wrong, by address. */
  readonly failures: RateLimiter;
}

/** Make them once per Worker, at module level. `now` is the clock, ms since 1970. */
export const createCallerLimits = (now: () => number): CallerLimits => {
  const clients = createRateLimiter(
    {
      variable: "CLIENT_REQUESTS_PER_MINUTE",
      requestsPerMinute: 6_000,
      detail: "There are too many requests from your network.",
    },
    now,
  );
  const servers = createRateLimiter(
    {
      variable: "SERVER_REQUESTS_PER_MINUTE",
      requestsPerMinute: 600_000,
      detail: "There are too many requests with this key.",
    },
    now,
  );
  const failures = createRateLimiter(
    {
      variable: "FAILED_KEYS_PER_MINUTE",
      requestsPerMinute: 60,
      detail: "There are too many requests from your network whose key does not exist or was revoked.",
    },
    now,
  );
  return {
    count(key, request, env, waitUntil) {
      if (key.type === "server") servers.count(key.hash, env, waitUntil);
      else if (env.RATE_LIMIT) {
        const network = networkOf(request.headers.get("cf-connecting-ip"));
        if (network !== undefined) clients.count(network, env, waitUntil);
      }
    },
    failures,
  };
};
