const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const several = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"} ago`;

/** How long ago, in words: `just now`, `12 s ago`, `4 min ago`, `3 h ago`, `2 days ago`. */
export function formatAgo(elapsedMs: number): string {
  if (elapsedMs < 5 * SECOND) return "just now";
  if (elapsedMs < MINUTE) return `${Math.floor(elapsedMs / SECOND)} s ago`;
  if (elapsedMs < HOUR) return `${Math.floor(elapsedMs / MINUTE)} min ago`;
  if (elapsedMs < DAY) return `${Math.floor(elapsedMs / HOUR)} h ago`;
  return several(Math.floor(elapsedMs / DAY), "day");
}

/** Which day of a run it is, from 1. Both in ms since 1970. */
export const dayOfRun = (startedAt: number, now: number): number =>
  Math.max(1, Math.floor((now - startedAt) / DAY) + 1);

/** `21 Nov 2026` in the reader's zone. */
export const formatDate = (at: number): string =>
  new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" }).format(at);

/** `21 Nov 2026, 12:04` in the reader's zone. */
export const formatDateTime = (at: number): string =>
  new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(at);

/** `12:04:31` in the reader's zone. */
export const formatClock = (at: number): string => new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }).format(at);

/** A UTC day such as `2026-11-21` as `21 Nov`. */
export const formatDay = (day: string): string =>
  new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(Date.parse(day));
