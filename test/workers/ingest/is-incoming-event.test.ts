import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IncomingEvent } from "../../../contract/event.ts";
import { isIncomingEvent } from "../../../workers/ingest/is-incoming-event.ts";

const seed = 20_261_121;

/** Every value that JSON has, with those at the bounds of what events may hold. */
const anyScalar = fc.oneof(
  fc.constantFrom(null, true, false, "", "a", "😀", "\ud800", "__proto__", "constructor"),
  fc.constantFrom(0, -0, 1.5, -1, 1e9, 1e9 + 1, -1e9, -1e9 - 0.5, 2 ** 53, 2 ** 53 - 1, 1e300),
  // What JSON.parse makes of 1e999.
  fc.constantFrom(Infinity, -Infinity),
  fc.nat(2_000_000_000_000),
  fc.double({ noNaN: true }),
  fc.string({ maxLength: 12 }),
  fc.constantFrom(60, 61, 64, 65, 100, 101, 256, 257).map((length) => "x".repeat(length)),
);
const anyTime = fc.oneof(
  fc.nat(2_000_000_000_000),
  fc
    .date({ min: new Date("0000-01-01T00:00:00Z"), max: new Date("9999-12-31T00:00:00Z"), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc
    .tuple(
      fc.constantFrom("2024-02-29", "2025-02-29", "2100-02-29", "2026-11-31", "2026-1-1", "+02026-01-01"),
      fc.constantFrom("T", "t", " "),
      fc.constantFrom("00:00:00", "23:59:60", "24:00:00", "12:30", `12:30:00.${"1".repeat(40)}`, "12:30:00."),
      fc.constantFrom("Z", "z", "", "+02:00", "-23:59", "+24:00", "+0200", "Z\n"),
    )
    .map((parts) => parts.join("")),
  fc.constantFrom("yesterday", "", `2026-09-04T01:00:00.${"0".repeat(44)}Z`, "2026-09-04T01:00:00.5Z"),
  anyScalar,
);
const anyJson = fc.oneof(fc.jsonValue({ maxDepth: 4 }), anyScalar);
const anyName = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.constantFrom("", "a", "constructor", "toString", "x".repeat(60), "x".repeat(61), "x".repeat(100), "x".repeat(101)),
);
const anyObject = fc.oneof(
  { weight: 5, arbitrary: fc.dictionary(anyName, anyJson, { maxKeys: 6, noNullPrototype: true }) },
  { weight: 1, arbitrary: anyJson },
);
const anyUnits = fc.oneof(
  fc.dictionary(anyName, fc.string({ minLength: 1, maxLength: 9 }), { maxKeys: 6, noNullPrototype: true }),
  fc.dictionary(anyName, anyScalar, { maxKeys: 3, noNullPrototype: true }),
  anyJson,
);

const text = fc.string({ minLength: 1, maxLength: 20 });
const shared = {
  event_id: text,
  timestamp: fc.oneof(
    fc.nat(2_000_000_000_000),
    fc.constantFrom("2026-09-04T01:00:00Z", "2026-09-04T01:00:00.25+02:00"),
  ),
  user_id: text,
  units: fc.dictionary(fc.constantFrom("user_id", "device_id", "a"), text, { minKeys: 1, noNullPrototype: true }),
};
const facts = fc.dictionary(text, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4, noNullPrototype: true });
const rightExposure = fc.record(
  {
    type: fc.constant("exposure"),
    ...shared,
    experiment_key: text,
    variant_key: text,
    config_version: fc.nat(),
    context: facts,
  },
  { requiredKeys: ["type", "event_id", "timestamp", "experiment_key", "variant_key"], noNullPrototype: true },
);
const rightMetric = fc.record(
  {
    type: fc.constant("metric"),
    ...shared,
    name: text,
    value: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    properties: facts,
  },
  { requiredKeys: ["type", "event_id", "timestamp", "name"], noNullPrototype: true },
);

/** A field, and what to put there; `undefined` to leave it out. */
const anyChange = fc.oneof(
  fc.tuple(fc.constantFrom("timestamp"), anyTime),
  fc.tuple(fc.constantFrom("units"), anyUnits),
  fc.tuple(fc.constantFrom("context", "properties"), anyObject),
  fc.tuple(
    fc.constantFrom("event_id", "user_id", "experiment_key", "variant_key", "name", "value", "config_version"),
    anyScalar,
  ),
  fc.tuple(fc.constantFrom("type", "valeu", "constructor", ""), anyJson),
  fc.tuple(
    fc.constantFrom("type", "event_id", "timestamp", "user_id", "units", "experiment_key", "variant_key", "name"),
    fc.constant(undefined),
  ),
);

/** Right events, most of them with this or that missing, of another type, or too much. */
const anyEvent = fc
  .tuple(fc.oneof(rightExposure, rightMetric), fc.array(anyChange, { maxLength: 2 }))
  .map(([right, changes]): Record<string, unknown> => {
    const event: Record<string, unknown> = { ...right };
    for (const [field, value] of changes)
      if (value === undefined) delete event[field];
      else event[field] = value;
    return event;
  });

const nested = (depth: number): unknown => JSON.parse(`${'{"in":'.repeat(depth)}1${"}".repeat(depth)}`);

describe("the validator of the hot path", () => {
  it("takes exactly the events that the schema takes", () => {
    let taken = 0;
    let all = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 20, arbitrary: anyEvent }, { weight: 1, arbitrary: anyJson }), (event) => {
        const isTaken = IncomingEvent.safeParse(event).success;
        all += 1;
        if (isTaken) taken += 1;
        expect(isIncomingEvent(event)).toBe(isTaken);
      }),
      { numRuns: 30_000, seed },
    );
    // Both verdicts were really put to the test.
    expect(taken / all).toBeGreaterThan(0.2);
    expect(taken / all).toBeLessThan(0.8);
  });

  it("takes nothing that the schema would read as something else", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        if (isIncomingEvent(event)) expect(IncomingEvent.parse(event)).toEqual(event);
      }),
      { numRuns: 5_000, seed },
    );
  });

  const event = { type: "metric", event_id: "e", timestamp: 1, user_id: "u", name: "n" };

  it("leaves what is nested too deep, and what JSON calls a prototype, to the schema", () => {
    expect(isIncomingEvent({ ...event, properties: nested(31) })).toBe(true);
    expect(isIncomingEvent({ ...event, properties: nested(32) })).toBe(false);
    expect(isIncomingEvent({ ...event, properties: nested(100_000) })).toBe(false);
    for (const text of [
      `{"properties":{"__proto__":1}}`,
      `{"properties":{"a":[{"__proto__":1}]}}`,
      `{"units":{"__proto__":"x","user_id":"u"}}`,
    ])
      expect(isIncomingEvent({ ...event, ...JSON.parse(text) })).toBe(false);
    expect(isIncomingEvent(JSON.parse(`{"__proto__":1,${JSON.stringify(event).slice(1)}`))).toBe(false);
  });

  it.each([
    ["a date", { properties: { at: new Date(0) } }],
    ["bytes", { properties: { of: new Uint8Array(1) } }],
    ["a map", { properties: { of: new Map() } }],
    ["undefined", { properties: { of: undefined } }],
    ["a bigint", { properties: { of: 1n } }],
    ["NaN", { value: Number.NaN }],
  ])("takes no %s, which our own Workers could pass", (_what, change) => {
    expect(isIncomingEvent({ ...event, ...change })).toBe(false);
  });
});
