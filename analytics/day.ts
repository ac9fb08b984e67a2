export const DAY_MS = 86_400_000;

/** A UTC day as analysis counts it, in days since 1970-01-01, written `YYYY-MM-DD`. */
export const dayText = (day: number): string => {
  // Days and then months are counted in a calendar whose year begins on 1 March of −4715, so that a leap day comes last.
  // Source: E. G. Richards, "Calendars" (2013), in the Explanatory Supplement to the Astronomical Almanac.
  const julian = day + 2_440_588;
  const shifted = julian + 1363 + Math.floor((Math.floor((4 * julian + 274_277) / 146_097) * 3) / 4);
  const quarters = 4 * shifted + 3;
  const fifths = 5 * Math.floor((quarters % 1461) / 4) + 2;
  const month = ((Math.floor(fifths / 153) + 2) % 12) + 1;
  const year = Math.floor(quarters / 1461) - 4716 + (month <= 2 ? 1 : 0);
  return [year, month, Math.floor((fifths % 153) / 5) + 1].map((part) => String(part).padStart(2, "0")).join("-");
};
