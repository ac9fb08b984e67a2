import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Layer } from "../../contract/layer.ts";
import { listAuditEvents } from "../../d1/audit-events.ts";
import { type Change, TooBusy, commit, readRevision } from "../../d1/commit.ts";
import { newId } from "../../d1/id.ts";
import { findLayer, insertLayer, listLayers } from "../../d1/layers.ts";
import { type Database, startDatabase } from "./database.ts";

const aLayer = (key: string): Layer => ({
  id: newId("lay"),
  key,
  name: key,
  salt: newId("salt"),
  unit_type: "user_id",
  created_at: "2026-01-01T00:00:00.000Z",
  slots: [],
  free_buckets: 10_000,
});

const count = async (d1: Database) => (await listLayers(d1, { limit: 200 })).items.length;

describe("commit", () => {
  let d1: Database;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ d1, close } = await startDatabase());
  });
  afterAll(() => close());

  const inserting = (...layers: Layer[]): Change<string> => ({
    result: layers[0]?.key ?? "",
    statements: layers.map((layer) => insertLayer(d1, layer)),
    action: "layer.create",
    target: `layer:${layers[0]?.key}`,
    change: { before: null, after: layers[0] ?? null },
  });

  it("stores what was planned, and one audit event with the workspace's next revision", async () => {
    const before = await readRevision(d1);
    const { result, revision } = await commit(d1, "key:k", async () => inserting(aLayer("one")));
    expect([result, revision, await readRevision(d1)]).toEqual(["one", before + 1, before + 1]);
    const { items } = await listAuditEvents(d1, { limit: 1 });
    expect(items[0]).toMatchObject({
      id: `evt_${revision}`,
      actor: "key:k",
      action: "layer.create",
      target: "layer:one",
    });
  });

  it("stores nothing at all when one statement fails, and says why", async () => {
    const before = await readRevision(d1);
    const half = aLayer("half");
    const write = commit(d1, "key:k", async () => inserting(half, { ...aLayer("other"), id: half.id }));
    await expect(write).rejects.toMatchObject({ cause: { message: expect.stringContaining("layers.id") } });
    expect(await findLayer(d1, "half")).toBeUndefined();
    expect(await readRevision(d1)).toBe(before);
  });

  it("stores nothing when the plan throws, and asks it once only", async () => {
    const before = await readRevision(d1);
    let asked = 0;
    const refusal = new Error("refused");
    const write = commit(d1, "key:k", async () => {
      asked += 1;
      throw refusal;
    });
    await expect(write).rejects.toBe(refusal);
    expect([asked, await readRevision(d1)]).toEqual([1, before]);
  });

  it("asks the plan again when others have written since it looked", async () => {
    let asked = 0;
    const { result } = await commit(d1, "key:slow", async () => {
      asked += 1;
      const seen = await findLayer(d1, "in-between");
      if (!seen) await commit(d1, "key:quick", async () => inserting(aLayer("in-between")));
      return inserting(aLayer(seen ? "saw-it" : "saw-nothing"));
    });
    expect([asked, result]).toEqual([2, "saw-it"]);
    expect(await findLayer(d1, "saw-nothing")).toBeUndefined();
  });

  it("gives up, having stored nothing, when others write each time it is ready", async () => {
    let asked = 0;
    const write = commit(d1, "key:unlucky", async () => {
      asked += 1;
      await commit(d1, "key:lucky", async () => inserting(aLayer(`lucky-${asked}`)));
      return inserting(aLayer("unlucky"));
    });
    await expect(write).rejects.toBeInstanceOf(TooBusy);
    expect(await findLayer(d1, "unlucky")).toBeUndefined();
    expect(await findLayer(d1, `lucky-${asked}`)).toBeDefined();
  });

  it("makes parallel writes happen one after the other", async () => {
    // Each adds a layer named by how many it saw: without serialisation two would see the same number.
    const before = await count(d1);
    const names = await Promise.all(
      Array.from({ length: 20 }, () =>
        commit(d1, "key:k", async () => inserting(aLayer(`seen-${await count(d1)}`))).then(({ result }) => result),
      ),
    );
    expect(new Set(names)).toEqual(new Set(Array.from({ length: 20 }, (_, index) => `seen-${before + index}`)));
  });
});
