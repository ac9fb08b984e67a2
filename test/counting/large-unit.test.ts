import { expect, it } from "vitest";
import { MAX_RECENT } from "../../counting/open-unit.ts";
import { countingPlan } from "../../counting/counting-plan.ts";
import { aMessage, aMetric, anExperiment, anExposure, aPurchase, aRuleset, DAY, HORIZON, T0 } from "./fixtures.ts";
import { createMemoryShard } from "./memory-shard.ts";

const purchases = (from: number, count: number, at = T0) =>
  Array.from({ length: count }, (_, i) => aPurchase({ event_id: `e${from + i}`, at: at + from + i }));

it("refuses more events of a unit than memory holds, until those that it has are settled", () => {
  const plan = countingPlan(
    aRuleset({
      metrics: [aMetric({ id: "orders", type: "count", numerator: { event: "purchase", value: null, filters: [] } })],
      experiments: [anExperiment({ id: "button", metrics: [{ id: "orders", role: "secondary" }] })],
    }),
    1,
    HORIZON,
  );
  const shard = createMemoryShard();
  const apply = (message_id: string, events: ReturnType<typeof purchases>, received_at = T0 + DAY) =>
    shard.apply([aMessage({ message_id, events, received_at })], plan);
  const orders = () => shard.cells(["day"]).find(({ metric_id }) => metric_id === "orders")?.sums.y;

  apply("m1", [anExposure({ event_id: "x", at: T0 - 1 }), ...purchases(0, MAX_RECENT - 2)]);
  apply("m2", purchases(MAX_RECENT - 3, 10));
  expect(shard.ledger()).toMatchObject({ applied: MAX_RECENT, duplicate: 1, rejected: { unit_too_large: 8 } });
  expect(orders()).toBe(String((MAX_RECENT - 1) * 1_000_000));

  apply("m3", purchases(MAX_RECENT - 1, 1), T0 + 2 * DAY);
  apply("m4", purchases(0, 1), T0 + 2 * DAY);
  expect(shard.ledger()).toMatchObject({ applied: MAX_RECENT, duplicate: 2, rejected: { unit_too_large: 9 } });

  apply("m5", purchases(MAX_RECENT, 5, T0 + 30 * DAY), T0 + 31 * DAY);
  expect(shard.ledger()).toMatchObject({ applied: MAX_RECENT + 5, duplicate: 2, rejected: { unit_too_large: 9 } });
  expect(orders()).toBe(String((MAX_RECENT + 4) * 1_000_000));
});
