import { describe, expect, it } from "vitest";
import type { TailEvent, TailNews } from "../../contract/event-tail.ts";
import { matchingRows, rateOf, recentArrivals, spacedOut, type TailRow, withNews } from "../../ui/events/tail-rows.ts";

const anEvent = (event_id: string, change: Partial<TailEvent> = {}): TailEvent => ({
  received_at: 1,
  batch_id: "b",
  outcome: "accepted",
  event_id,
  type: "metric",
  subject: "purchase",
  units: [["user_id", "ada"]],
  text: '{"value":1}',
  ...change,
});
const news = (type: TailNews["type"], ...events: TailEvent[]): TailNews => ({ type, accepted: 0, rejected: 0, events });
const ids = (rows: readonly TailRow[]): string[] => rows.map(({ event }) => event.event_id);

describe("the rows of a tail", () => {
  it("have the newest on top, and nothing twice when the connection comes back", () => {
    let rows = withNews([], news("kept", anEvent("a"), anEvent("b")));
    rows = withNews(rows, news("news", anEvent("c"), anEvent("d")));
    expect(ids(rows)).toEqual(["d", "c", "b", "a"]);
    rows = withNews(rows, news("kept", anEvent("c"), anEvent("d"), anEvent("e")));
    expect(ids(rows)).toEqual(["e", "d", "c"]);
  });

  it("are numbered upwards, so that a page can say how many it has missed", () => {
    const first = withNews([], news("kept", anEvent("a"), anEvent("b")));
    const then = withNews(first, news("news", anEvent("c"), anEvent("d"), anEvent("e")));
    expect((then[0]?.number ?? 0) - (first[0]?.number ?? 0)).toBe(3);
    expect(new Set(then.map(({ number }) => number)).size).toBe(5);
  });

  it("are 200 at most, and those that stay are the same objects", () => {
    const full = withNews([], news("kept", ...Array.from({ length: 200 }, (_, index) => anEvent(`e${index}`))));
    const after = withNews(full, news("news", anEvent("new")));
    expect(after).toHaveLength(200);
    expect(ids(after).slice(-1)).toEqual(["e1"]);
    expect(after[1]).toBe(full[0]);
  });

  it("are found by outcome and by any text of theirs", () => {
    const rows = withNews(
      [],
      news(
        "kept",
        anEvent("one", { units: [["user_id", "Grace"]] }),
        anEvent("two", { outcome: "rejected", code: "invalid_event", message: "value: Use a number." }),
        anEvent("three", { subject: "button: treatment" }),
      ),
    );
    expect(ids(matchingRows(rows, undefined, ""))).toEqual(["three", "two", "one"]);
    expect(ids(matchingRows(rows, "rejected", ""))).toEqual(["two"]);
    expect(ids(matchingRows(rows, undefined, " grace "))).toEqual(["one"]);
    expect(ids(matchingRows(rows, undefined, "use a number"))).toEqual(["two"]);
    expect(ids(matchingRows(rows, "accepted", "BUTTON"))).toEqual(["three"]);
    expect(matchingRows(rows, "bot", "")).toEqual([]);
  });
});

describe("the rate of a tail", () => {
  const NOW = 100_000;
  const arrival = (secondsAgo: number, accepted: number, rejected = 0, shown = accepted + rejected) => ({
    at: NOW - secondsAgo * 1000,
    accepted,
    rejected,
    shown,
  });

  it("is over the last ten seconds", () => {
    const arrivals = [arrival(11, 500), arrival(9, 30, 5), arrival(1, 20, 5)];
    expect(rateOf(arrivals, NOW)).toEqual({ accepted: 5, rejected: 1, isSampled: false });
    expect(recentArrivals(arrivals, NOW)).toHaveLength(2);
    expect(rateOf(arrivals, NOW + 60_000)).toEqual({ accepted: 0, rejected: 0, isSampled: false });
  });

  it("says when not all is shown", () => {
    expect(rateOf([arrival(1, 100, 0, 50)], NOW).isSampled).toBe(true);
  });
});

describe("the text of an event", () => {
  it("is laid out when it is JSON, and left alone when it was cut", () => {
    expect(spacedOut('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(spacedOut('{"a":[1')).toBe('{"a":[1');
  });
});
