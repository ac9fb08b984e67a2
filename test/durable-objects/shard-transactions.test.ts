import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventMessage } from "../../contract/event-message.ts";
import { aMessage, anExposure, aPurchase, DAY, HOUR, T0 } from "../counting/fixtures.ts";
import { applying, noting, startShards } from "./measured-shards.ts";
import type { Step } from "./shard-steps.ts";

const { follow, followAll } = startShards();

const RUNS = 120;
const PER_CALL = 20;

/** Messages about few units, so that the same rows and cells change again and again. */
const someMessages: fc.Arbitrary<EventMessage[]> = fc
  .array(
    fc.record({
      id: fc.nat(30),
      intake: fc.nat(1),
      day: fc.nat(14),
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

const someSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: someMessages.map((messages): Step => ({ kind: "apply", messages })) },
    { weight: 2, arbitrary: someMessages.map((messages): Step => ({ kind: "note", messages })) },
    { weight: 1, arbitrary: someMessages.map((messages): Step => ({ kind: "deadLetter", messages })) },
    {
      weight: 1,
      arbitrary: fc.record({ unit: fc.nat(5), day: fc.nat(14) }).map(({ unit, day }): Step => ({
        kind: "deleteUnit",
        unit_type: "user_id",
        unit: `u${unit}`,
        deleted_at: T0 + day * DAY,
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
          const runs = (suffix: string, stepsOf: (index: number) => readonly Step[]) =>
            followAll(Object.fromEntries(names.map((name, index) => [`${name}-${suffix}`, stepsOf(index)])));
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
    expect(failed).toBeGreaterThan(RUNS / 2);
  });

  it("survives a fault at each statement of packing the journal", async () => {
    const before = Array.from({ length: 199 }, (_, i) => applying(message(i)));
    const missing = noting(message(1_000));
    const last = applying(message(200));
    const plain = await follow("pack-plain", [...before, missing, last]);
    expect(plain.journal_entries).toBe(1);
    let faults = 0;
    for (let failAt = 3; failAt < 20; failAt++) {
      // The 200th entry makes the journal long enough to be packed; if that fails, the next one does.
      const broken = await follow(`pack-${failAt}`, [...before, { ...missing, failAt }, { kind: "restart" }, last]);
      expect(broken.drifted).toEqual([]);
      if (broken.journal_entries === 0) faults += 1;
      const { ledger, cells, units, missed } = broken;
      expect({ ledger, cells, units, missed }).toEqual({
        ledger: plain.ledger,
        cells: plain.cells,
        units: plain.units,
        missed: plain.missed,
      });
    }
    expect(faults).toBeGreaterThan(7);
  });
});
