import { createTestHarness } from "wrangler";
import { afterAll, beforeAll, expect } from "vitest";
import type { EventMessage } from "../../contract/event-message.ts";
import { aMessage, aMetric, anExperiment, anExposure, aPurchase, aRuleset, HORIZON } from "../counting/fixtures.ts";
import type { Measured, Order, Step } from "./shard-steps.ts";

const metrics = [aMetric({ id: "converted" }), aMetric({ id: "revenue", type: "sum" })];

/** One experiment with two metrics. */
export const ruleset = aRuleset({
  metrics,
  experiments: [anExperiment({ id: "button", metrics: metrics.map(({ id }) => ({ id, role: "secondary" })) })],
});

/** Shards in a real runtime, which are taken through steps. */
export const startShards = () => {
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

  const followAll = async (
    runs: Readonly<Record<string, readonly Step[]>>,
    { longAfter }: Pick<Order, "longAfter"> = {},
  ): Promise<Measured[]> => {
    const orders = Object.entries(runs).map(([shard, steps]): Order => ({
      shard,
      ruleset,
      horizon: HORIZON,
      ...(longAfter && { longAfter }),
      steps,
    }));
    const response = await harness
      .getWorker("measured-shard")
      .fetch("http://test/", { method: "POST", body: JSON.stringify(orders) });
    expect(response.status).toBe(200);
    return (await response.json()) as Measured[];
  };
  return {
    /** Takes each shard through its steps; the answers are in the order of the shards. */
    followAll,
    follow: async (shard: string, steps: readonly Step[], options?: Pick<Order, "longAfter">): Promise<Measured> => {
      const [measured] = await followAll({ [shard]: steps }, options);
      if (!measured) throw new Error("The shard did not answer.");
      return measured;
    },
  };
};

export const applying = (...messages: readonly EventMessage[]): Step => ({ kind: "apply", messages });
export const noting = (...messages: readonly EventMessage[]): Step => ({ kind: "note", messages });

/** A browser's batch: one visitor, 20 events. */
export const aBatch = (id: string, unit: string): EventMessage =>
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
