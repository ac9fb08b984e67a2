import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TailFeed } from "../../../contract/event-tail.ts";
import type { Env } from "../../../workers/ingest/env.ts";
import { showInTail, type TailBatch } from "../../../workers/ingest/tail.ts";

/** A tail that keeps what it is fed with the time, in seconds since the test began. */
const aTail = (answer: () => { listeners: number }) => {
  const began = Date.now();
  const feeds: (TailFeed & { readonly at: number })[] = [];
  const feed = (fed: TailFeed): Promise<{ listeners: number }> => {
    feeds.push({ ...fed, at: (Date.now() - began) / 1000 });
    return Promise.resolve().then(answer);
  };
  return { feeds, env: { EVENT_TAIL: { getByName: () => ({ feed }) } } as unknown as Env };
};

const pending: Promise<unknown>[] = [];
const ctx = {
  waitUntil: (promise: Promise<unknown>) => {
    pending.push(promise);
  },
};

let environments = 0;
const aBatch = (change: Partial<TailBatch> = {}): TailBatch => ({
  environment: `env-${environments}`,
  batch_id: "b",
  received_at: Date.now(),
  accepted: [
    { event: { event_id: "e", type: "metric", at: 1, timestamp: 1, units: [["user_id", "ada"]], name: "purchase" } },
  ],
  rejected: [],
  refused: [],
  hides_units: false,
  ...change,
});

/** Shows a batch every 100 ms for so long. */
const showFor = async (env: Env, seconds: number): Promise<void> => {
  for (let batch = 0; batch < seconds * 10; batch++) {
    showInTail(env, ctx, aBatch());
    await vi.advanceTimersByTimeAsync(100);
  }
};

beforeEach(() => {
  environments += 1;
  vi.useFakeTimers({ now: 1_000_000 });
  vi.stubGlobal("scheduler", {
    wait: (ms: number) =>
      new Promise<void>((resolve) => {
        setTimeout(resolve, ms);
      }),
  });
});
afterEach(async () => {
  await vi.advanceTimersByTimeAsync(60_000);
  await Promise.all(pending.splice(0));
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("ingest", () => {
  it("feeds a tail that is looked at once a second, with all that came", async () => {
    const { feeds, env } = aTail(() => ({ listeners: 1 }));
    await showFor(env, 4.9);
    expect(feeds.map(({ at }) => at)).toEqual([0, 1, 2, 3, 4]);
    for (const { accepted, events } of feeds) expect(events).toHaveLength(accepted);
    // The last nine are still to come.
    expect(feeds.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(40);
  });

  it("feeds a tail that nobody looks at ever less often, and never less than every 5 s", async () => {
    const { feeds, env } = aTail(() => ({ listeners: 0 }));
    await showFor(env, 24);
    expect(feeds.map(({ at }) => at)).toEqual([0, 2, 6, 11, 16, 21]);
    expect(feeds.at(-1)).toMatchObject({ accepted: 50, rejected: 0 });
  });

  it("feeds every second again once somebody looks", async () => {
    let listeners = 0;
    const { feeds, env } = aTail(() => ({ listeners }));
    await showFor(env, 13);
    listeners = 1;
    await showFor(env, 5.9);
    expect(feeds.map(({ at }) => at)).toEqual([0, 2, 6, 11, 16, 17, 18]);
  });

  it("shows a lone batch at once", async () => {
    const { feeds, env } = aTail(() => ({ listeners: 0 }));
    await showFor(env, 20);
    await vi.advanceTimersByTimeAsync(60_000);
    const before = feeds.length;
    showInTail(env, ctx, aBatch());
    await vi.advanceTimersByTimeAsync(0);
    expect(feeds).toHaveLength(before + 1);
  });

  it("sends few of many events, and says how many there were", async () => {
    const { feeds, env } = aTail(() => ({ listeners: 1 }));
    const [taken] = aBatch().accepted;
    const accepted = Array.from({ length: 500 }, () => taken as NonNullable<typeof taken>);
    const rejected = Array.from({ length: 100 }, () => ({ code: "invalid_event" as const, message: "No." }));
    const refused = Array.from({ length: 100 }, () => ({ event: "{}" }));
    for (let batch = 0; batch < 30; batch++) {
      showInTail(env, ctx, aBatch({ accepted, rejected, refused }));
      await vi.advanceTimersByTimeAsync(100);
    }
    const { events = [], ...counts } = feeds.at(-1) ?? {};
    expect(counts).toMatchObject({ accepted: 5_000, rejected: 1_000 });
    expect(Object.groupBy(events, ({ outcome }) => outcome)).toMatchObject({
      accepted: { length: 50 },
      rejected: { length: 25 },
    });
  });

  it("says what can be read of an event that it refused, whatever it was", async () => {
    const { feeds, env } = aTail(() => ({ listeners: 1 }));
    const texts = ['{"event_id":7,"type":"metric","user_id":"ada","units":"none","name":"x"}', "null", "[1", '"text"'];
    const rejected = texts.map(() => ({ code: "invalid_event" as const, message: "No." }));
    showInTail(env, ctx, aBatch({ accepted: [], rejected, refused: texts.map((event) => ({ event })) }));
    await vi.advanceTimersByTimeAsync(0);
    const read = feeds[0]?.events.map(({ event_id, type, subject, units }) => ({ event_id, type, subject, units }));
    const nothing = { event_id: "", type: "", subject: "", units: [] };
    expect(read).toEqual([
      { event_id: "", type: "metric", subject: "x", units: [["user_id", "ada"]] },
      nothing,
      nothing,
      nothing,
    ]);
  });

  it("sends no texts where ids of units are not kept", async () => {
    const { feeds, env } = aTail(() => ({ listeners: 1 }));
    const rejected = [{ code: "invalid_event" as const, message: "No." }];
    showInTail(env, ctx, aBatch({ rejected, refused: [{ event: '{"name":"ada"}' }], hides_units: true }));
    await vi.advanceTimersByTimeAsync(0);
    expect(feeds[0]?.events.map(({ text }) => text)).toEqual(["", ""]);
  });

  it("goes on when the tail does not answer, and when a request dies that was to feed it", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    let isDown = true;
    const { feeds, env } = aTail(() => {
      if (isDown) throw new Error("The tail is out of reach.");
      return { listeners: 1 };
    });
    await showFor(env, 3);
    expect(feeds.map(({ at }) => at)).toEqual([0, 2]);
    expect(warned).toHaveBeenCalledTimes(2);
    isDown = false;
    await vi.advanceTimersByTimeAsync(60_000);
    const before = feeds.length;

    vi.stubGlobal("scheduler", { wait: () => new Promise(() => undefined) });
    const dead = { waitUntil: () => undefined };
    showInTail(env, dead, aBatch());
    vi.stubGlobal("scheduler", { wait: () => Promise.resolve() });
    await showFor(env, 19);
    expect(feeds).toHaveLength(before);
    await showFor(env, 2);
    expect(feeds.length).toBeGreaterThan(before);
    warned.mockRestore();
  });
});
