const MINUTE_MS = 60_000;

/**
 * The unit of a switchback test: it gets a new bucket when a window of so many minutes ends, so that everything in one
 * window is treated alike. Windows are counted from 1970; `now` in ms since then.
 */
export const switchbackUnit = (unit: string, minutes: number, now: number): string =>
  `${unit}@${Math.floor(now / (minutes * MINUTE_MS))}`;
