import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeadLetterPage, ReplayedDeadLetters } from "../../../contract/dead-letter.ts";
import type { Ledger } from "../../../contract/ledger.ts";
import { messageText } from "../../../counting/message-text.ts";
import { aMessage, aPurchase } from "../../counting/fixtures.ts";
import { eventually } from "../../platform.ts";
import { type AdminApi, startAdmin } from "./admin-api.ts";

let api: AdminApi;
beforeAll(async () => {
  api = await startAdmin();
  // Publishes the environment, whose ruleset is what messages are counted by.
  await api.createKey("client", "production");
});
afterAll(() => api.close());

interface Consumer {
  queue(name: string, messages: readonly object[]): Promise<{ readonly explicitAcks: string[] }>;
}

const PATH = "/environments/production/dead-letters";

/** Three messages of two events, as the dead-letter queue brings them. Whoever sent them cuts texts in the middle of a character. */
const now = Date.now();
const messages = ["a1", "b2", "c3"].map((message_id) =>
  aMessage({
    message_id,
    intake: "00ff",
    batch_id: `batch ${message_id} ü\ud83d`,
    shards: 8,
    shard: 0,
    received_at: now,
    events: [aPurchase({ event_id: message_id, at: now, units: [["user_id", "u24"]] })],
    rejected: [{ code: "invalid_event", event: "{}" }],
  }),
);

const list = async (query = "") => (await api.call<DeadLetterPage>("GET", `${PATH}${query}`)).body;
const ledger = async () => (await api.call<Ledger>("GET", "/ledger")).body;

describe("dead letters", () => {
  it("are listed page by page, with what they say of themselves", async () => {
    const consumer = (await api.harness.getWorker("edgeworth-ingest").getExport()) as unknown as Consumer;
    const { explicitAcks } = await consumer.queue(
      "edgeworth-events-dead",
      messages.map((message) => ({
        id: message.message_id,
        timestamp: new Date(),
        attempts: 1,
        body: messageText(message),
      })),
    );
    expect(explicitAcks).toEqual(["a1", "b2", "c3"]);

    const first = await list("?limit=2");
    expect(first).toMatchObject({
      items: [
        {
          id: "a1-00ff",
          message_id: "a1",
          batch_id: "batch a1 ü\ufffd",
          shard: 0,
          received_at: now,
          events: 2,
          reason: null,
        },
        { id: "b2-00ff", bytes: new TextEncoder().encode(messageText(messages[1]!)).byteLength },
      ],
      next_cursor: "b2-00ff",
    });
    expect(await list(`?limit=2&cursor=${first.next_cursor}`)).toMatchObject({
      items: [{ id: "c3-00ff" }],
      next_cursor: null,
    });
    expect(await ledger()).toMatchObject({
      received: 6,
      archived: 6,
      dead_lettered: 3,
      rejected: { invalid_event: 3 },
      difference: 0,
      archive_difference: 0,
    });
    expect((await api.call("GET", "/environments/nowhere/dead-letters")).status).toBe(422);
  });

  it("say why they could not be counted, shortly", async () => {
    const consumer = (await api.harness.getWorker("edgeworth-ingest").getExport()) as unknown as Consumer;
    const head = aMessage({ message_id: "broken", intake: "00ff", shards: 8, shard: 1, received_at: now });
    const text = `${messageText(head)}\n{"event": ${"漢字".repeat(2_000)}`;
    const received = [{ id: "broken", timestamp: new Date(), attempts: 3, body: text }];
    expect((await consumer.queue("edgeworth-events", received)).explicitAcks).toEqual([]);
    await consumer.queue("edgeworth-events-dead", received);
    const [item] = (await list("?cursor=b2-00ff")).items;
    expect(item).toMatchObject({ id: "broken-00ff", reason: expect.stringContaining("SyntaxError") });
    expect(item?.reason?.length).toBeLessThanOrEqual(500);
    await api.call("POST", `${PATH}/replay`, { ids: ["broken-00ff"] });
  });

  it("are tried again by administrators only, and only when they mean it", async () => {
    const replay = (body: object, query = "", headers?: Record<string, string>) =>
      api.call<ReplayedDeadLetters>("POST", `${PATH}/replay${query}`, body, headers);
    const asked = { ids: ["b2-00ff", "none"] };
    for (const role of ["viewer", "editor"] as const) {
      const headers = { cookie: await api.cookieOf(role), origin: api.origin };
      expect((await replay(asked, "", headers)).status).toBe(403);
    }
    const planned = { replayed: ["b2-00ff"], unknown: ["none"], has_more: false };
    expect((await replay(asked, "?dry_run=1")).body).toEqual(planned);
    expect((await list()).items).toHaveLength(3);

    expect((await replay(asked)).body).toEqual(planned);
    await eventually(ledger, ({ dead_lettered }) => dead_lettered === 2);
    expect((await list()).items.map(({ id }) => id)).toEqual(["a1-00ff", "c3-00ff"]);

    expect((await replay({})).body).toEqual({ replayed: ["a1-00ff", "c3-00ff"], unknown: [], has_more: false });
    const counted = await eventually(ledger, ({ dead_lettered }) => dead_lettered === 0);
    expect(counted).toMatchObject({ received: 6, applied: 3, rejected: { invalid_event: 3 }, difference: 0 });
    expect(await list()).toEqual({ items: [], next_cursor: null });

    const { body } = await api.call<{ items: { action: string }[] }>("GET", "/audit-events?limit=2");
    expect(body.items.map(({ action }) => action)).toEqual(["dead_letters.replay", "dead_letters.replay"]);
  });
});
