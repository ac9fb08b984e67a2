import { describe, expect, it } from "vitest";
import { aMessage, anExposure, aPurchase, T0 } from "../counting/fixtures.ts";
import { applying, startShards } from "./measured-shards.ts";

const { follow } = startShards();

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
});
