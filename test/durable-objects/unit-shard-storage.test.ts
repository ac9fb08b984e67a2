import { createTestHarness } from "wrangler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventMessage } from "../../contract/event-message.ts";
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

const apply = async (shard: string, groups: EventMessage[][]) => {
  const order = { ruleset, horizon: HORIZON, groups };
  const response = await harness
    .getWorker("measured-shard")
    .fetch(`http://test/${shard}`, { method: "POST", body: JSON.stringify(order) });
  expect(response.status).toBe(200);
  return (await response.json()) as { rows_written: number[]; message_tables: string[] };
};

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
    const { rows_written } = await apply("rows", [...alone, together, together]);
    // The unit, the message id, the ledger; and three cells: exposures and two metrics.
    expect(rows_written).toEqual([6, 6, 6, 2 * 100 + 4, 0]);
  });

  it("remembers the ids of messages for as long as a queue may deliver them, and drops them by the day", async () => {
    const groups = Array.from({ length: 40 }, (_, day) => [
      aMessage({
        message_id: `m${day}`,
        received_at: T0 + day * DAY,
        events: [anExposure({ event_id: `x${day}`, at: T0 + day * DAY })],
      }),
    ]);
    const { message_tables } = await apply("days", groups);
    const last = T0 / DAY + 39;
    expect(new Set(message_tables)).toEqual(new Set(Array.from({ length: 11 }, (_, back) => `message_${last - back}`)));

    const { rows_written } = await apply("days", groups.slice(29));
    expect(rows_written).toEqual(Array.from({ length: 11 }, () => 0));
  });
});
