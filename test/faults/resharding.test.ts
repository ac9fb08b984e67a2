import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Environment } from "../../contract/environment.ts";
import type { Replay } from "../../contract/replay.ts";
import { eventually } from "../platform.ts";
import { expectExact, startLoad } from "./a-load.ts";
import { type FaultyPlatform, startFaultyPlatform } from "./faulty-platform.ts";

let platform: FaultyPlatform;
beforeAll(async () => {
  platform = await startFaultyPlatform();
});
afterAll(() => platform.close());

describe("counting stays exact", () => {
  it("while a new generation takes over from the old one, and consumers crash and shards die meanwhile", async () => {
    const target = await platform.target("reshard", 2);
    const { admin } = target;
    const load = startLoad(target, { events: 12_000, eventsPerSecond: 600 });
    await load.untilTaken(0.2);
    const { id } = await admin.post<Replay>("/environments/reshard/replays", { shards: 3, switch: true });
    const read = (): Promise<Replay> => admin.get<Replay>(`/environments/reshard/replays/${id}`);
    await platform.breakDown({ consumerCrashes: 2, abort: platform.shardNames("reshard", 2) });
    const replay = await eventually(read, ({ stage }) => stage === "done" || stage === "failed", 90_000);
    expect(replay).toMatchObject({ stage: "done", error: null, to: { generation: 2, shards: 3 } });
    expect(replay.comparison?.difference).toBe(0);
    const report = await load.report;
    expectExact(report, "together");
    const { items } = await admin.get<{ items: Environment[] }>("/environments");
    expect(items.find(({ key }) => key === "reshard")).toMatchObject({ generation: 2, shards: 3 });
    // The archive has both generations' messages, and gives the same once more.
    const { id: check } = await admin.post<Replay>("/environments/reshard/replays", {});
    const checked = await eventually(
      () => admin.get<Replay>(`/environments/reshard/replays/${check}`),
      ({ stage }) => stage === "done" || stage === "failed",
      90_000,
    );
    expect(checked).toMatchObject({ stage: "done", comparison: { difference: 0 } });
  });
});
