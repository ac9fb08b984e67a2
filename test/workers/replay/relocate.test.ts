import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AcceptedEvent, MessageHead, RefusedEvent } from "../../../contract/event-message.ts";
import { shardOf } from "../../../core/bucket.ts";
import { eventLine, parseMessages } from "../../../counting/message-text.ts";
import { type MessagePart, relocate, splitMessages } from "../../../durable-objects/relocate.ts";
import { partition } from "../../../workers/ingest/partition.ts";

const environment = "production";

const anEvent = fc
  .record({
    user_id: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
    device_id: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
    company_id: fc.integer({ min: 0, max: 5 }),
  })
  .map((ids): Pick<AcceptedEvent, "units"> => ({
    units: Object.entries(ids)
      .flatMap(([type, id]): [string, string][] => (id === undefined ? [] : [[type, `${type}-${id}`]]))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  }));

const aBatch = fc.record({
  batch_id: fc.string({ minLength: 1, maxLength: 10 }),
  events: fc.array(anEvent, { maxLength: 30 }),
  refused: fc.array(fc.constantFrom<RefusedEvent>({ code: "invalid_event", event: "{}" }), { maxLength: 3 }),
});
const shards = fc.integer({ min: 1, max: 9 });

const send = (
  { batch_id, events, refused }: { batch_id: string; events: Pick<AcceptedEvent, "units">[]; refused: RefusedEvent[] },
  generation: number,
  count: number,
): MessagePart[] => {
  const accepted = events.map(({ units }, index) => {
    const event: AcceptedEvent = { event_id: `e${index}`, type: "metric", name: "buy", at: 5, timestamp: 5, units };
    return { event, line: eventLine(event) };
  });
  const intake = { intake: "0123456789abcdef", batch_id, received_at: 7, lane: "bot" as const, accepted, refused };
  return partition(intake, { environment, generation, shards: count }).map(({ head, text }) => ({ head, text }));
};

/** What each shard is brought: every event, every refused one, and for how many it accounts. */
const broughtBy = (parts: readonly MessagePart[]): string[] =>
  parts
    .flatMap(({ text }) => parseMessages(text))
    .flatMap(({ shard, shards, generation, accounted, events, rejected }) => [
      ...events.map(({ event_id }) => `${generation}:${shard}/${shards} brings ${event_id}`),
      ...rejected.map(({ code }) => `${generation}:${shard}/${shards} brings ${code}`),
      ...Array.from({ length: accounted }, () => `${generation}:${shard}/${shards} accounts for one`),
    ])
    .toSorted();

const together = (parts: readonly MessagePart[]): string => parts.map(({ text }) => text).join("\n");

describe("a message in another layout", () => {
  it("brings each shard what ingest would have sent it, once", () => {
    fc.assert(
      fc.property(aBatch, shards, shards, (batch, before, after) => {
        const moved = send(batch, 1, before).flatMap(({ text }) =>
          relocate(text, { environment, generation: 2, shards: after }),
        );
        expect(broughtBy(moved)).toEqual(broughtBy(send(batch, 2, after)));
      }),
      { seed: 4, numRuns: 2_000 },
    );
  });

  it("is for the shard of each of its events, and keeps all else that its head says", () => {
    fc.assert(
      fc.property(aBatch, shards, shards, (batch, before, after) => {
        for (const { head, text } of send(batch, 1, before))
          for (const part of relocate(text, { environment, generation: 2, shards: after })) {
            const [message] = parseMessages(part.text);
            expect(message).toMatchObject(part.head);
            for (const { units } of message?.events ?? [])
              expect(units.map((unit) => shardOf(...unit, after))).toContain(part.head.shard);
            const { message_id: _, generation, shard, shards: count, accounted, ...kept } = part.head;
            expect(head).toMatchObject(kept satisfies Partial<MessageHead>);
            expect([generation, count]).toEqual([2, after]);
            expect(shard).toBeLessThan(after);
            expect(accounted).toBeLessThanOrEqual(head.accounted);
          }
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it("has ids that follow from the message alone, whatever generations it passes", () => {
    fc.assert(
      fc.property(aBatch, shards, shards, (batch, before, after) => {
        const idsIn = (generation: number): string[] =>
          send(batch, 1, before).flatMap(({ text }) =>
            relocate(text, { environment, generation, shards: after }).map(({ head }) => head.message_id),
          );
        expect(idsIn(5)).toEqual(idsIn(2));
        expect(new Set(idsIn(2)).size).toBe(idsIn(2).length);
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  it("with as many shards differs by its generation only", () => {
    fc.assert(
      fc.property(aBatch, shards, (batch, count) => {
        for (const { head, text } of send(batch, 1, count)) {
          const parts = relocate(text, { environment, generation: 9, shards: count });
          expect(parts.map((part) => part.head)).toEqual([{ ...head, generation: 9 }]);
          expect(parts.map((part) => part.text)).toEqual([text.replace('"generation":1,', '"generation":9,')]);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe("a file of the archive", () => {
  it("is taken apart into the messages that were put together", () => {
    fc.assert(
      fc.property(fc.array(aBatch, { minLength: 1, maxLength: 5 }), shards, (batches, count) => {
        const sent = batches.flatMap((batch) => send(batch, 1, count));
        fc.pre(sent.length > 0);
        expect(splitMessages(`${together(sent)}\n`)).toEqual(sent.map(({ text }) => text));
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  it("of something else is refused", () => {
    expect(() => splitMessages('{"event":{}}\n')).toThrow("begins with its head");
  });
});
