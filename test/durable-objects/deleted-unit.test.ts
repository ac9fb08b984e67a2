import { expect, it } from "vitest";
import { aMessage, anExposure, T0 } from "../counting/fixtures.ts";
import { aBatch, applying, startShards } from "./measured-shards.ts";

const { follow } = startShards();

/** It is months after T0, and the journal is packed every 200 calls. */
const others = (name: string) => Array.from({ length: 210 }, (_, i) => applying(aBatch(`${name}${i}`, "other")));

it("forgets no deletion while a dead letter from before it may come again", async () => {
  const event = anExposure({ event_id: "x", at: T0, units: [["user_id", "gone"]] });
  const parked = aMessage({ message_id: "parked", received_at: T0 + 1, events: [event] });
  const { units, ledger, deleted_units } = await follow("late", [
    { kind: "deadLetter", messages: [parked] },
    { kind: "deleteUnit", unit_type: "user_id", unit: "gone", deleted_at: T0 },
    ...others("m"),
    { kind: "restart" },
    applying(parked),
  ]);
  expect(units).toBe(1);
  expect(ledger).toMatchObject({ dead_lettered: 0, rejected: { unit_deleted: 1 } });
  expect(deleted_units).toBe(1);

  expect(await follow("late", others("n"))).toMatchObject({ deleted_units: 0, units: 1 });
});
