import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EventTail, TAIL_KEPT_MS, type TailEvent, type TailFeed } from "../../../contract/event-tail.ts";
import { eventually } from "../../platform.ts";
import { type AdminApi, plain, startAdmin } from "../admin/admin-api.ts";
import { listenTo, type TailListener, upgradeStatus } from "./tail-listener.ts";

let api: AdminApi;
let adminKey = "";
let sdkKey = "";
const open: TailListener[] = [];

const pathOf = (environment: string): string => `/api/v1/environments/${environment}/events/tail`;
const listen = async (environment: string): Promise<TailListener> => {
  const listener = await listenTo(`${api.origin}${pathOf(environment)}`, { authorization: `Bearer ${adminKey}` });
  open.push(listener);
  return listener;
};

const statusFor = (headers: Record<string, string>, environment = "production") =>
  upgradeStatus(`${api.origin}${pathOf(environment)}`, headers);

/** What ingest and admin ask of a tail. */
const tailOf = (environment: string) => {
  const order = async <Answer>(what: object): Promise<Answer> => {
    const body = JSON.stringify({ environment, ...what });
    const answer = await api.harness.getWorker("tail-orders").fetch("http://test/", { method: "POST", body });
    return (await answer.json()) as Answer;
  };
  return {
    feed: (feed: TailFeed) => order<{ listeners: number }>({ feed }),
    recent: () => order<TailEvent[]>({}),
    forget: (unitType: string, unit: string) => order({ forget: [unitType, unit] }),
  };
};

let environments = 0;
/** An environment with nothing in it. */
const anEnvironment = async (): Promise<string> => {
  const key = `tail-${++environments}`;
  expect((await api.call("POST", "/environments", { key })).status).toBe(201);
  return key;
};

const anEvent = (change: Partial<TailEvent> = {}): TailEvent => ({
  received_at: Date.now(),
  batch_id: "b",
  outcome: "accepted",
  event_id: "e",
  type: "metric",
  subject: "purchase",
  units: [["user_id", "u1"]],
  text: "{}",
  ...change,
});
const someEvents = (count: number): TailEvent[] =>
  Array.from({ length: count }, (_, index) => anEvent({ event_id: `e${index}` }));
const aFeed = (events: TailEvent[]): TailFeed => ({ accepted: events.length, rejected: 0, events });
const ids = (events: readonly TailEvent[]): string[] => events.map(({ event_id }) => event_id);

beforeAll(async () => {
  api = await startAdmin(["admin", "decide", "ingest", "tailOrders"]);
  adminKey = await api.createKey("admin");
  sdkKey = await api.createKey("server", "production");
  await api.call("POST", "/experiments", plain({ key: "button", environments: ["production"] }));
});
afterAll(async () => {
  for (const { socket } of open) socket.close();
  await api.close();
});

describe("the tail of events", () => {
  it("shows what ingest takes and what it refuses, with the reason, within seconds", async () => {
    const listener = await listen("production");
    const timestamp = Date.now();
    const metric = { type: "metric", timestamp, user_id: "ada", name: "purchase" };
    const answer = await api.harness.getWorker("edgeworth-ingest").fetch("http://edge.test/v1/events", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${sdkKey}` },
      body: JSON.stringify({
        batch_id: "first",
        events: [
          { ...metric, event_id: "good", value: 12.5 },
          { ...metric, event_id: "bad", value: "12.5" },
          { ...metric, event_id: "soon", timestamp: timestamp + 3_600_000 },
        ],
      }),
    });
    expect(answer.status).toBe(202);
    const told = await listener.heard((all) => all.flatMap(({ events }) => events).length === 3);
    expect(told.map(({ type, accepted, rejected }) => ({ type, accepted, rejected }))).toEqual([
      { type: "kept", accepted: 0, rejected: 0 },
      { type: "news", accepted: 1, rejected: 2 },
    ]);
    const events = told.flatMap((news) => news.events);
    expect(events.find(({ event_id }) => event_id === "good")).toMatchObject({
      outcome: "accepted",
      batch_id: "first",
      type: "metric",
      subject: "purchase",
      units: [["user_id", "ada"]],
      text: expect.stringContaining('"value":12.5'),
    });
    expect(events.find(({ event_id }) => event_id === "bad")).toMatchObject({
      outcome: "rejected",
      code: "invalid_event",
      message: "value: Use a number.",
      subject: "purchase",
      units: [["user_id", "ada"]],
      text: expect.stringContaining('"value":"12.5"'),
    });
    expect(events.find(({ event_id }) => event_id === "soon")).toMatchObject({ code: "timestamp_in_future" });
  });

  it("keeps the last 200, for those who look later and those who ask without a WebSocket", async () => {
    const environment = await anEnvironment();
    await tailOf(environment).feed(aFeed(someEvents(150)));
    const listener = await listen(environment);
    const [kept] = await listener.heard((told) => told.length > 0);
    expect(kept?.type).toBe("kept");
    expect(ids(kept?.events ?? [])).toEqual(ids(someEvents(150)));

    const { status, body } = await api.call<EventTail>("GET", `/environments/${environment}/events/tail`);
    expect(status).toBe(200);
    expect(EventTail.safeParse(body).error).toBeUndefined();
    expect(ids(body.items)).toEqual(ids(someEvents(150)).toReversed());

    await eventually(
      async () => {
        await tailOf(environment).feed(aFeed([anEvent({ event_id: "new" })]));
        return tailOf(environment).recent();
      },
      (events) => ids(events).filter((id) => id === "new").length > 60,
    );
    const events = await tailOf(environment).recent();
    expect(events).toHaveLength(200);
    expect(ids(events).at(-1)).toBe("new");
    expect(ids(events)).not.toContain("e0");
  });

  it("takes a sample of what comes faster than 50 a second, and says how much there was", async () => {
    const environment = await anEnvironment();
    const listener = await listen(environment);
    const before = Date.now();
    for (let feed = 0; feed < 10; feed++)
      await tailOf(environment).feed({ accepted: 5_000, rejected: 7, events: someEvents(100) });
    const seconds = (Date.now() - before) / 1_000;
    const told = await listener.heard((all) => all.length === 11);
    const shown = told.flatMap(({ events }) => events).length;
    expect(shown).toBeGreaterThanOrEqual(200);
    expect(shown).toBeLessThanOrEqual(200 + 50 * seconds + 1);
    expect(told.reduce((sum, { accepted, rejected }) => sum + accepted + rejected, 0)).toBe(50_070);
  });

  it("tells ingest whether anybody listens", async () => {
    const environment = await anEnvironment();
    expect(await tailOf(environment).feed(aFeed([]))).toEqual({ listeners: 0 });
    const [first, second] = await Promise.all([listen(environment), listen(environment)]);
    expect(await tailOf(environment).feed(aFeed([]))).toEqual({ listeners: 2 });
    first.socket.close();
    await first.closed;
    await eventually(
      () => tailOf(environment).feed(aFeed([])),
      ({ listeners }) => listeners === 1,
    );
    second.socket.close();
  });

  it("reaches its listeners after it has hibernated, and remembers what it kept", async () => {
    const environment = await anEnvironment();
    await tailOf(environment).feed(aFeed([anEvent({ event_id: "before" })]));
    const listener = await listen(environment);
    await listener.heard((told) => told.length === 1);
    await api.harness
      .getWorker("edgeworth-ingest")
      .evictDurableObject("EventTail", { name: environment, webSockets: "hibernate" });
    listener.socket.send("ping");
    await listener.heard(() => listener.pongs() === 1);
    expect(await tailOf(environment).feed(aFeed([anEvent({ event_id: "after" })]))).toEqual({ listeners: 1 });
    const told = await listener.heard((all) => all.length === 2);
    expect(told.map(({ events }) => ids(events))).toEqual([["before"], ["after"]]);
    expect(ids(await tailOf(environment).recent())).toEqual(["before", "after"]);
  });

  it("forgets a unit, and what is older than a day", async () => {
    const environment = await anEnvironment();
    await tailOf(environment).feed(
      aFeed([
        anEvent({ event_id: "old", received_at: Date.now() - TAIL_KEPT_MS - 1 }),
        anEvent({ event_id: "mine", units: [["user_id", "me"]] }),
        anEvent({ event_id: "refused", outcome: "rejected", units: [], text: '{"userId":"me"' }),
        anEvent({ event_id: "namesake", units: [["device_id", "me"]], text: "{}" }),
        anEvent({ event_id: "other", units: [["user_id", "me2"]], text: '{"user_id":"me2"}' }),
      ]),
    );
    expect(ids(await tailOf(environment).recent())).toEqual(["mine", "refused", "namesake", "other"]);
    await tailOf(environment).forget("user_id", "me");
    expect(ids(await tailOf(environment).recent())).toEqual(["namesake", "other"]);
    await api.harness.getWorker("edgeworth-ingest").evictDurableObject("EventTail", { name: environment });
    expect(ids(await tailOf(environment).recent())).toEqual(["namesake", "other"]);
  });

  it("closes on listeners that talk, and takes 100 at most", async () => {
    const environment = await anEnvironment();
    const listeners = await Promise.all(Array.from({ length: 100 }, () => listen(environment)));
    const headers = { authorization: `Bearer ${adminKey}` };
    expect(await statusFor(headers, environment)).toBe(503);
    const [loud] = listeners;
    loud?.socket.send("Good evening.");
    expect(await loud?.closed).toBe(1008);
    expect(
      await eventually(
        () => statusFor(headers, environment),
        (status) => status === 101,
      ),
    ).toBe(101);
  });
});

describe("who may look at the tail of events", () => {
  it("is who has an admin key or, on a page of ours, a session", async () => {
    const viewer = await api.cookieOf("viewer");
    expect(await statusFor({ "x-api-key": adminKey })).toBe(101);
    expect(await statusFor({ cookie: viewer, origin: api.origin })).toBe(101);
  });

  it("is nobody else", async () => {
    const viewer = await api.cookieOf("viewer");
    const expired = await api.cookieOf("viewer", "2026-01-02T00:00:00.000Z");
    expect(await statusFor({})).toBe(401);
    expect(await statusFor({ cookie: expired, origin: api.origin })).toBe(401);
    expect(await statusFor({ authorization: `Bearer ${sdkKey}` })).toBe(403);
    expect(await statusFor({ cookie: viewer })).toBe(403);
    expect(await statusFor({ cookie: viewer, origin: "https://evil.example" })).toBe(403);
    expect(await statusFor({ "x-api-key": adminKey }, "nowhere")).toBe(404);
  });
});
