import * as fc from "fast-check";
import type { AcceptedEvent } from "../../contract/event-message.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import { DAY, HOUR, MINUTE, T0 } from "./any-ruleset.ts";

/** How long a history is, and how its instants lie in it: evenly if it does not say. */
export interface Span {
  readonly ms: number;
  /** A share of the span for a share of the events. */
  readonly instantOf?: (share: number) => number;
}

/** What an event will be once it is known which rules and how long a history it belongs to. */
export type EventDraft = (ruleset: Ruleset, span: Span) => Omit<AcceptedEvent, "event_id">;

/** Units whose events are in a history. `isOnShard` spreads them over two shards. */
const units = fc.constantFrom<AcceptedEvent["units"][]>(
  [["user_id", "u1"]],
  [["user_id", "u1"]],
  [["user_id", "u2"]],
  [["device_id", "d1"]],
  [
    ["device_id", "d1"],
    ["user_id", "u1"],
  ],
  [
    ["device_id", "d2"],
    ["user_id", "u1"],
  ],
  [
    ["org_id", "o1"],
    ["user_id", "u1"],
  ],
  [
    ["org_id", "o1"],
    ["user_id", "u2"],
  ],
  [["org_id", "o1"]],
);

export const isOnShard = (shard: number) => (_type: string, unit: string) =>
  (unit.charCodeAt(0) + unit.charCodeAt(1)) % 2 === shard;

// The same instants often, so that both ends of each window, of days and of hours are hit.
const offset = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.nat(1_000_000).map(
      (part) =>
        ({ ms, instantOf }: Span) =>
          Math.floor((instantOf?.(part / 1_000_000) ?? part / 1_000_000) * ms),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        0,
        1,
        10 * MINUTE,
        HOUR - 1,
        HOUR,
        HOUR + 1,
        70 * MINUTE,
        5 * HOUR,
        DAY - 1,
        DAY,
        DAY + 1,
        2 * DAY,
        3 * DAY,
        72.5 * HOUR,
        4 * DAY - 1,
        8 * DAY,
        14 * DAY - 1,
        14 * DAY,
        14 * DAY + HOUR,
        15 * DAY,
        21 * DAY,
        28 * DAY,
      )
      .map(
        (instant) =>
          ({ ms }: Span) =>
            Math.min(instant, ms),
      ),
  },
);

const context = fc.constantFrom<(AcceptedEvent["context"] | undefined)[]>(
  undefined,
  { country: "DE" },
  { country: "AT", device: { os: "ios" }, plan: 3.5 },
  { country: "DE", "device.os": "exact", device: { os: "path" }, plan: true },
  { country: null, "device.os": null, device: { os: "path" }, plan: { name: "pro" } },
  { country: "D".repeat(100), plan: "p".repeat(101), device: ["os"] },
  // Half of a pair, which no UTF-8 can hold.
  { country: "\ud83d", "device.os": { of: 1 }, device: { os: "path" } },
);

/** From the unit's own variant, mostly, to one that nobody knows. */
const variant = fc.oneof(
  { weight: 24, arbitrary: fc.constant("own" as const) },
  { weight: 2, arbitrary: fc.constant("other" as const) },
  { weight: 1, arbitrary: fc.constant("unknown" as const) },
);

const exposure: fc.Arbitrary<EventDraft> = fc
  .record({ units, offset, isEarly: fc.boolean(), context, variant, experiment: fc.nat(24) })
  .map(({ units, offset, isEarly, context, variant, experiment: pick }) => (ruleset, span) => {
    const at = T0 + offset(isEarly && !span.instantOf ? { ms: Math.floor(span.ms / 4) } : span);
    const index = pick % ruleset.experiments.length;
    const experiment = ruleset.experiments[index];
    const keys = experiment?.variants.map(({ key }) => key) ?? [];
    // Switchback tests change sides by the window.
    const windowMs = (experiment?.switchback_minutes ?? 1e9) * MINUTE;
    const own = (index + Math.floor(at / windowMs)) % keys.length;
    const variant_key = variant === "unknown" ? "nothing" : keys[(own + (variant === "own" ? 0 : 1)) % keys.length];
    return {
      type: "exposure",
      at,
      timestamp: at,
      units,
      experiment_key: pick === 24 || experiment === undefined ? "nowhere" : experiment.key,
      ...(variant_key === undefined ? {} : { variant_key }),
      ...(context === undefined ? {} : { context }),
    };
  });

const value = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(0, -3, 19.99, 0.0078125, -0.0000005, 0.00005, 0.0003, 1e9, -1e9),
  fc.double({ min: -50, max: 50, noNaN: true }),
);

const properties = fc.record({
  amount: fc.constantFrom(undefined, 1.25, 40, -2.5, "1.25", 2e9, null, { of: 1 }),
  kind: fc.constantFrom(undefined, "a", "1", 1, true, false, ["a"]),
  team: fc.constantFrom(undefined, "control", "treatment", "treatment", "other"),
  // An event's own value is what `value` means.
  value: fc.constantFrom(undefined, undefined, 7),
});

const metricEvent: fc.Arbitrary<EventDraft> = fc
  .record({
    units,
    offset,
    value,
    properties: fc.option(properties, { nil: undefined, freq: 4 }),
    name: fc.constantFrom("purchase", "purchase", "purchase", "click", "click", "scroll"),
  })
  .map(({ units, offset, value, properties, name }) => (_ruleset, span) => {
    const at = T0 + offset(span);
    const sent = Object.entries(properties ?? {}).flatMap(([key, property]) =>
      property === undefined ? [] : [[key, property] as const],
    );
    return {
      type: "metric",
      at,
      timestamp: at,
      units,
      name,
      ...(value === undefined ? {} : { value }),
      ...(properties === undefined ? {} : { properties: Object.fromEntries(sent) }),
    };
  });

export const anyEvent: fc.Arbitrary<EventDraft> = fc.oneof(
  { weight: 2, arbitrary: exposure },
  { weight: 3, arbitrary: metricEvent },
);
