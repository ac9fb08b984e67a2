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
  it("when the consumer crashes between applying and acknowledging", async () => {
    const load = startLoad(await platform.target("crash", 2));
    await load.untilTaken(0.1);
    const before = await platform.breakDown({ consumerCrashes: 3 });
    const report = await load.report;
    expectExact(report);
    const after = await platform.breakDown({});
    expect(after.consumerCrashes - before.consumerCrashes).toBe(3);
  });

  it("when the archive fails for a while", async () => {
    const load = startLoad(await platform.target("archive", 2));
    await load.untilTaken(0.2);
    const before = await platform.breakDown({ archive: "down" });
    await eventually(
      () => platform.breakDown({ archive: "down" }),
      ({ archive }) => archive >= before.archive + 4,
    );
    // Nothing is counted that is not archived.
    await platform.breakDown({});
    expectExact(await load.report);
  });

  it.each(["overloaded", "unanswering"] as const)("when shards are %s for a while", async (shards) => {
    const load = startLoad(await platform.target(shards, 2));
    await load.untilTaken(0.2);
    const before = await platform.breakDown({ shards });
    await eventually(
      () => platform.breakDown({ shards }),
      (strikes) => strikes.shards >= before.shards + 4,
    );
    await platform.breakDown({});
    expectExact(await load.report);
  });

  it("when shards are thrown out of memory under load", async () => {
    const names = platform.shardNames("evicted", 2);
    const load = startLoad(await platform.target("evicted", 2));
    for (const share of [0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1]) {
      await load.untilTaken(share);
      await platform.breakDown({ abort: names });
    }
    expectExact(await load.report);
  });
});
