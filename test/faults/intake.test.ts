import { afterAll, beforeAll, describe, it, expect } from "vitest";
import { eventually } from "../platform.ts";
import { expectExact, startLoad } from "./a-load.ts";
import { type FaultyPlatform, startFaultyPlatform } from "./faulty-platform.ts";

let platform: FaultyPlatform;
beforeAll(async () => {
  platform = await startFaultyPlatform();
});
afterAll(() => platform.close());

describe("counting stays exact", () => {
  it.each(["full", "half"] as const)("when the queue is %s for a while, and the clients send again", async (queue) => {
    const load = startLoad(await platform.target(queue, 4));
    await load.untilTaken(0.2);
    const before = await platform.breakDown({ queue });
    await eventually(
      () => platform.breakDown({ queue }),
      (strikes) => strikes.queue >= before.queue + 8,
    );
    await platform.breakDown({});
    const report = await load.report;
    expect(report.sent.retries).toBeGreaterThan(0);
    expectExact(report);
  });

  it("when ten clients send the same batches at once", async () => {
    const report = await startLoad(await platform.target("ten", 4), { clients: 10, events: 1_500 }).report;
    expect(report.ledger.received).toBe(10 * 1_500);
    expectExact(report);
  });
});
