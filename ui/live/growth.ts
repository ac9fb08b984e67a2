/** How many there were at an instant, in ms since 1970. */
export interface Reading {
  readonly at: number;
  readonly count: number;
}

/** As many as a chart of five minutes needs, and a minute more. */
const KEPT_MS = 360_000;

/** The readings with one more, without those that are too old. A count that falls begins anew: it is of something else. */
export function withReading(readings: readonly Reading[], next: Reading): Reading[] {
  const last = readings.at(-1);
  if (last !== undefined && next.count < last.count) return [next];
  return [...readings.filter(({ at }) => at >= next.at - KEPT_MS && at < next.at), next];
}

/** The count at an instant: that of the last reading before it, or of the first one. 0 without any. */
const countAt = (readings: readonly Reading[], at: number): number =>
  (readings.findLast((reading) => reading.at <= at) ?? readings[0])?.count ?? 0;

/** By how much the count has grown in the last so many ms, as far as it was watched. */
export function growthOver(readings: readonly Reading[], ms: number): number {
  const last = readings.at(-1);
  return last === undefined ? 0 : last.count - countAt(readings, last.at - ms);
}

/**
 * By how much it has grown in each of the last `count` steps of `stepMs`, oldest first; the last is the one of the newest
 * reading. Steps lie where the clock's multiples of `stepMs` are, so that a bar keeps its height once its time is over.
 */
export function growthBySteps(readings: readonly Reading[], count: number, stepMs: number): number[] {
  const last = readings.at(-1);
  if (last === undefined) return Array.from({ length: count }, () => 0);
  const start = (Math.floor(last.at / stepMs) + 1 - count) * stepMs;
  return Array.from(
    { length: count },
    (_, step) => countAt(readings, start + (step + 1) * stepMs - 1) - countAt(readings, start + step * stepMs - 1),
  );
}
