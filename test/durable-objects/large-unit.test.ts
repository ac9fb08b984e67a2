import { expect, it } from "vitest";
import { aMessage, anExposure, aPurchase, DAY, HOUR, T0 } from "../counting/fixtures.ts";
import { applying, startShards } from "./measured-shards.ts";

const { follow } = startShards();

const CALLS = 5;
const EVENTS = 19_000;
/** What a row has of a unit; it holds 2 MB. */
const ROW_BYTES = 1_500_000;

const purchases = (call: number) =>
  aMessage({
    message_id: `m${call}`,
    events: Array.from({ length: EVENTS }, (_, i) =>
      aPurchase({ event_id: `${call}-${i}`, at: T0 + call * HOUR + i, value: 1_000_000 + i / 1_000_000 }),
    ),
    received_at: T0 + DAY,
  });

it("counts a unit with more events than a row holds, lets it shrink, and forgets all of it", async () => {
  await follow("large", [applying(aMessage({ message_id: "x", events: [anExposure({ event_id: "x" })] }))]);
  for (let call = 0; call < CALLS; call++) {
    const { longest_state } = await follow("large", [applying(purchases(call)), { kind: "restart" }]);
    expect(longest_state).toBeLessThanOrEqual(ROW_BYTES);
  }
  const revenue = (n: number) => BigInt(n) * 10n ** 12n + BigInt(CALLS) * BigInt((EVENTS * (EVENTS - 1)) / 2);
  const large = await follow("large", [applying({ ...purchases(0), message_id: "again" })]);
  expect(large.ledger).toMatchObject({ applied: CALLS * EVENTS + 1, duplicate: EVENTS });
  const day = large.cells.find(({ kind, metric_id }) => kind === "day" && metric_id === "revenue");
  expect(day?.sums.y).toBe(String(revenue(CALLS * EVENTS)));

  // All but the last of them are settled.
  const later = aMessage({
    message_id: "later",
    events: [aPurchase({ event_id: "later", at: T0 + 30 * DAY, value: 1_000_000 })],
    received_at: T0 + 30 * DAY,
  });
  const small = await follow("large", [applying(later)]);
  expect(small.longest_state).toBeLessThan(1_000);
  const total = small.cells.find(({ kind, metric_id }) => kind === "day" && metric_id === "revenue");
  expect(total?.sums.y).toBe(String(revenue(CALLS * EVENTS + 1)));

  const gone = await follow("large", [{ kind: "deleteUnit", unit_type: "user_id", unit: "u1", deleted_at: T0 }]);
  expect(gone).toMatchObject({ units: 0, longest_state: 0, cells: [] });
}, 120_000);
