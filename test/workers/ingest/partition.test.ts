import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AcceptedEvent, RefusedEvent } from "../../../contract/event-message.ts";
import { shardOf } from "../../../core/bucket.ts";
import { eventLine, parseMessages } from "../../../counting/message-text.ts";
import { type Intake, partition } from "../../../workers/ingest/partition.ts";
import { anExposure } from "../../counting/fixtures.ts";

const RULES = { environment: "e".repeat(40), generation: 1_000, shards: 4 };

const SENT_AT = `2026-09-04T01:00:00.${"0".repeat(38)}+02:00`;

const anIntake = (
  events: readonly AcceptedEvent[],
  refused: readonly RefusedEvent[] = [],
  change: Partial<Intake> = {},
): Intake => ({
  batch_id: "b",
  intake: "0123456789abcdef",
  received_at: 1_788_480_000_000,
  sent_at: SENT_AT,
  accepted: events.map((event) => ({ event, line: eventLine(event) })),
  refused,
  ...change,
});

const someEvents = (count: number): AcceptedEvent[] =>
  Array.from({ length: count }, (_, i) => anExposure({ event_id: `e${i}`, units: [["user_id", `u${i % 3}`]] }));

const idsOf = (...intake: Parameters<typeof anIntake>): string[] =>
  partition(anIntake(...intake), RULES).map(({ head }) => head.message_id);

const refusedAs = (event: string) => [{ code: "invalid_event" as const, event }];

/** Texts that grow when they are written as JSON, and grow again when that is. */
const text = (maxLength: number) =>
  fc.record({ of: fc.constantFrom("a", "é", '"', "\\", "\u0001", "😀"), length: fc.nat(maxLength) }).map(
    // Never more than the 32,000 bytes that an event has, or what is kept of it.
    ({ of, length }) => of.repeat(Math.floor(length / new TextEncoder().encode(JSON.stringify(of)).byteLength)),
  );

describe("partition", () => {
  it("loses nothing and makes no message that a queue would not take", () => {
    fc.assert(
      fc.property(
        fc.array(text(31_000), { maxLength: 8 }),
        fc.array(text(31_000), { maxLength: 8 }),
        fc.constantFrom("b", "\u0001".repeat(100), "😀".repeat(50)),
        (contexts, refusedTexts, batch_id) => {
          const events = contexts.map((page, i) =>
            anExposure({ event_id: `e${i}`, units: [["user_id", `u${i % 3}`]], context: { page } }),
          );
          const refused = refusedTexts.map((bulk) => ({
            code: "timestamp_in_future" as const,
            event: JSON.stringify({ bulk }),
            cut_from: 1_000_000,
          }));
          const intake = anIntake(events, refused, { batch_id, skew_ms: -1e13, lane: "bot" });
          const messages = partition(intake, RULES);

          for (const { text, bytes } of messages) {
            expect(bytes).toBe(new TextEncoder().encode(text).byteLength);
            expect(bytes).toBeLessThanOrEqual(120_000);
          }
          const parsed = messages.flatMap((message) => parseMessages(message.text));
          expect(parsed.map(({ events: _events, rejected: _rejected, ...head }) => head)).toEqual(
            messages.map(({ head }) => head),
          );
          expect(new Set(parsed.flatMap((message) => message.events))).toEqual(new Set(events));
          expect(parsed.flatMap((message) => message.rejected)).toEqual(refused);
          expect(new Set(parsed.map((message) => message.message_id)).size).toBe(parsed.length);
          expect(parsed.every((message) => message.sent_at === SENT_AT && message.lane === "bot")).toBe(true);
        },
      ),
      { numRuns: 300, seed: 20_261_122 },
    );
  });

  it("takes an event to the shard of each of its units, and accounts for it on the first one's", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 30 }),
        fc.nat(3),
        (unitsOfEvents, refusals) => {
          const events = unitsOfEvents.map((units, i) =>
            anExposure({ event_id: `e${i}`, units: units.map((unit, at) => [`type${at}`, `u${unit}`]) }),
          );
          const refused = Array.from({ length: refusals }, () => ({ code: "invalid_event" as const, event: "1" }));
          const messages = partition(anIntake(events, refused), RULES).flatMap((message) =>
            parseMessages(message.text),
          );
          const shardsOf = ({ units }: AcceptedEvent) => units.map(([type, unit]) => shardOf(type, unit, RULES.shards));

          for (const event of events) {
            const holders = messages.filter(({ events: held }) =>
              held.some(({ event_id }) => event_id === event.event_id),
            );
            expect(holders).toHaveLength(new Set(holders.map(({ shard }) => shard)).size);
            expect(new Set(holders.map(({ shard }) => shard))).toEqual(new Set(shardsOf(event)));
          }
          for (const { shard, accounted, events: held, rejected } of messages)
            expect(accounted).toBe(held.filter((event) => shardsOf(event)[0] === shard).length + rejected.length);
          expect(messages.reduce((sum, { accounted }) => sum + accounted, 0)).toBe(events.length + refusals);
        },
      ),
      { numRuns: 200, seed: 20_261_123 },
    );
  });

  it("gives the messages of a batch that is sent again the ids that they had", () => {
    const events = someEvents(20);
    const ids = idsOf(events);
    expect(idsOf(events, [], { intake: "fedcba9876543210", received_at: 1_788_480_060_000, skew_ms: 11_000 })).toEqual(
      ids,
    );
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });

  it("gives all other messages ids of their own", () => {
    const [first, second] = someEvents(2);
    if (!first || !second) throw new Error("There are no events.");
    const others = [
      anIntake([first]),
      anIntake([first], [], { batch_id: "c" }),
      anIntake([{ ...first, units: [["user_id", "somebody else"]] }]),
      anIntake([first], [], { lane: "bot" }),
      anIntake([second]),
      anIntake([first, second]),
      anIntake([{ ...first, event_id: `${first.event_id}","${second.event_id}` }]),
      anIntake([first], refusedAs("1")),
      anIntake([first], refusedAs("2")),
      anIntake([], refusedAs("2")),
    ];
    const messages = others.map((intake) => partition(intake, { ...RULES, shards: 1 }));
    expect(messages.map(({ length }) => length)).toEqual(others.map(() => 1));
    expect(new Set(messages.map(([message]) => message?.head.message_id)).size).toBe(others.length);
  });
});
