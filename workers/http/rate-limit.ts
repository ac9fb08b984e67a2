import { Problem } from "./problem.ts";

/** Keeps the isolate alive until the promise is settled, behind the response. */
export type WaitUntil = (promise: Promise<unknown>) => void;

/** See `ratelimits` and `vars` in wrangler.toml. Without the binding there are no limits. */
export interface RateLimitBindings {
  readonly RATE_LIMIT?: RateLimit;
  /** Whole numbers; `0` is no limit. */
  readonly CLIENT_REQUESTS_PER_MINUTE?: string;
  readonly SERVER_REQUESTS_PER_MINUTE?: string;
  readonly FAILED_KEYS_PER_MINUTE?: string;
}

/** What callers are limited by. */
export interface RateLimitRule {
  readonly variable: Exclude<keyof RateLimitBindings, "RATE_LIMIT">;
  /** Where the variable is not set, or is no number. */
  readonly requestsPerMinute: number;
  readonly detail: string;
}

/** Counts the requests of callers, each under a name of its own: an address, or a key's hash. */
export interface RateLimiter {
  /** Throws a 429 `rate_limited`, with `Retry-After` in whole seconds, when the caller has used up its minute. */
  count(caller: string, env: RateLimitBindings, waitUntil: WaitUntil): void;
  /** Whether `count` would throw. Counts nothing. */
  isSpent(caller: string): boolean;
  /** The 429 that `count` throws. */
  refusal(): Problem;
}

const WINDOW_MS = 60_000;

/** What the binding lets through in a minute. It is the same for all rules, so a request costs a share of it: see `cost`. */
const BINDING_LIMIT = 100_000;

/** A caller is between an isolate and itself until it has used this share of its minute there. */
const NOTICEABLE_SHARE = 0.1;
/** From then on, the binding is asked each time that it has used so much more. */
const STEP_SHARE = 0.02;

/** How many callers are counted; the one seen first goes first. */
const MAX_CALLERS = 10_000;

interface Counted {
  requests: number;
  /** How many of them the binding has been told of. */
  told: number;
  isSpent: boolean;
}

/**
 * A rule's counts in an isolate's memory. The platform's binding decides, since it alone sums over the isolates of a
 * location; it is asked behind the response, and only about callers that are worth it, so a request waits for nothing and
 * ordinary callers cost one look-up. A binding that fails, or is not there, refuses nobody.
 */
export const createRateLimiter = (rule: RateLimitRule, now: () => number): RateLimiter => {
  let windowEndsAt = -Infinity;
  const callers = new Map<string, Counted>();

  const countedOf = (caller: string): Counted => {
    const found = callers.get(caller);
    if (found) return found;
    const [oldest] = callers.keys();
    if (callers.size >= MAX_CALLERS && oldest !== undefined) callers.delete(oldest);
    const counted = { requests: 0, told: 0, isSpent: false };
    callers.set(caller, counted);
    return counted;
  };

  const startWindow = (): void => {
    const at = now();
    if (at < windowEndsAt) return;
    windowEndsAt = (Math.floor(at / WINDOW_MS) + 1) * WINDOW_MS;
    callers.clear();
  };

  const refusal = (): Problem => {
    const seconds = Math.max(1, Math.ceil((windowEndsAt - now()) / 1_000));
    return new Problem(429, "rate_limited", `${rule.detail} Wait ${seconds} seconds.`, {
      headers: { "retry-after": String(seconds) },
    });
  };

  const tell = async (binding: RateLimit, caller: string, counted: Counted, limit: number): Promise<void> => {
    const cost = Math.max(1, Math.round(((counted.requests - counted.told) / limit) * BINDING_LIMIT));
    counted.told = counted.requests;
    try {
      const { success } = await binding.limit({ key: `${rule.variable}:${caller}`, delta: cost });
      if (!success) counted.isSpent = true;
    } catch (error) {
      console.error({ event: "rate_limit_failed", error: String(error) });
    }
  };

  return {
    count(caller, env, waitUntil) {
      const binding = env.RATE_LIMIT;
      const limit = limitOf(env[rule.variable], rule.requestsPerMinute);
      if (!binding || limit === 0) return;
      startWindow();
      const counted = countedOf(caller);
      if (counted.isSpent) throw refusal();
      counted.requests++;
      if (
        counted.requests >= limit * NOTICEABLE_SHARE &&
        counted.requests - counted.told >= Math.max(1, limit * STEP_SHARE)
      )
        waitUntil(tell(binding, caller, counted, limit));
    },

    isSpent(caller) {
      startWindow();
      return callers.get(caller)?.isSpent ?? false;
    },

    refusal,
  };
};

const limitOf = (text: string | undefined, fallback: number): number => {
  const limit = text === undefined || text === "" ? fallback : Number(text);
  return Number.isInteger(limit) && limit >= 0 ? limit : fallback;
};

/**
 * Whom an address stands for: IPv4 for itself, IPv6 for its /64, of which one customer has all. `undefined` for none and for
 * the loopback, which never comes over the network: on one machine a whole demo's visitors would share it.
 */
export const networkOf = (address: string | null): string | undefined => {
  if (address === null || address === "" || address === "127.0.0.1" || address === "::1") return undefined;
  if (!address.includes(":")) return address;
  const [network = ""] = address.split("::");
  return network.split(":").slice(0, 4).join(":");
};
