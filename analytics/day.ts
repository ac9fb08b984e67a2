export const DAY_MS = 86_400_000;

/** A UTC day as analysis counts it, in days since 1970-01-01, written `YYYY-MM-DD`. */
export const dayText = (day: number): string =>
  // oxlint-disable-next-line no-restricted-globals -- the rule keeps the clock out; of a given time Date is a pure function
  new Date(day * DAY_MS).toISOString().slice(0, 10);
