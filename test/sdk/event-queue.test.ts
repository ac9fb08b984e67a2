import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClientError } from "../../sdk/client-error.ts";
import { createEventQueue } from "../../sdk/event-queue.ts";
import { aPage, type Page } from "./page.ts";
import { type Batch, type Server, startServer } from "./server.ts";

let server: Server;
let page: Page;
let errors: ClientError[];

beforeEach(async () => {
  server = await startServer();
  page = aPage();
  errors = [];
});
afterEach(() => server.close());

const aQueue = (change: { flushIntervalMs?: number; fetch?: typeof fetch } = {}) =>
  createEventQueue({
    url: `${server.url}/v1/events`,
    key: "ew_client_test_1",
    flushIntervalMs: 3_600_000,
    fetch,
    platform: page,
    report: (error) => errors.push(error),
    ...change,
  });

const anEvent = (id: number | string, padding = 0) => ({
  event_id: String(id),
  type: "metric",
  name: "x".repeat(padding),
});
const ids = (batches: Batch[]): string[][] => batches.map(({ events }) => events.map(({ event_id }) => event_id));
const codes = () => errors.map(({ code }) => code);

describe("createEventQueue", () => {
  it("sends nothing when there is nothing", async () => {
    await aQueue().flush();
    expect(server.received).toEqual([]);
  });

  it("sends a batch with the key in a header once its interval has passed", async () => {
    const queue = aQueue({ flushIntervalMs: 5 });
    queue.add(anEvent(1));
    queue.add(anEvent(2));
    await expect.poll(() => ids(server.batches())).toEqual([["1", "2"]]);
    expect(server.received[0]?.headers.authorization).toBe("Bearer ew_client_test_1");
    expect(server.received[0]?.headers["content-type"]).toBe("application/json");
    expect(server.batches()[0]?.key).toBeUndefined();
  });

  it("keeps the order over batches of 50 and sends a full one without waiting", async () => {
    const queue = aQueue();
    for (let id = 0; id < 130; id++) queue.add(anEvent(id));
    await expect.poll(() => server.events().length).toBe(130);
    expect(server.batches().every(({ events }) => events.length <= 50)).toBe(true);
    expect(server.events().map(({ event_id }) => Number(event_id))).toEqual([...Array(130).keys()]);
    expect(new Set(server.batches().map(({ batch_id }) => batch_id)).size).toBe(server.batches().length);
  });

  it("keeps every request within 60 kB of UTF-8, so that it fits a beacon", async () => {
    const queue = aQueue();
    for (let id = 0; id < 20; id++) queue.add({ ...anEvent(id, 5000), accents: "é".repeat(2000) });
    await queue.flush();
    expect(server.events()).toHaveLength(20);
    expect(Math.max(...server.received.map(({ body }) => Buffer.byteLength(body)))).toBeLessThanOrEqual(60_000);
  });

  it("refuses an event that no request can carry, and takes the largest that one can", async () => {
    const queue = aQueue();
    queue.add(anEvent("large", 60_000));
    queue.add(anEvent("fits", 59_000));
    await queue.flush();
    expect(ids(server.batches())).toEqual([["fits"]]);
    expect(errors).toMatchObject([{ code: "invalid_event", lost: 1 }]);
  });

  it.each([["reset"], [{ status: 503 }], [{ status: 429 }], [{ status: 500 }]] as const)(
    "sends the same batch with the same ids again after %j",
    async (answer) => {
      server.eventsAnswers.push(answer);
      const queue = aQueue();
      queue.add(anEvent(1));
      queue.add(anEvent(2));
      await queue.flush();
      queue.add(anEvent(3));
      await queue.flush();
      const [first, again, next] = server.batches();
      expect(again).toMatchObject({ batch_id: first?.batch_id, events: first?.events });
      expect(ids(next ? [next] : [])).toEqual([["3"]]);
      expect(next?.batch_id).not.toBe(first?.batch_id);
      expect(codes()).toEqual(["send_failed"]);
    },
  );

  it("tries again by itself", async () => {
    page.random = () => 0.999;
    server.eventsAnswers.push({ status: 503 });
    const queue = aQueue();
    queue.add(anEvent(1));
    await queue.flush();
    await expect.poll(() => ids(server.batches()), { timeout: 10_000 }).toEqual([["1"], ["1"]]);
  });

  it("leaves the server alone for as long as it asks", async () => {
    server.eventsAnswers.push({ status: 503, headers: { "retry-after": "30" } });
    const queue = aQueue();
    queue.add(anEvent(1));
    await queue.flush();
    page.clock += 29_999;
    await queue.flush();
    expect(server.batches()).toHaveLength(1);
    page.clock += 1;
    await queue.flush();
    expect(server.batches()).toHaveLength(2);
    queue.stop();
  });

  it("gives a batch up when the server refuses it, says so, and goes on with the next", async () => {
    server.eventsAnswers.push({ status: 401, body: { code: "invalid_credentials" } });
    const queue = aQueue();
    queue.add(anEvent(1));
    await queue.flush();
    queue.add(anEvent(2));
    await queue.flush();
    expect(ids(server.batches())).toEqual([["1"], ["2"]]);
    expect(errors).toMatchObject([{ code: "batch_refused", lost: 1 }]);
    expect(String(errors[0]?.cause)).toContain("invalid_credentials");
  });

  it("reports events that the server took the batch without", async () => {
    const rejected = [{ index: 0, code: "unknown_variant", message: "No variant is called x." }];
    server.eventsAnswers.push({ status: 202, body: { accepted: 1, rejected } });
    const queue = aQueue();
    queue.add(anEvent(1));
    queue.add(anEvent(2));
    await queue.flush();
    expect(errors).toMatchObject([
      { code: "event_rejected", message: "unknown_variant: No variant is called x.", lost: 1 },
    ]);
  });

  it("does not take a login page for an answer", async () => {
    const queue = aQueue({ fetch: () => Promise.resolve(new Response("<h1>Hotel Wi-Fi</h1>")) });
    queue.add(anEvent(1));
    await queue.flush();
    queue.stop();
    expect(codes()).toEqual(["send_failed"]);
  });

  it("keeps the newest 1,000 events and counts those it gave up", async () => {
    const queue = aQueue();
    server.eventsAnswers.push({ status: 503 });
    queue.add(anEvent("first"));
    await queue.flush();
    for (let id = 0; id < 1200; id++) queue.add(anEvent(id));
    expect(errors.filter(({ code }) => code === "events_dropped").reduce((sum, { lost }) => sum + lost, 0)).toBe(201);
    await queue.flush();
    const taken = server.events().slice(1);
    expect(taken.map(({ event_id }) => event_id)).toEqual([
      "first",
      ...Array.from({ length: 999 }, (_, index) => String(index + 201)),
    ]);
  });

  it("hands all that is queued to a beacon, with the key in the text, and sends none of it again", async () => {
    const queue = aQueue();
    // As many as wait without being sent at once, in more than one batch.
    for (let id = 0; id < 49; id++) queue.add(anEvent(id, 2000));
    queue.beacon();
    const batches = page.beacons.map(({ data }) => JSON.parse(data) as Batch);
    expect(batches.flatMap(({ events }) => events.map(({ event_id }) => Number(event_id)))).toEqual([
      ...Array(49).keys(),
    ]);
    expect(batches.length).toBeGreaterThan(1);
    expect(new Set(batches.map(({ key }) => key))).toEqual(new Set(["ew_client_test_1"]));
    await queue.flush();
    expect(server.batches()).toEqual([]);
    queue.stop();
  });

  it("sends what had failed before the beacon again under the same ids, and all that was queued behind it", async () => {
    const queue = aQueue();
    server.eventsAnswers.push("reset");
    queue.add(anEvent(0));
    await queue.flush();
    for (let id = 1; id <= 120; id++) queue.add(anEvent(id));
    queue.beacon();
    const beaconed = page.beacons.map(({ data }) => JSON.parse(data) as Batch);
    expect(ids(beaconed).flat()).toHaveLength(121);
    await queue.flush();
    const sent = server.batches().slice(1);
    expect(sent.map(({ batch_id }) => batch_id)).toEqual(beaconed.map(({ batch_id }) => batch_id));
    expect(ids(sent)).toEqual(ids(beaconed));
    await queue.flush();
    expect(server.batches()).toHaveLength(sent.length + 1);
    queue.stop();
  });

  it("keeps what it hands to a beacon offline, and sends it by itself when the page lives on", async () => {
    const queue = aQueue({ flushIntervalMs: 50 });
    page.onLine = false;
    queue.add(anEvent(1));
    queue.beacon();
    page.onLine = true;
    await expect.poll(() => ids(server.batches()), { timeout: 10_000 }).toEqual([["1"]]);
    expect(page.beacons.map(({ data }) => (JSON.parse(data) as Batch).batch_id)).toEqual([
      server.batches()[0]?.batch_id,
    ]);
  });

  it("hands a kept batch over once a leaving, and again when the page was seen in between", () => {
    const queue = aQueue();
    page.onLine = false;
    queue.add(anEvent(1));
    queue.beacon();
    queue.beacon();
    expect(page.beacons).toHaveLength(1);
    queue.resume();
    queue.beacon();
    expect(page.beacons).toHaveLength(2);
    queue.stop();
  });

  it("stays bounded when all that it keeps was handed to beacons", () => {
    const queue = aQueue();
    page.onLine = false;
    server.eventsAnswers.push("hang");
    for (let id = 0; id < 1040; id++) {
      queue.add(anEvent(id));
      if (id % 20 === 19) queue.beacon();
    }
    queue.stop();
    const lost = errors.reduce((sum, error) => sum + error.lost, 0);
    expect([new Set(codes()), lost]).toEqual([new Set(["events_dropped"]), 40]);
  });

  it("keeps what the beacon refuses and sends it later under the same ids", async () => {
    const queue = aQueue();
    page.beaconsLeft = 1;
    queue.add(anEvent(0, 40_000));
    queue.add(anEvent(1, 40_000));
    queue.beacon();
    await queue.flush();
    expect(ids(page.beacons.map(({ data }) => JSON.parse(data) as Batch))).toEqual([["0"]]);
    expect(ids(server.batches())).toEqual([["1"]]);
    queue.stop();
  });

  it("beacons a batch whose request is still on its way, and forgets it when that arrives", async () => {
    const queue = aQueue();
    queue.add(anEvent(1));
    const flushed = queue.flush();
    queue.beacon();
    await flushed;
    await queue.flush();
    expect(page.beacons.map(({ data }) => (JSON.parse(data) as Batch).batch_id)).toEqual([
      server.batches()[0]?.batch_id,
    ]);
    expect(server.batches()).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it("sends a batch again that was beaconed while its request was on its way and then failed", async () => {
    const queue = aQueue();
    server.eventsAnswers.push("hang");
    queue.add(anEvent(1));
    const flushed = queue.flush();
    await expect.poll(() => server.batches().length).toBe(1);
    queue.beacon();
    server.cut();
    await flushed;
    await queue.flush();
    expect(new Set(server.batches().map(({ batch_id }) => batch_id)).size).toBe(1);
    expect(ids(server.batches())).toEqual([["1"], ["1"]]);
    expect(codes()).toEqual(["send_failed"]);
    queue.stop();
  });
});
