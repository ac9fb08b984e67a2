import { createTestHarness } from "wrangler";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listenTo } from "../workers/live/tail-listener.ts";

const harness = createTestHarness({
  root: new URL("../..", import.meta.url).pathname,
  workers: [
    {
      config: {
        name: "aged-tail",
        main: "test/workerd/aged-tail.ts",
        compatibility_date: "2026-11-01",
        durable_objects: { bindings: [{ name: "TAIL", class_name: "AgedTail" }] },
        migrations: [{ tag: "v1", new_sqlite_classes: ["AgedTail"] }],
      },
    },
  ],
});
let origin = "";
beforeAll(async () => {
  origin = (await harness.listen()).url.origin;
});
afterAll(() => harness.close());

const order = async (what: object): Promise<{ listeners: number } | null> => {
  const answer = await harness
    .getWorker("aged-tail")
    .fetch("http://test/", { method: "POST", body: JSON.stringify(what) });
  return (await answer.json()) as { listeners: number } | null;
};
const feed = { accepted: 1, rejected: 0, events: [] };
const MINUTE = 60_000;

it("tells a listener of half an hour nothing more, and has him connect again", async () => {
  const listener = await listenTo(origin, {});
  await order({ age: 29 * MINUTE });
  expect(await order({ feed })).toEqual({ listeners: 1 });
  await listener.heard((told) => told.length === 2);

  await order({ age: MINUTE });
  const later = await listenTo(origin, {});
  expect(await order({ feed })).toEqual({ listeners: 1 });
  // Service restart: his page connects again, and is asked again who he is.
  expect(await listener.closed).toBe(1012);
  expect(listener.told.map(({ type }) => type)).toEqual(["kept", "news"]);
  await later.heard((told) => told.length === 2);
  later.socket.close();
});
