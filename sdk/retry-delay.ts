const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/**
 * How long to wait before the next attempt, in ms: 1 s after the first failure, doubled each time up to a minute, of which a
 * random half (`random` over [0, 1)) is left out so that clients that failed together do not come back together.
 */
export const retryDelayMs = (failures: number, random: number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)) * (1 - random / 2);

/** What `Retry-After` asks for in ms (seconds or an HTTP date), 0 when it asks for nothing; never more than an hour. */
export const retryAfterMs = (header: string | null, now: number): number => {
  if (!header) return 0;
  const seconds = Number(header);
  const delay = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Number.isNaN(delay) ? 0 : Math.min(Math.max(delay, 0), 3_600_000);
};
