import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeadLetterPage, ReplayedDeadLetters } from "../../contract/dead-letter.ts";
import { readLedger } from "../load/settle.ts";
import { eventually } from "../platform.ts";
import { expectExact, startLoad } from "./a-load.ts";
import { type FaultyPlatform, startFaultyPlatform } from "./faulty-platform.ts";

let platform: FaultyPlatform;
beforeAll(async () => {
  platform = await startFaultyPlatform({ maxRetries: 2 });
});
afterAll(() => platform.close());

describe("a message that cannot be counted", () => {
  it("is given up alone, is seen by everybody, and counts when it is tried again after a fix", async () => {
    const target = await platform.target("poison", 2);
    const { admin } = target;
    const ingest = platform.harness.getWorker("edgeworth-ingest");
    const onEachShard = async (sql: string): Promise<void> => {
      for (const name of platform.shardNames("poison", 2))
        await (await ingest.getDurableObjectStorage("UNIT_SHARD", { name })).exec(sql);
    };
    // A unit whose row cannot be written, as if there were a bug about it.
    await readLedger(admin, "poison");
    await onEachShard(`CREATE TRIGGER poison BEFORE INSERT ON unit_state WHEN NEW.unit LIKE 'load-%-u7'
      BEGIN SELECT RAISE(ABORT, 'poison'); END`);

    const load = startLoad(target);
    await load.untilTaken(1);
    const ledger = await eventually(
      () => readLedger(admin, "poison"),
      ({ received, difference, dead_lettered }) => received >= 6_000 && difference === 0 && dead_lettered > 0,
      60_000,
    );
    const { items } = await admin.get<DeadLetterPage>("/environments/poison/dead-letters?limit=100");
    // A user has some 15 events, in batches of 20 with other users': what is given up is what came with them.
    expect(items.length).toBeGreaterThan(5);
    expect(items.length).toBeLessThan(30);
    expect(new Set(items.map(({ reason }) => reason?.includes("poison")))).toEqual(new Set([true]));
    const events = items.reduce((sum, { events }) => sum + events, 0);
    expect(ledger.dead_lettered).toBeGreaterThan(events * 0.9);
    expect(ledger.dead_lettered).toBeLessThanOrEqual(events);

    await onEachShard("DROP TRIGGER poison");
    const replayed = await admin.post<ReplayedDeadLetters>("/environments/poison/dead-letters/replay", {});
    expect(replayed.replayed.toSorted()).toEqual(items.map(({ id }) => id).toSorted());
    expectExact(await load.report);
    expect((await admin.get<DeadLetterPage>("/environments/poison/dead-letters")).items).toEqual([]);
  });
});
