import type { RecentEvent } from "./unit-state.ts";

/** What one side reads from a unit's events, in order of `at`. */
export interface Series {
  /** ms since 1970. */
  readonly at: number[];
  /** In millionths; NaN where the event has no number that can be read. */
  readonly values: number[];
  /** The term of the variant key that gets credit, −1 for none. */
  readonly teams: number[];
}

/** By the term of the side. */
export type SeriesBySide = ReadonlyMap<number, Series>;

/** The readings of events, which come in order of `at`, by side: metrics ask for one side at a time. */
export const seriesOf = (events: readonly RecentEvent[]): SeriesBySide => {
  const bySide = new Map<number, Series>();
  for (const event of events) {
    if (event.kind !== "metric") continue;
    const { at, readings, team = -1 } = event;
    for (const { side, value = Number.NaN } of readings) {
      let series = bySide.get(side);
      if (series === undefined) bySide.set(side, (series = { at: [], values: [], teams: [] }));
      series.at.push(at);
      series.values.push(value);
      series.teams.push(team);
    }
  }
  return bySide;
};
