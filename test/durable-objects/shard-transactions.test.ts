import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventMessage } from "../../contract/event-message.ts";
import { aMessage, anExposure, aPurchase, DAY, HOUR, T0 } from "../counting/fixtures.ts";
import { applying, startShards } from "./measured-shards.ts";
import type { Step } from "./shard-steps.ts";

const { follow, followAll } = startShards();

const RUNS = 120;
const PER_CALL = 20;

/** Messages about few units, so that the same rows and cells change again and again. */
const someMessages = (firstDay: number): fc.Arbitrary<EventMessage[]> =>
  fc
    .array(
      fc.record({
        id: fc.nat(30),
        intake: fc.nat(1),
        day: fc.integer({ min: firstDay, max: 14 }),
        events: fc.array(fc.record({ id: fc.nat(60), unit: fc.nat(5), isExposure: fc.boolean(), value: fc.nat(50) }), {
          maxLength: 4,
        }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((messages) =>
      messages.map(({ id, intake, day, events }) =>
        aMessage({
          message_id: `m${id}`,
          intake: `0${intake}`,
          received_at: T0 + day * DAY,
          events: events.map(({ id: event, unit, isExposure, value }) => {
            const common = { event_id: `e${event}`, units: [["user_id", `u${unit}`]] as [string, string][] };
            return isExposure
              ? anExposure({
                  ...common,
                  at: T0 + day * DAY - HOUR,
                  variant_key: unit % 2 === 0 ? "control" : "treatment",
                })
              : aPurchase({ ...common, at: T0 + day * DAY, value });
          }),
        }),
      ),
    );

/** Nothing is so old that it is forgotten: when that is done depends on when the journal is packed. */
const someSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: someMessages(0).map((messages): Step => ({ kind: "apply", messages })) },
    { weight: 2, arbitrary: someMessages(5).map((messages): Step => ({ kind: "note", messages })) },
    { weight: 1, arbitrary: someMessages(0).map((messages): Step => ({ kind: "deadLetter", messages })) },
    {
      weight: 1,
      arbitrary: fc.record({ unit: fc.nat(5), day: fc.nat(14) }).map(({ unit, day }): Step => ({
        kind: "deleteUnit",
        unit_type: "user_id",
        unit: `u${unit}`,
        deleted_at: T0 + day * DAY,
        noted_at: Number.MAX_SAFE_INTEGER,
      })),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "restart" }) },
  ),
  { minLength: 4, maxLength: 14 },
);

/** Where statements fail, by step; most calls have fewer than 12 of them. */
const someFaults = fc.array(fc.option(fc.nat(11), { freq: 2 }), { maxLength: 14 });

const message = (i: number): EventMessage =>
  aMessage({ message_id: `m${i}`, events: [anExposure({ event_id: `x${i}`, units: [["user_id", `u${i}`]] })] });

describe("a shard's memory", () => {
  it("is what is on the disk after every call, and ends as if nothing had failed", async () => {
    let failed = 0;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(someSteps, someFaults), { minLength: PER_CALL, maxLength: PER_CALL }),
        async (histories) => {
          const names = histories.map(() => `run-${run++}`);
          // Long after two entries: images of pages are taken all the time.
          const runs = (suffix: string, stepsOf: (index: number) => readonly Step[]) =>
            followAll(Object.fromEntries(names.map((name, index) => [`${name}-${suffix}`, stepsOf(index)])), {
              longAfter: 2,
            });
          const plain = await runs("plain", (index) =>
            (histories[index]?.[0] ?? []).filter(({ kind }) => kind !== "restart"),
          );
          const broken = await runs("broken", (index) => {
            const [steps = [], faults = []] = histories[index] ?? [];
            return steps.map((step, place) => {
              const failAt = faults[place];
              return typeof failAt === "number" ? { ...step, failAt } : step;
            });
          });
          for (const [index, after] of broken.entries()) {
            failed += after.failed;
            expect(after.drifted).toEqual([]);
            expect(plain[index]?.drifted).toEqual([]);
            const { ledger, cells, units, missed, deleted_units, message_tables } = after;
            expect({ ledger, cells, units, missed, deleted_units, message_tables }).toEqual({
              ledger: plain[index]?.ledger,
              cells: plain[index]?.cells,
              units: plain[index]?.units,
              missed: plain[index]?.missed,
              deleted_units: plain[index]?.deleted_units,
              message_tables: plain[index]?.message_tables,
            });
          }
        },
      ),
      { numRuns: RUNS / PER_CALL, seed: 20_261_121 },
    );
    // As many again are not seen from outside: they fail where a page is imaged.
    expect(failed).toBeGreaterThan(RUNS / 3);
  });

  it("survives a fault at each statement of a call that packs the journal", async () => {
    const longAfter = 4;
    const before = Array.from({ length: 4 }, (_, i) => applying(message(i)));
    const after = Array.from({ length: 5 }, (_, i) => applying(message(10 + i)));
    const packing = applying(message(200));
    const plain = await follow("pack-plain", [...before, packing, ...after], { longAfter });
    expect(plain.journal_entries).toBeLessThan(10);
    for (let failAt = 0; failAt < 10; failAt++) {
      const steps = [...before, { ...packing, failAt }, { kind: "restart" } as const, ...after];
      const broken = await follow(`pack-${failAt}`, steps, { longAfter });
      expect(broken.drifted).toEqual([]);
      const { ledger, cells, units, missed } = broken;
      expect({ ledger, cells, units, missed }).toEqual({
        ledger: plain.ledger,
        cells: plain.cells,
        units: plain.units,
        missed: plain.missed,
      });
    }
  });

  it("is on the disk even while pages cannot be packed", async () => {
    const steps = Array.from({ length: 30 }, (_, i) => ({ ...applying(message(i)), failPacking: true }));
    const { failed, drifted, units, journal_entries } = await follow("unpackable", steps, { longAfter: 4 });
    expect({ failed, drifted, units, journal_entries }).toEqual({
      failed: 0,
      drifted: [],
      units: 30,
      journal_entries: 30,
    });
  });
});
