import { expect, it } from "vitest";
import { aMessage, anExposure, T0 } from "../counting/fixtures.ts";
import { aBatch, applying, startShards } from "./measured-shards.ts";

const { follow } = startShards();

/** It is months after T0, and every page of the journal is imaged twice in so many calls. */
const others = (name: string) => Array.from({ length: 410 }, (_, i) => applying(aBatch(`${name}${i}`, "other")));

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

it("refuses what had been received by then, however far ahead its clock was", async () => {
  const ahead = anExposure({ event_id: "x", at: T0 + 300_000, units: [["user_id", "gone"]] });
  const later = anExposure({ event_id: "y", at: T0 + 400_000, units: [["user_id", "gone"]] });
  const { units, ledger } = await follow("ahead", [
    { kind: "deleteUnit", unit_type: "user_id", unit: "gone", deleted_at: T0 + 1_000 },
    applying(aMessage({ message_id: "before", received_at: T0, events: [ahead] })),
    applying(aMessage({ message_id: "after", received_at: T0 + 400_000, events: [later] })),
  ]);
  expect(ledger).toMatchObject({ applied: 1, rejected: { unit_deleted: 1 } });
  expect(units).toBe(1);
});

it("leaves somebody alone who came back, when the same deletion is asked for again", async () => {
  const deletion = { kind: "deleteUnit", unit_type: "user_id", unit: "back", deleted_at: T0 } as const;
  const event = anExposure({ event_id: "x", at: T0 + 1, units: [["user_id", "back"]] });
  const back = applying(aMessage({ message_id: "back", received_at: T0 + 1, events: [event] }));
  expect(await follow("back", [deletion, back, deletion])).toMatchObject({ units: 1 });
  expect(await follow("back", [{ ...deletion, deleted_at: T0 + 2 }])).toMatchObject({ units: 0 });
});
