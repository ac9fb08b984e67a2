import { describe, expect, it } from "vitest";
import { aMessage, anExposure, DAY, T0 } from "../counting/fixtures.ts";
import { aBatch, applying, noting, startShards } from "./measured-shards.ts";

const { follow } = startShards();

const receivedOn = (id: string, day: number) =>
  aMessage({ message_id: id, received_at: T0 + day * DAY, events: [anExposure({ event_id: id, at: T0 })] });

describe("a unit shard", () => {
  it("writes 3 rows for a visitor's 20 events, and 2.01 a visitor for a hundred visitors' together", async () => {
    const alone = ["a", "b", "c"].map((id) => applying(aBatch(id, `u-${id}`)));
    const together = applying(...Array.from({ length: 100 }, (_, i) => aBatch(`t${i}`, `u${i}`)));
    const { rows_written } = await follow("rows", [...alone, together, together]);
    // The unit, the message id and the journal's entry; the first time also the tables of units, journal and messages.
    expect(rows_written.slice(1)).toEqual([3, 3, 2 * 100 + 1, 0]);
  });

  it("writes 3 rows for a message that is alone in its call, packing its journal included", async () => {
    const calls = 1_000;
    const steps = Array.from({ length: calls }, (_, i) => applying(aBatch(`m${i}`, `u${i % 40}`)));
    const { rows_written, drifted, journal_entries, journal_rows } = await follow("packing", steps);
    // A new table of messages is two rows, once a day.
    expect(Math.max(...rows_written.slice(1))).toBe(3);
    const rows = rows_written.reduce((sum, each) => sum + each, 0);
    expect(rows / calls).toBeLessThanOrEqual(3.002);
    expect(drifted).toEqual([]);
    // What is not needed any more is written over.
    expect(journal_entries).toBeLessThan(204);
    expect(journal_rows).toBeLessThan(210);
  });

  it("writes a row for the note of a message that is on its way, and none for one that has come", async () => {
    const [first, message] = [aBatch("a", "u"), aBatch("b", "u")];
    const { rows_written, missed } = await follow("notes", [
      applying(first),
      noting(message),
      noting(message),
      applying(message),
      noting(message, first),
    ]);
    expect(rows_written.slice(1)).toEqual([1, 0, 3, 0]);
    expect(missed).toBe(0);
  });

  it("remembers the ids of messages for as long as a queue may deliver them, and drops them by the day", async () => {
    const messages = Array.from({ length: 40 }, (_, day) =>
      aMessage({
        message_id: `m${day}`,
        received_at: T0 + day * DAY,
        events: [anExposure({ event_id: `x${day}`, at: T0 + day * DAY })],
      }),
    );
    const { message_tables } = await follow(
      "days",
      messages.map((message) => applying(message)),
    );
    const last = T0 / DAY + 39;
    expect(new Set(message_tables)).toEqual(
      new Set(Array.from({ length: 11 }, (_, back) => `message_id_${last - back}`)),
    );

    const { rows_written } = await follow(
      "days",
      messages.slice(29).map((message) => applying(message)),
    );
    expect(rows_written).toEqual(Array.from({ length: 11 }, () => 0));
  });

  it("forgets an old message that comes late no sooner than others", async () => {
    const old = receivedOn("old", 0);
    const { ledger } = await follow("late", [applying(receivedOn("new", 30)), applying(old), applying(old)]);
    expect(ledger.received).toBe(2);
  });

  it("has every unit under its own key, whatever the unit is called", async () => {
    const uuid = "0123456789abcdef0123456789abcdef".replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    const units = [uuid, uuid.toUpperCase(), uuid.replaceAll("-", ""), `h_${uuid.replaceAll("-", "")}`, "u", ""];
    const step = (id: string) =>
      applying(
        ...units.map((unit, i) =>
          aMessage({
            message_id: `${id}${i}`,
            events: [anExposure({ event_id: `${id}${i}`, units: [["user_id", unit]] })],
          }),
        ),
      );
    const once = await follow("keys", [step("a")]);
    expect(once.units).toBe(units.length);
    expect(once.cells).toMatchObject([{ metric_id: "", n: units.length }]);
    const twice = await follow("keys", [{ kind: "restart" }, step("b")]);
    expect(twice.units).toBe(units.length);
    expect(twice.cells).toEqual(once.cells);
  });
});
