import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Environment } from "../../../contract/environment.ts";
import { expectExact, startLoad } from "../../faults/a-load.ts";
import type { LoadReport } from "../../load/run-load.ts";
import { type FaultyPlatform, startFaultyPlatform } from "../../faults/faulty-platform.ts";
import { replay } from "./a-replay.ts";

let platform: FaultyPlatform;
beforeAll(async () => {
  platform = await startFaultyPlatform();
});
afterAll(() => platform.close());

const showEnvironment = (key: string): Promise<Environment> => platform.admin.get<Environment>(`/environments/${key}`);

/**
 * Every cell is exact, and every event is in the ledger, once. A batch that is sent before and after a switch is another
 * message the second time: its good events are duplicates as ever, but the others are late or refused once more.
 */
const expectNothingLost = ({ comparison, load, ledger, sent }: LoadReport): void => {
  expect(load.reference.cells.size).toBeGreaterThan(50);
  expect(comparison.differences).toEqual([]);
  expect(sent.retries).toBe(0);
  expect(ledger).toMatchObject({
    received: load.events,
    archived: load.events,
    applied: load.fates.applied,
    dead_lettered: 0,
    difference: 0,
    archive_difference: 0,
  });
  expect(Object.keys(ledger.rejected)).toEqual(["invalid_event"]);
};

describe("a check", () => {
  it("finds no difference in what was counted under load, and leaves nothing behind", async () => {
    const load = startLoad(await platform.target("checked", 3));
    expectExact(await load.report);
    const { stage, comparison, to } = await replay(platform.admin, "checked");
    expect(comparison).toMatchObject({ different: 0, difference: 0, examples: [] });
    expect(comparison?.cells).toBeGreaterThan(100);
    expect(comparison?.units.live).toBe(400);
    expect({ stage, shards: to.shards }).toEqual({ stage: "done", shards: 3 });
    expect(await showEnvironment("checked")).toMatchObject({ generation: 1, shards: 3 });
  });
});

describe("resharding under load", () => {
  it.each([
    [2, 5],
    [5, 2],
    [3, 3],
  ])("from %i to %i shards loses and doubles nothing", async (before, after) => {
    const name = `from-${before}-to-${after}`;
    const load = startLoad(await platform.target(name, before));
    await load.untilTaken(0.3);
    const switched = await replay(platform.admin, name, { shards: after, switch: true });
    expect(switched).toMatchObject({ stage: "done", error: null, comparison: { difference: 0 } });
    expect(await showEnvironment(name)).toMatchObject({ generation: 2, shards: after });
    expectNothingLost(await load.report);
    // What the archive has of both generations gives the same once more.
    expect(await replay(platform.admin, name)).toMatchObject({ stage: "done", comparison: { difference: 0 } });
  });

  it("goes on where it was whenever it is thrown out of memory", async () => {
    const name = "interrupted";
    const load = startLoad(await platform.target(name, 2), { eventsPerSecond: 1_000 });
    await load.untilTaken(0.4);
    const before = await platform.breakDown({ replayDeaths: 12 });
    const switched = await replay(platform.admin, name, { shards: 4, switch: true });
    const after = await platform.breakDown({});
    expect(switched).toMatchObject({ stage: "done", comparison: { difference: 0 } });
    expect(after.aborts - before.aborts).toBe(12);
    expectNothingLost(await load.report);
    expect(await replay(platform.admin, name)).toMatchObject({ stage: "done", comparison: { difference: 0 } });
  });
});
