import { describe, expect, it } from "vitest";
import { aMessage, anExposure, aPurchase, T0 } from "../counting/fixtures.ts";
import { applying, startShards } from "./measured-shards.ts";

const { follow } = startShards();

const ofType = (type: number, id: string) =>
  aPurchase({ event_id: `${id}${type}`, at: T0, units: [[`type ${type}`, "u"]] });
const aMessageOfTypes = (message_id: string, from: number, id = "x") =>
  aMessage({ message_id, events: Array.from({ length: 4_000 }, (_, i) => ofType(from + i, id)) });

describe("a unit shard and names that somebody chose with care", () => {
  it("counts a unit that is called like what stands for deleted ones", async () => {
    const unit: [string, string] = ["user_id", "\u0000deleted"];
    const { ledger, units } = await follow("marker", [
      applying(aMessage({ message_id: "m", events: [anExposure({ event_id: "x", units: [unit] })] })),
    ]);
    expect(ledger).toMatchObject({ received: 1, applied: 1 });
    expect(units).toBe(1);
  });

  it("tells units apart whose types and ids run into one another", async () => {
    const known: [string, string] = ["a", "b:c"];
    const other: [string, string] = ["a:b", "c"];
    const { units } = await follow("colons", [
      applying(aMessage({ message_id: "m1", events: [aPurchase({ event_id: "e1", units: [known] })] })),
      applying(
        aMessage({
          message_id: "m2",
          events: [aPurchase({ event_id: "e2", units: [known] }), aPurchase({ event_id: "e3", units: [other] })],
        }),
      ),
    ]);
    expect(units).toBe(2);
  });

  it("deletes no unit whose type and id only look alike when they are put together", async () => {
    const { ledger, units } = await follow("deleted colons", [
      { kind: "deleteUnit", unit_type: "a", unit: "b:c", deleted_at: T0 },
      applying(aMessage({ message_id: "m", events: [aPurchase({ event_id: "e", at: T0, units: [["a:b", "c"]] })] })),
    ]);
    expect(ledger).toMatchObject({ applied: 1, rejected: {} });
    expect(units).toBe(1);
  });

  it("keeps its memory small, whatever the types of units are called, and knows the units again", async () => {
    const steps = [
      aMessageOfTypes("m1", 0),
      aMessageOfTypes("m2", 4_000),
      aMessageOfTypes("m3", 8_000),
      aMessageOfTypes("m4", 12_000),
    ].map((each) => applying(each));
    const likeVariant = aPurchase({ event_id: "n", at: T0, units: [["button.treatment", "u"]] });
    const { terms, units } = await follow("types", [
      ...steps,
      applying(aMessage({ message_id: "m5", events: [likeVariant] })),
    ]);
    expect(units).toBe(16_001);
    expect(terms).toBeLessThan(11_000);

    const again = await follow("types", [
      { kind: "restart" },
      // A variant that is called like a type of units: it is a term only now.
      applying(aMessage({ message_id: "m6", events: [anExposure({ event_id: "e", at: T0 })] })),
      applying(aMessage({ message_id: "m7", events: [likeVariant] })),
      applying(aMessageOfTypes("m8", 7_000, "x"), aMessageOfTypes("m9", 11_000, "y")),
      { kind: "deleteUnit", unit_type: "type 15999", unit: "u", deleted_at: T0 },
      { kind: "deleteUnit", unit_type: "type 5", unit: "u", deleted_at: T0 },
      { kind: "deleteUnit", unit_type: "type unheard of", unit: "u", deleted_at: T0 },
    ]);
    expect(again.units).toBe(16_002 - 2);
    expect(again.ledger).toMatchObject({ applied: 20_002, duplicate: 4_001 });
    expect(again.drifted).toEqual([]);
  });
});
