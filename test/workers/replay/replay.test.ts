import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../contract/audit-event.ts";
import type { Environment } from "../../../contract/environment.ts";
import type { ReplayList } from "../../../contract/replay.ts";
import { ApiError } from "../../../scripts/admin-client.ts";
import { eventually, type Platform, startPlatform } from "../../platform.ts";
import { replay, startReplay } from "./a-replay.ts";
import { openShop, type Shop } from "./a-shop.ts";

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

const units = Array.from({ length: 24 }, (_, index) => `visitor-${index}`);

/** Twelve visitors in each variant who buy for 2 each. */
const serve = async (shop: Shop): Promise<void> => {
  const sent = units.flatMap((unit, index) => [
    shop.exposure(unit, index % 2 === 0 ? "control" : "treatment"),
    shop.purchase(unit, 2),
  ]);
  await shop.send("served", sent);
  await shop.settled(sent.length);
};

const showEnvironment = (key: string): Promise<Environment> => platform.admin.get<Environment>(`/environments/${key}`);

const refusalOf = async (call: Promise<unknown>): Promise<Partial<ApiError>> => {
  const error: unknown = await call.catch((error: unknown) => error);
  if (!(error instanceof ApiError)) throw new Error("It was not refused.");
  return error;
};

describe("a replay that only checks", () => {
  it("finds what is counted and not in the archive, and changes nothing", async () => {
    const shop = await openShop(platform, "tampered", 1);
    await serve(shop);
    expect(await replay(platform.admin, "tampered")).toMatchObject({ comparison: { difference: 0 } });

    // Counted past the archive, as nobody does.
    const [text = ""] = shop.messagesOf("smuggled", [{ event_id: "smuggled", units: [["user_id", "visitor-0"]] }], {
      generation: 1,
      shards: 1,
    });
    const { UNIT_SHARD } = (await platform.harness.getWorker("edgeworth-ingest").getEnv()) as unknown as {
      UNIT_SHARD: { getByName(name: string): { apply(texts: string[]): Promise<unknown> } };
    };
    await UNIT_SHARD.getByName("tampered:1:0").apply([text]);
    expect(await shop.counted("control")).toEqual({ units: 12, spent: "25000000" });

    const { stage, comparison } = await replay(platform.admin, "tampered");
    expect(stage).toBe("done");
    // The metric's cells by day, by age and by country.
    expect(comparison).toMatchObject({ different: 3, difference: 3, units: { live: 24, replayed: 24 } });
    expect(comparison?.examples.find(({ kind }) => kind === "day")).toMatchObject({
      live: { n: 12, sums: { y: "25000000" } },
      replayed: { n: 12, sums: { y: "24000000" } },
    });
    expect(await shop.counted("control")).toEqual({ units: 12, spent: "25000000" });

    // What differs is not switched to, unless that is what somebody wants.
    const refused = await replay(platform.admin, "tampered", { shards: 2, switch: true });
    expect(refused).toMatchObject({ stage: "failed", error: expect.stringContaining("difference is 3") });
    expect(await showEnvironment("tampered")).toMatchObject({ generation: 1, shards: 1 });
    await shop.send("after", [shop.purchase("visitor-0", 3)]);
    await eventually(
      () => shop.counted("control"),
      ({ spent }) => spent === "28000000",
    );
    const forced = await replay(platform.admin, "tampered", { shards: 2, switch: true, force: true });
    expect(forced).toMatchObject({ stage: "done" });
    expect(await shop.counted("control")).toEqual({ units: 12, spent: "27000000" });
  });

  it("counts by another number of shards as well", async () => {
    const shop = await openShop(platform, "scaled", 2);
    await serve(shop);
    const { to, comparison } = await replay(platform.admin, "scaled", { shards: 7 });
    expect(to.shards).toBe(7);
    expect(comparison).toMatchObject({ difference: 0, units: { live: 24, replayed: 24 } });
    expect(await showEnvironment("scaled")).toMatchObject({ generation: 1, shards: 2 });
  });

  it("deletes what it has filled", async () => {
    const shop = await openShop(platform, "tidy", 1);
    await serve(shop);
    const { to } = await replay(platform.admin, "tidy");
    const ingest = platform.harness.getWorker("edgeworth-ingest");
    const tables = async (generation: number): Promise<unknown[]> => {
      const sql = await ingest.getDurableObjectStorage("UNIT_SHARD", { name: `tidy:${generation}:0` });
      return [...(await sql.exec("SELECT name FROM sqlite_master WHERE name LIKE 'unit%' OR name LIKE 'message%'"))];
    };
    expect(await tables(1)).not.toEqual([]);
    expect(await tables(to.generation)).toEqual([]);
  });

  it("is on the record, and one at a time", async () => {
    const shop = await openShop(platform, "recorded", 2);
    await serve(shop);
    const begun = await Promise.allSettled([1, 2].map(() => startReplay(platform.admin, "recorded")));
    const started = begun.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    const refused = begun.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
    expect(started).toHaveLength(1);
    expect(refused).toEqual([expect.objectContaining({ status: 409 })]);
    await eventually(
      () => platform.admin.get<ReplayList>("/environments/recorded/replays"),
      ({ items }) => items.every(({ stage }) => stage === "done"),
    );
    const { items } = await platform.admin.get<{ items: AuditEvent[] }>("/audit-events?limit=20");
    expect(items).toContainEqual(
      expect.objectContaining({
        action: "environment.replay",
        target: "environment:recorded",
        change: expect.objectContaining({ after: expect.objectContaining({ id: started[0]?.id }) }),
      }),
    );
  });

  it("is refused for an environment that is not there, and for numbers that make no sense", async () => {
    expect(await refusalOf(replay(platform.admin, "nowhere"))).toMatchObject({ status: 422 });
    await openShop(platform, "sensible", 1);
    expect(await refusalOf(replay(platform.admin, "sensible", { shards: 0 }))).toMatchObject({ status: 400 });
    expect(await refusalOf(platform.admin.get("/environments/sensible/replays/replay_9"))).toMatchObject({
      status: 404,
    });
  });
});

describe("after a switch", () => {
  it("what was still on its way to the old generation is counted in the new one, once", async () => {
    const shop = await openShop(platform, "late", 2);
    await serve(shop);
    const old = { generation: 1, shards: 2 };
    const late = units.map((unit, index) => ({
      event_id: `late-${index}`,
      units: [["user_id", unit]] as [string, string][],
    }));
    await replay(platform.admin, "late", { shards: 3, switch: true });
    const texts = shop.messagesOf("late", late, old);
    expect(texts.length).toBe(2);
    for (let time = 0; time < 3; time++) expect(await shop.consume("edgeworth-events", texts)).toBe(texts.length);
    expect(await shop.counted("control")).toEqual({ units: 12, spent: "36000000" });
    expect(await shop.ledger()).toMatchObject({ received: 72, applied: 72, duplicate: 0, difference: 0 });

    // And by the generation after that, of which such a message has never heard.
    await replay(platform.admin, "late", { shards: 5, switch: true });
    const later = shop.messagesOf("later", [{ event_id: "later", units: [["user_id", "visitor-0"]] }], old);
    expect(await shop.consume("edgeworth-events", [...texts, ...later])).toBe(texts.length + 1);
    expect(await shop.counted("control")).toEqual({ units: 12, spent: "37000000" });
    expect(await shop.ledger()).toMatchObject({ received: 73, applied: 73, duplicate: 0, difference: 0 });
    expect(await replay(platform.admin, "late")).toMatchObject({ stage: "done", comparison: { difference: 0 } });
  });

  it("dead letters are dead letters until they are replayed", async () => {
    const shop = await openShop(platform, "dead", 2);
    await serve(shop);
    const [text = ""] = shop.messagesOf(
      "given-up",
      [
        { event_id: "given-up-1", units: [["user_id", "visitor-0"]] },
        { event_id: "given-up-2", units: [["user_id", "visitor-0"]] },
      ],
      { generation: 1, shards: 2 },
    );
    expect(await shop.consume("edgeworth-events-dead", [text])).toBe(1);
    expect(await shop.ledger()).toMatchObject({ dead_lettered: 2, applied: 48, difference: 0 });

    const switched = await replay(platform.admin, "dead", { shards: 4, switch: true });
    expect(switched).toMatchObject({ stage: "done", comparison: { difference: 0 }, progress: { dead_lettered: 1 } });
    expect(await shop.ledger()).toMatchObject({ dead_lettered: 2, applied: 48, difference: 0 });
    // One that is given up only now is accounted for where its units are.
    const [other = ""] = shop.messagesOf("lost", [{ event_id: "lost", units: [["user_id", "visitor-2"]] }], {
      generation: 1,
      shards: 2,
    });
    expect(await shop.consume("edgeworth-events-dead", [other])).toBe(1);
    expect(await shop.ledger()).toMatchObject({ dead_lettered: 3, applied: 48, difference: 0 });

    await platform.admin.post("/environments/dead/dead-letters/replay", {});
    await eventually(
      () => shop.ledger(),
      ({ applied }) => applied === 51,
    );
    expect(await shop.ledger()).toMatchObject({ received: 51, dead_lettered: 0, duplicate: 0, difference: 0 });
    expect(await shop.counted("control")).toEqual({ units: 12, spent: "27000000" });
  });

  it("an experiment that was archived before keeps its counts", async () => {
    const shop = await openShop(platform, "kept", 1);
    await serve(shop);
    const path = `/experiments/${shop.experiment.key}/status`;
    await platform.admin.patch(path, { status: "completed" });
    await platform.admin.patch(path, { status: "archived" });
    const before = await shop.counted("treatment");
    expect(before).toEqual({ units: 12, spent: "24000000" });
    expect(await replay(platform.admin, "kept", { shards: 2, switch: true })).toMatchObject({ stage: "done" });
    expect(await shop.counted("treatment")).toEqual(before);
  });
});
