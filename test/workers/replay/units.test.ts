import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../contract/audit-event.ts";
import type { UnitDeletion } from "../../../contract/replay.ts";
import type { Role } from "../../../contract/session.ts";
import { startAdmin } from "../admin/admin-api.ts";
import { type Platform, startPlatform } from "../../platform.ts";
import { replay } from "./a-replay.ts";
import { openShop, type Shop } from "./a-shop.ts";

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

/** Alice buys for 5, Bob for 7; both are in the treatment. */
const serve = async (shop: Shop): Promise<void> => {
  await shop.send("served", [
    shop.exposure("alice"),
    shop.purchase("alice", 5),
    shop.exposure("bob"),
    shop.purchase("bob", 7),
  ]);
  await shop.settled(4);
};

const forget = (environment: string, unit: string): Promise<UnitDeletion> =>
  platform.admin.delete<UnitDeletion>(`/units/user_id/${encodeURIComponent(unit)}?environment=${environment}`);

/** The units that an environment's shards have rows of, as they are stored. */
const storedUnits = async (environment: string, generation: number, shards: number): Promise<unknown[]> => {
  const ingest = platform.harness.getWorker("edgeworth-ingest");
  const found: unknown[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const sql = await ingest.getDurableObjectStorage("UNIT_SHARD", { name: `${environment}:${generation}:${shard}` });
    found.push(...(await sql.exec("SELECT unit FROM unit_state")));
  }
  return found;
};

const withoutAlice = { units: 1, spent: "7000000" };

describe("deleting a unit", () => {
  it("takes out all that it did, and its late events with it", async () => {
    const shop = await openShop(platform, "forgetful", 2);
    await serve(shop);
    expect(await shop.counted("treatment")).toEqual({ units: 2, spent: "12000000" });
    const before = Date.now() - 60_000;

    expect(await forget("forgetful", "alice")).toMatchObject({ unit_type: "user_id", existed: true });
    expect(await shop.counted("treatment")).toEqual(withoutAlice);
    expect(await storedUnits("forgetful", 1, 2)).toHaveLength(1);
    expect(await forget("forgetful", "alice")).toMatchObject({ existed: false });

    await shop.send("late", [shop.purchase("alice", 9, { timestamp: before })]);
    expect(await shop.settled(5)).toMatchObject({ rejected: { unit_deleted: 1 }, difference: 0 });
    expect(await shop.counted("treatment")).toEqual(withoutAlice);
    // Who comes back is somebody new.
    await shop.send("again", [shop.exposure("alice"), shop.purchase("alice", 1)]);
    await shop.settled(7);
    expect(await shop.counted("treatment")).toEqual({ units: 2, spent: "8000000" });
  });

  it("is honoured by replays and by other generations", async () => {
    const shop = await openShop(platform, "faithful", 2);
    await serve(shop);
    await forget("faithful", "alice");
    expect(await replay(platform.admin, "faithful")).toMatchObject({
      comparison: { difference: 0, units: { live: 1, replayed: 1 } },
    });
    expect(await replay(platform.admin, "faithful", { shards: 3, switch: true })).toMatchObject({
      stage: "done",
      comparison: { difference: 0, units: { live: 1, replayed: 1 } },
    });
    expect(await shop.counted("treatment")).toEqual(withoutAlice);
    expect(await storedUnits("faithful", 2, 3)).toHaveLength(1);
    await forget("faithful", "bob");
    expect(await shop.counted("treatment")).toEqual({ units: 0, spent: "0" });
    expect(await replay(platform.admin, "faithful")).toMatchObject({ stage: "done", comparison: { difference: 0 } });
  });

  it("leaves who came back since to replays and other generations, and what was stamped ahead of our clock out", async () => {
    const shop = await openShop(platform, "returning", 1);
    const timestamp = Date.now() + 300_000;
    await shop.send("ahead", [
      shop.exposure("alice", "treatment", { timestamp }),
      shop.purchase("alice", 5, { timestamp }),
    ]);
    await shop.settled(2);
    await forget("returning", "alice");
    expect(await replay(platform.admin, "returning")).toMatchObject({ comparison: { difference: 0 } });

    await shop.send("back", [shop.exposure("alice"), shop.purchase("alice", 1)]);
    await shop.settled(4);
    expect(await replay(platform.admin, "returning", { shards: 2, switch: true })).toMatchObject({
      stage: "done",
      comparison: { difference: 0, units: { live: 1, replayed: 1 } },
    });
    expect(await shop.counted("treatment")).toEqual({ units: 1, spent: "1000000" });
  });

  it("works where only hashes of units are stored", async () => {
    const shop = await openShop(platform, "discreet", 2, { hash_unit_ids: true });
    await serve(shop);
    const texts = JSON.stringify(await storedUnits("discreet", 1, 2));
    expect(texts).not.toContain("alice");
    expect(await forget("discreet", "alice")).toMatchObject({ existed: true });
    expect(await shop.counted("treatment")).toEqual(withoutAlice);
    const { items } = await platform.admin.get<{ items: AuditEvent[] }>("/audit-events?limit=5");
    const record = items.find(({ action }) => action === "unit.delete");
    expect(record?.target).toMatch(/^unit:user_id:[0-9a-f]{16}$/);
    expect(JSON.stringify(record)).not.toContain("alice");
  });

  it("is for administrators", async () => {
    const api = await startAdmin();
    try {
      const path = "/units/user_id/alice?environment=production";
      const asRole = async (role: Role): Promise<number> => {
        const headers = { cookie: await api.cookieOf(role), origin: api.origin };
        return (await api.call("DELETE", path, undefined, headers)).status;
      };
      expect([await asRole("viewer"), await asRole("editor"), await asRole("admin")]).toEqual([403, 403, 200]);
    } finally {
      await api.close();
    }
  });
});
