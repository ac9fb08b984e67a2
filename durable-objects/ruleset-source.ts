import type { EncodedRuleset } from "../contract/encoded-ruleset.ts";
import type { RulesetPointer } from "../contract/ruleset.ts";
import { settledWithin } from "./deadline.ts";
import { blobKey, pointerKey, rulesetHash } from "./ruleset-hash.ts";
import type { RulesetPublisher } from "./ruleset-publisher.ts";

/** What a Worker needs bound to read rulesets. */
export interface RulesetBindings {
  readonly RULES: KVNamespace;
  readonly PUBLISHER: DurableObjectNamespace<RulesetPublisher>;
}

export interface Loaded<T> {
  readonly compiled: T;
  readonly pointer: RulesetPointer;
}

/** What is there after the newest was asked for. */
export interface Refreshed<T> {
  readonly loaded: Loaded<T> | undefined;
  /** Whether `loaded` is all that the publisher had announced by then. False while a part of us is out of reach. */
  readonly isNewest: boolean;
}

/** The rulesets in an isolate's memory. */
export interface RulesetSource<T> {
  /**
   * What {@link RulesetSource.get} would give, at once, where it would not wait; else `undefined`, which says nothing about
   * whether there is a ruleset. Starts the same refresh behind the response. It is there because a promise costs as much as
   * a decision.
   */
  peek(
    env: RulesetBindings,
    environment: string,
    waitUntil: (promise: Promise<unknown>) => void,
  ): Loaded<T> | undefined;

  /** The environment's newest known ruleset; `undefined` when there is none or none could be read. Never throws. */
  get(
    env: RulesetBindings,
    environment: string,
    waitUntil: (promise: Promise<unknown>) => void,
  ): Promise<Loaded<T> | undefined>;

  /** Whether the publisher itself has said that nothing was ever published for this environment. */
  isAbsent(environment: string): boolean;

  /** Asks for the newest pointer and waits for what it names. Never throws. */
  refresh(env: RulesetBindings, environment: string): Promise<Refreshed<T>>;
}

/** What is known of one environment in this isolate. */
interface Known<T> {
  loaded: Loaded<T> | undefined;
  /** When the pointer was last asked for, ms since 1970. Set before asking, so that one refresh starts per soft TTL. */
  askedAt: number;
  /** A hash that did not compile; it is not tried again. */
  brokenHash: string | undefined;
  /** A load that requests wait for: the first one, or the first after a quiet spell. */
  loading: Promise<unknown> | undefined;
  isAbsent: boolean;
}

/**
 * How many environments are kept; the one added first goes first. Those that loaded nothing are kept apart, because anybody
 * can make up their names, and must not drive out the ones that exist.
 */
const MAX_ENVIRONMENTS = 100;

/** A cold start answers its default after this long, whatever hangs. */
const COLD_DEADLINE_MS = 3_000;

/** A request after a quiet spell gets the old ruleset after this long. */
const STALE_DEADLINE_MS = 500;

/** Each binding that a refresh asks may take so long, before the next is asked or the refresh is given up. */
const POINTER_DEADLINE_MS = 2_000;
const BLOB_DEADLINE_MS = 5_000;

/**
 * So many pointers of environments that were never loaded are asked for in a second. More than that are made-up names, and
 * what those cost must not grow with their number; an environment that exists waits for the next second at worst.
 */
const STRANGERS_PER_S = 20;

/** Immutable blobs can be kept by KV's edge cache for as long as it likes. */
const BLOB_CACHE_TTL_S = 86_400;
/** The shortest that KV allows. */
const POINTER_CACHE_TTL_S = 30;

/**
 * The rulesets in this isolate's memory, compiled. Make one per Worker, at module level.
 *
 * `get` answers from memory without I/O. Once what it has is older than `softTtlMs`, it starts one refresh of the pointer
 * behind the response. It waits on a cold start, and shortly when nobody has asked for `maxAgeMs`: where there is no
 * traffic nothing refreshes, and the first visitor after a quiet spell must not be the one whom a kill switch misses. A higher
 * version is never replaced by a lower one and a version is never parsed twice. A binding that hangs is given up after a
 * deadline. When everything fails it gives what it has, or `undefined` for nothing: it never throws.
 */
export const createRulesetSource = <T>(options: {
  /** Runs once a version. May throw: then the version is passed over and what was there stays. */
  readonly compile: (encoded: EncodedRuleset, pointer: RulesetPointer) => T;
  readonly softTtlMs?: number;
  readonly maxAgeMs?: number;
  /** The clock, ms since 1970. */
  readonly now?: () => number;
}): RulesetSource<T> => {
  const { compile, softTtlMs = 2_000, maxAgeMs = 5_000, now = Date.now } = options;
  const environments = new Map<string, Known<T>>();
  const strangers = new Map<string, Known<T>>();

  let strangersLeft = STRANGERS_PER_S;
  let strangersSince = -Infinity;
  const mayAskForStranger = (): boolean => {
    if (now() - strangersSince >= 1_000) {
      strangersSince = now();
      strangersLeft = STRANGERS_PER_S;
    }
    strangersLeft--;
    return strangersLeft >= 0;
  };

  const keep = (place: Map<string, Known<T>>, environment: string, known: Known<T>): void => {
    place.set(environment, known);
    const [oldest] = place.keys();
    if (place.size > MAX_ENVIRONMENTS && oldest !== undefined) place.delete(oldest);
  };

  const find = (environment: string): Known<T> | undefined =>
    environments.get(environment) ?? strangers.get(environment);

  const meet = (environment: string): Known<T> => {
    const known: Known<T> = {
      loaded: undefined,
      askedAt: -Infinity,
      brokenHash: undefined,
      loading: undefined,
      isAbsent: false,
    };
    keep(strangers, environment, known);
    return known;
  };

  /** It exists, so no made-up name can drive it out any more. */
  const befriend = (environment: string, known: Known<T>): void => {
    if (strangers.get(environment) === known) strangers.delete(environment);
    // Another one of the same name was loaded meanwhile if this one had been driven out before its load ended.
    const version = environments.get(environment)?.loaded?.pointer.version ?? 0;
    if (version < (known.loaded?.pointer.version ?? 0)) keep(environments, environment, known);
  };

  /** Whether the version is news: higher than what is in memory, and not known to be broken. */
  const isNews = (known: Known<T>, pointer: RulesetPointer): boolean =>
    pointer.version > (known.loaded?.pointer.version ?? 0) && pointer.hash !== known.brokenHash;

  /** Loads what the pointer names, if it is news; false when that is not, or may not be, the newest there is. */
  const update = async (env: RulesetBindings, environment: string, known: Known<T>): Promise<boolean> => {
    known.askedAt = now();
    try {
      const { pointer, isNewest } = await readPointer(env, environment);
      known.isAbsent = !pointer && isNewest;
      if (!pointer) return isNewest;
      if (pointer.hash === known.brokenHash) return false;
      if (!isNews(known, pointer)) return isNewest;
      const text = await readBlob(env, environment, pointer.hash);
      // Another load may have finished, or failed, while this one waited.
      if (!isNews(known, pointer)) return isNewest && pointer.hash !== known.brokenHash;
      try {
        known.loaded = { compiled: compile(parseRuleset(text), pointer), pointer };
        if (environments.get(environment) !== known) befriend(environment, known);
        return isNewest;
      } catch (error) {
        known.brokenHash = pointer.hash;
        throw error;
      }
    } catch (error) {
      console.error({ event: "ruleset_refresh_failed", environment, error: String(error) });
      return false;
    }
  };

  return {
    peek(env, environment, waitUntil) {
      const known = environments.get(environment);
      if (!known || known.loading) return undefined;
      const age = now() - known.askedAt;
      if (age >= maxAgeMs) return undefined;
      if (age >= softTtlMs) waitUntil(update(env, environment, known));
      return known.loaded;
    },

    async get(env, environment, waitUntil) {
      let known = find(environment);
      const age = now() - (known?.askedAt ?? -Infinity);
      if (age >= softTtlMs && (environments.has(environment) || mayAskForStranger())) {
        known ??= meet(environment);
        const loading = update(env, environment, known);
        if (!known.loaded || age >= maxAgeMs) known.loading = loading;
        // Others may wait for it too, so it must outlive the request that began it.
        waitUntil(loading);
      }
      if (!known) return undefined;
      if (known.loading) {
        const { loading } = known;
        try {
          await withinDeadline(loading, known.loaded ? STALE_DEADLINE_MS : COLD_DEADLINE_MS);
        } catch {
          // workerd says so when the request that began the load has ended and left it hanging.
        }
        if (known.loading === loading) known.loading = undefined;
      }
      return known.loaded;
    },

    isAbsent: (environment) => strangers.get(environment)?.isAbsent ?? false,

    async refresh(env, environment) {
      const known = find(environment) ?? meet(environment);
      const isNewest = await update(env, environment, known);
      return { loaded: known.loaded, isNewest };
    },
  };
};

/** A ruleset's text, taken apart. Throws for what is no JSON, or of a format that this version cannot read. */
const parseRuleset = (text: string): EncodedRuleset => {
  const ruleset: EncodedRuleset = JSON.parse(text);
  if (ruleset.format !== 2) throw new Error(`Format ${String(ruleset.format)} is not known to this Worker.`);
  return ruleset;
};

/** The pointer, from the publisher, who has the newest, or else from KV, which may be behind. */
const readPointer = async (
  env: RulesetBindings,
  environment: string,
): Promise<{ readonly pointer: RulesetPointer | null; readonly isNewest: boolean }> => {
  try {
    const asked = env.PUBLISHER.getByName(environment).pointer();
    return { pointer: await settledWithin(POINTER_DEADLINE_MS, "The publisher", asked), isNewest: true };
  } catch (error) {
    console.error({ event: "ruleset_publisher_unreachable", environment, error: String(error) });
    const options = { type: "json", cacheTtl: POINTER_CACHE_TTL_S } as const;
    const asked = env.RULES.get<RulesetPointer>(pointerKey(environment), options);
    return { pointer: await settledWithin(POINTER_DEADLINE_MS, "KV", asked), isNewest: false };
  }
};

/** The text that the hash names, from KV or else from the publisher. A text that does not hash to its name is no text. */
const readBlob = async (env: RulesetBindings, environment: string, hash: string): Promise<string> => {
  try {
    const asked = env.RULES.get(blobKey(environment, hash), { type: "text", cacheTtl: BLOB_CACHE_TTL_S });
    const text = await settledWithin(BLOB_DEADLINE_MS, "KV", asked);
    if (text !== null && (await rulesetHash(text)) === hash) return text;
    console.error({ event: text === null ? "ruleset_blob_missing" : "ruleset_blob_corrupt", environment, hash });
  } catch (error) {
    console.error({ event: "ruleset_blob_unreachable", environment, hash, error: String(error) });
  }
  const asked = env.PUBLISHER.getByName(environment).blob(hash);
  const text = await settledWithin(BLOB_DEADLINE_MS, "The publisher", asked);
  if (text === null || (await rulesetHash(text)) !== hash) throw new Error(`Ruleset ${hash} is nowhere to be read.`);
  return text;
};

/**
 * The ruleset that a pointer names, as it is stored: for the few who need more of it than what was compiled. Throws when
 * nobody has it.
 */
export const readRuleset = async (env: RulesetBindings, environment: string, hash: string): Promise<EncodedRuleset> =>
  parseRuleset(await readBlob(env, environment, hash));

/** Waits for the promise's end, but no longer than this. */
const withinDeadline = async (promise: Promise<unknown>, deadlineMs: number): Promise<void> => {
  const deadline = Promise.withResolvers<void>();
  const timer = setTimeout(deadline.resolve, deadlineMs);
  try {
    await Promise.race([promise, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
};
