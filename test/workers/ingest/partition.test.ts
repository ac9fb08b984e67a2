import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partition } from "../../../workers/ingest/partition.ts";
import { anExposure } from "../../counting/fixtures.ts";

const RULES = {
  environment: "e".repeat(40),
  generation: 1_000,
  shards: 4,
  keyHashes: new Set<string>(),
  experiments: new Map<string, never>(),
};

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
        (contexts, refused, batch_id) => {
          const accepted = contexts.map((page, i) =>
            anExposure({ event_id: `e${i}`, units: [["user_id", `u${i % 3}`]], context: { page } }),
          );
          const rejected = refused.map((bulk) => ({
            code: "timestamp_in_future" as const,
            event: JSON.stringify({ bulk }),
            cut_from: 1_000_000,
          }));
          const sent_at = `2026-09-04T01:00:00.${"0".repeat(38)}+02:00`;
          let id = 0;
          const messages = partition(
            { batch_id, received_at: 1_788_480_000_000, sent_at, accepted, rejected },
            RULES,
            () => `00000000-0000-0000-0000-${String(id++).padStart(12, "0")}`,
          ).map(({ message }) => message);

          const sizes = messages.map((message) => new TextEncoder().encode(JSON.stringify(message)).byteLength);
          expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(120_000);
          expect(new Set(messages.flatMap(({ events }) => events))).toEqual(new Set(accepted));
          expect(messages.flatMap((message) => message.rejected)).toEqual(rejected);
          expect(messages.every((message) => message.sent_at === sent_at)).toBe(true);
        },
      ),
      { numRuns: 300, seed: 20_261_122 },
    );
  });
});
