import type { TailEvent, TailNews } from "../../contract/event-tail.ts";

/** As many as the server keeps. */
const MAX_ROWS = 200;

/** An event on the page; rows are told apart by their number, since events may come twice. */
export interface TailRow {
  readonly number: number;
  readonly event: TailEvent;
}

/** The rows after some news, newest first: what the server has kept replaces them, anything else is added. */
export function withNews(rows: readonly TailRow[], { type, events }: TailNews): TailRow[] {
  const before = type === "kept" ? [] : rows;
  const next = (rows[0]?.number ?? 0) + 1;
  const added = events.map((event, index) => ({ number: next + index, event }));
  return [...added.toReversed(), ...before].slice(0, MAX_ROWS);
}

export type Outcome = TailEvent["outcome"];

/** The rows of an outcome, if any is asked for, that have the text in something that is shown of them. */
export function matchingRows(rows: readonly TailRow[], outcome: Outcome | undefined, text: string): TailRow[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter(({ event }) => {
    if (outcome !== undefined && event.outcome !== outcome) return false;
    const shown = [event.event_id, event.subject, event.code, event.message, event.text, ...event.units.flat()];
    return shown.some((each) => each?.toLowerCase().includes(wanted) === true);
  });
}

/** How much came at an instant, in ms since 1970, and how much of it was shown. */
export interface Arrival {
  readonly at: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly shown: number;
}

/** Long enough that a feed a second does not make it jump. */
const RATE_MS = 10_000;

/** The arrivals of the last ten seconds. */
export const recentArrivals = (arrivals: readonly Arrival[], now: number): Arrival[] =>
  arrivals.filter(({ at }) => at > now - RATE_MS);

/** Events a second over the last ten seconds, and whether only a sample of them is shown. */
export function rateOf(
  arrivals: readonly Arrival[],
  now: number,
): { accepted: number; rejected: number; isSampled: boolean } {
  const recent = recentArrivals(arrivals, now);
  const sum = (count: (arrival: Arrival) => number): number => recent.reduce((all, each) => all + count(each), 0);
  const [accepted, rejected] = [sum((each) => each.accepted), sum((each) => each.rejected)];
  return {
    accepted: (accepted / RATE_MS) * 1000,
    rejected: (rejected / RATE_MS) * 1000,
    isSampled: sum((each) => each.shown) < accepted + rejected,
  };
}

/** The text of an event with a line for each field; as it is when it was cut, or is not JSON at all. */
export function spacedOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
