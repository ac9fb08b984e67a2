import type { Context, DecideRequest, DecideResponse, Units } from "../contract/decision.ts";
import type { ExposureEvent, MetricEvent } from "../contract/event.ts";
import type { JsonValue } from "../contract/json.ts";
import type { ClientError } from "./client-error.ts";
import { deviceIdOf } from "./device-id.ts";
import { keptVariants } from "./kept-variants.ts";
import { createEventQueue } from "./event-queue.ts";
import { browser, type Platform } from "./platform.ts";

/** An id as the page has it. An empty one is none. */
type Unit = string | number | null | undefined;

export interface ClientOptions {
  /** A client key: `ew_client_…`. It is public by nature. */
  readonly key: string;
  /** Where Edgeworth is. The page's own origin without it. */
  readonly url?: string;
  /** A number is taken as its digits. */
  readonly userId?: Unit;
  /** Units of other types, by type: `{company_id: "c1"}`. */
  readonly units?: Readonly<Record<string, Unit>>;
  /** What targeting may look at. It is not stored. */
  readonly context?: Context;
  /** `cookie` (the default) keeps the device id in a first-party cookie for a year; a text is the id itself; false is none. */
  readonly deviceId?: string | false;
  /** How long an event may wait for others to be sent with. */
  readonly flushIntervalMs?: number;
  /** How long to wait for a decision before failing open. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof globalThis.fetch;
  readonly onError?: (error: ClientError) => void;
}

/** Nothing here throws, whatever the network does: a page without decisions shows its defaults. */
export interface Client {
  /** Resolves when the newest decision is there or has failed. */
  ready(): Promise<void>;
  /** The key of the variant that the unit is in; null when it is in none. Reading it counts the unit as exposed, once a page. */
  variant(experimentKey: string): string | null;
  /** The payload of that variant, `fallback` when there is none. Reading it counts the unit as exposed, once a page. */
  get<T>(experimentKey: string, fallback: T): T;
  /**
   * The value of a flag, `fallback` when it has none or is unknown. Where an experiment decided it, reading it counts the unit
   * as exposed to that, once a page.
   */
  flag<T>(key: string, fallback: T): T;
  /** Records that the unit did something; `value` is in the metric's own unit. */
  track(name: string, details?: { value?: number; properties?: Record<string, JsonValue> }): void;
  /** Sends what is queued; resolves when all is taken, or could not be sent for now. */
  flush(): Promise<void>;
  /** Names the user (undefined after signing out) and decides again; what was decided holds until the answer is there. */
  identify(userId: Unit): Promise<void>;
  /** Replaces the context and decides again. */
  setContext(context: Context): Promise<void>;
  /** Sends what is queued and stops listening to the page. */
  close(): Promise<void>;
}

/** An event before it gets its id, time and units. */
type Fact = Omit<ExposureEvent, Stamp> | Omit<MetricEvent, Stamp>;
type Stamp = "event_id" | "timestamp" | "units";

interface Decided {
  /** The units that it was decided for; they are the ones exposed. */
  readonly units: Units;
  readonly response: DecideResponse;
}

/** Every unit as text, without those that are none. */
const unitsOf = (given: Readonly<Record<string, Unit>>): Units =>
  Object.fromEntries(
    Object.entries(given)
      .map(([type, unit]) => [type, String(unit ?? "")] as const)
      .filter(([, unit]) => unit !== ""),
  );

/**
 * The page's client, which asks for its decisions at once.
 *
 * An experiment is divided by units of one type. One that counts by `user_id` needs `userId` (or `identify`): without it the
 * visitor is in none of its variants, `variant` answers null and `get` the fallback, and nobody is told, because most visitors
 * are not in most experiments. One that counts by `device_id` needs nothing.
 *
 * Without a key the client reports `invalid_options`, once, and shows defaults.
 */
export const createClient: (options: ClientOptions, platform?: Platform) => Client = (
  given: Partial<ClientOptions> | null | undefined,
  platform = browser,
) => {
  // Plain JavaScript may leave out what the types ask for.
  const options = given ?? {};
  const { flushIntervalMs = 2000, timeoutMs = 3000, fetch = globalThis.fetch } = options;
  const key = typeof options.key === "string" ? options.key : "";
  const url = (options.url ?? "").replace(/\/+$/, "");
  const deviceId = options.deviceId ?? "cookie";
  const device_id = deviceId === false ? undefined : deviceId === "cookie" ? deviceIdOf(platform) : deviceId;

  let { userId, context } = options;
  let decided: Decided | undefined;
  let deciding: Promise<void>;
  let decisions = 0;
  const exposed = new Set<string>();

  const report = (error: ClientError): void => {
    try {
      if (options.onError) options.onError(error);
      else if (error.code === "invalid_options") console.error(error.message);
    } catch {
      // An error handler that throws is the page's own trouble, and nothing is left to tell it to.
    }
  };

  const queue = createEventQueue({ url: `${url}/v1/events`, key, flushIntervalMs, fetch, platform, report });

  // A page that keeps no device id keeps nothing else of its visitor.
  const kept = deviceId === false ? undefined : keptVariants(platform);

  const unitsNow = (): Units => ({ ...unitsOf(options.units ?? {}), ...unitsOf({ device_id, user_id: userId }) });

  const decide = async (): Promise<void> => {
    if (key === "") return;
    decisions += 1;
    const decision = decisions;
    const units = unitsNow();
    try {
      const answer = await fetch(`${url}/v1/decide`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ units, context, sticky: kept?.read(units) } satisfies DecideRequest),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}: ${await answer.text()}`);
      const response = (await answer.json()) as DecideResponse;
      if (!Array.isArray(response.assignments)) throw new Error("The answer holds no assignments.");
      // An answer that was overtaken by a newer question is of no use.
      if (decision === decisions) {
        decided = { units, response };
        kept?.keep(units, response.assignments);
      }
    } catch (cause) {
      report({ code: "decide_failed", message: "No decision could be had; defaults are shown.", lost: 0, cause });
    }
    if (decision !== decisions) await deciding;
  };

  const redecide = (): Promise<void> => {
    deciding = decide();
    return deciding;
  };

  const add = (units: Units, fact: Fact): void => {
    if (key === "") return;
    if (Object.keys(units).length === 0) {
      report({ code: "invalid_event", message: "An event needs a unit: a user, a device or another.", lost: 1 });
      return;
    }
    try {
      queue.add({ event_id: platform.randomId(), timestamp: platform.now(), units, ...fact });
    } catch (cause) {
      report({ code: "invalid_event", message: "An event's properties must be JSON.", lost: 1, cause });
    }
  };

  const expose = ({ units, response }: Decided, experiment_key: string, variant_key: string): void => {
    const exposure = JSON.stringify([experiment_key, variant_key, units]);
    if (exposed.has(exposure)) return;
    exposed.add(exposure);
    add(units, { type: "exposure", experiment_key, variant_key, config_version: response.config_version });
  };

  const read = (experimentKey: string) => {
    const found = decided?.response.assignments.find((assignment) => assignment.experiment_key === experimentKey);
    if (!decided || !found || found.variant_key === null) return undefined;
    // Whose variant was chosen by hand is looking at it, and is not analysed.
    if (found.reason !== "override") expose(decided, experimentKey, found.variant_key);
    return found;
  };

  const readFlag = (key: string): unknown => {
    const flags = decided?.response.flags;
    const found = flags && Object.hasOwn(flags, key) ? flags[key] : undefined;
    if (decided && found?.reason === "experiment" && found.experiment_key !== undefined && found.variant !== null)
      expose(decided, found.experiment_key, found.variant);
    return found?.value;
  };

  const onVisibilityChange = (): void => {
    if (platform.document?.visibilityState === "hidden") queue.beacon();
    else queue.resume();
  };
  const onPageHide = (): void => queue.beacon();
  platform.document?.addEventListener("visibilitychange", onVisibilityChange);
  // Safari leaves some pages without a change of visibility.
  platform.window?.addEventListener("pagehide", onPageHide);

  if (key === "")
    report({
      code: "invalid_options",
      message: "createClient needs a key: nothing is decided or sent without one.",
      lost: 0,
    });
  deciding = decide();

  return {
    ready: () => deciding,
    variant: (experimentKey) => read(experimentKey)?.variant_key ?? null,
    get: (experimentKey, fallback) => (read(experimentKey)?.payload ?? fallback) as typeof fallback,
    flag: (key, fallback) => (readFlag(key) ?? fallback) as typeof fallback,
    track(name, details) {
      // An argument of null is a mistake that plain JavaScript lets through.
      add(unitsNow(), { type: "metric", name, value: details?.value, properties: details?.properties });
    },
    flush: () => queue.flush(),
    identify(newUserId) {
      userId = newUserId;
      return redecide();
    },
    setContext(newContext) {
      context = newContext;
      return redecide();
    },
    async close() {
      platform.document?.removeEventListener("visibilitychange", onVisibilityChange);
      platform.window?.removeEventListener("pagehide", onPageHide);
      const sent = queue.flush();
      queue.stop();
      await sent;
    },
  };
};
