import * as fc from "fast-check";
import { createTestHarness } from "wrangler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AcceptedEvent, EventMessage } from "../../contract/event-message.ts";
import type { LedgerCounts } from "../../contract/ledger.ts";
import { shardOf } from "../../core/bucket.ts";
import {
  aMessage,
  aMetric,
  anExperiment,
  anExposure,
  aPurchase,
  aRuleset,
  DAY,
  HORIZON,
  T0,
} from "../counting/fixtures.ts";

const harness = createTestHarness({
  root: new URL("../..", import.meta.url).pathname,
  workers: [
    {
      config: {
        name: "measured-shard",
        main: "test/workerd/measured-shard.ts",
        compatibility_date: "2026-11-01",
        durable_objects: { bindings: [{ name: "SHARD", class_name: "MeasuredShard" }] },
        migrations: [{ tag: "v1", new_sqlite_classes: ["MeasuredShard"] }],
      },
    },
  ],
});
beforeAll(async () => {
  await harness.listen();
});
afterAll(() => harness.close());

const metrics = [aMetric({ id: "converted" }), aMetric({ id: "revenue", type: "sum" })];
const ruleset = aRuleset({
  metrics,
  experiments: [anExperiment({ id: "button", metrics: metrics.map(({ id }) => ({ id, role: "secondary" })) })],
});

type Kind = "note" | "apply" | "deadLetter";
interface Step {
  readonly kind: Kind;
  readonly messages: readonly EventMessage[];
}

const follow = async (shard: string, steps: readonly Step[]) => {
  const order = { ruleset, horizon: HORIZON, steps };
  const response = await harness
    .getWorker("measured-shard")
    .fetch(`http://test/${shard}`, { method: "POST", body: JSON.stringify(order) });
  expect(response.status).toBe(200);
  return (await response.json()) as { rows_written: number[]; message_tables: string[]; ledger: LedgerCounts };
};
const applying = (messages: readonly EventMessage[]): Step => ({ kind: "apply", messages });
const noting = (messages: readonly EventMessage[]): Step => ({ kind: "note", messages });

/** A browser's batch: one visitor, 20 events. */
const aBatch = (id: string, unit: string): EventMessage =>
  aMessage({
    message_id: id,
    events: Array.from({ length: 20 }, (_, i) =>
      (i === 0 ? anExposure : aPurchase)({
        event_id: `${id}-${i}`,
        units: [["user_id", unit]],
        ...(i === 0 ? {} : { value: i }),
      }),
    ),
  });

describe("a unit shard", () => {
  it("writes 6 rows for a visitor's 20 events, and 2.04 a visitor for a hundred visitors' together", async () => {
    const alone = ["a", "b", "c"].map((id) => [aBatch(id, `u-${id}`)]);
    const together = Array.from({ length: 100 }, (_, i) => aBatch(`t${i}`, `u${i}`));
    const { rows_written } = await follow("rows", [...alone, together, together].map(applying));
    // The unit, the message id, the ledger; and three cells: exposures and two metrics.
    expect(rows_written).toEqual([6, 6, 6, 2 * 100 + 4, 0]);
  });

  it("writes 2 more rows for the note that a message is on its way, and none for one that comes late", async () => {
    const message = aBatch("a", "u");
    const steps = [noting([message]), noting([message]), applying([message]), noting([message])];
    // The message id, the ledger. The message then changes its id's row where it would have made one.
    expect((await follow("notes", steps)).rows_written).toEqual([2, 0, 6, 0]);
    const together = Array.from({ length: 100 }, (_, i) => aBatch(`t${i}`, `u${i}`));
    const { rows_written } = await follow("notes-together", [
      ...together.map((one) => noting([one])),
      applying(together),
    ]);
    expect(rows_written).toEqual([...together.map(() => 2), 2 * 100 + 4]);
  });

  it("remembers the ids of messages for as long as a queue may deliver them, and drops them by the day", async () => {
    const groups = Array.from({ length: 40 }, (_, day) => [
      aMessage({
        message_id: `m${day}`,
        received_at: T0 + day * DAY,
        events: [anExposure({ event_id: `x${day}`, at: T0 + day * DAY })],
      }),
    ]);
    const { message_tables } = await follow("days", groups.map(applying));
    const last = T0 / DAY + 39;
    expect(new Set(message_tables)).toEqual(new Set(Array.from({ length: 11 }, (_, back) => `message_${last - back}`)));

    const { rows_written } = await follow("days", groups.slice(29).map(applying));
    expect(rows_written).toEqual(Array.from({ length: 11 }, () => 0));
  });
});

const SHARDS = 2;
const unitOn = (shard: number, unitType: string): [string, string] => {
  const names = ["u1", "u2", "u3", "u4", "u5", "u6"];
  return [unitType, names.find((name) => shardOf(unitType, name, SHARDS) === shard) ?? ""];
};

interface Sent {
  readonly message: EventMessage;
  /** How many of its events the shard accounts for, and how many were refused besides. */
  readonly here: number;
  readonly refused: number;
  readonly steps: readonly Kind[];
}

const totalOf = (of: readonly Sent[]) => of.reduce((sum, { here, refused }) => sum + here + refused, 0);

/** A message of shard 0 with events of its own, of the other shard's account, late ones, copies and refused ones. */
const aSent = (index: number) =>
  fc
    .record({
      here: fc.nat(3),
      elsewhere: fc.nat(2),
      refused: fc.nat(2),
      late: fc.boolean(),
      steps: fc.array(fc.constantFrom<Kind>("note", "note", "apply", "apply", "deadLetter"), { maxLength: 5 }),
    })
    .map(({ here, elsewhere, refused, late, steps }): Sent => {
      const event = (units: AcceptedEvent["units"], id: number) =>
        // Ids repeat from message to message, so that there are duplicates among them.
        (id % 2 === 0 ? anExposure : aPurchase)({
          event_id: `e${(index + id) % 4}`,
          at: late ? T0 - 8 * DAY : T0,
          units,
        });
      const message = aMessage({
        message_id: `m${index}`,
        shards: SHARDS,
        received_at: T0 + index * DAY,
        events: [
          ...Array.from({ length: here }, (_, i) => event([unitOn(0, "user_id")], i)),
          ...Array.from({ length: elsewhere }, (_, i) => event([unitOn(1, "device_id"), unitOn(0, "user_id")], 10 + i)),
        ],
        rejected: Array.from({ length: refused }, () => ({ code: "invalid_event" as const, event: "{}" })),
      });
      return { message, here, refused, steps };
    });

describe("a unit shard's ledger", () => {
  it("misses exactly the events that were said to be sent and neither came nor were given up", async () => {
    let run = 0;
    let losses = 0;
    const history = fc.tuple(...[0, 1, 2, 3].map(aSent)).chain((sent) => {
      const all = sent.flatMap(({ message, steps }) => steps.map((kind): Step => ({ kind, messages: [message] })));
      return fc.record({
        sent: fc.constant(sent),
        steps: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      });
    });
    await fc.assert(
      fc.asyncProperty(history, async ({ sent, steps }) => {
        // Neighbours of one kind come in one call.
        const calls: Step[] = [];
        for (const { kind, messages } of steps) {
          const last = calls.at(-1);
          if (last?.kind === kind) calls.splice(-1, 1, { kind, messages: [...last.messages, ...messages] });
          else calls.push({ kind, messages });
        }
        const { ledger } = await follow(`history-${run++}`, calls);

        const heardOf = sent.filter(({ steps }) => steps.length > 0);
        const lost = heardOf.filter(({ steps }) => steps.every((kind) => kind === "note"));
        const dead = heardOf.filter(({ steps }) => steps.includes("deadLetter") && !steps.includes("apply"));
        const ended = heardOf.filter((one) => !lost.includes(one));
        const rejected = ended.reduce((sum, { refused }) => sum + refused, 0);
        const { received, applied, duplicate, late, dead_lettered } = ledger;
        expect(received).toBe(totalOf(heardOf));
        expect(ledger.rejected.invalid_event ?? 0).toBe(rejected);
        expect(dead_lettered).toBe(dead.reduce((sum, { here }) => sum + here, 0));
        expect(received - (applied + duplicate + late + dead_lettered + rejected)).toBe(totalOf(lost));
        losses += lost.length;
      }),
      { numRuns: 200, seed: 20_261_121 },
    );
    expect(losses).toBeGreaterThan(50);
  });
});
