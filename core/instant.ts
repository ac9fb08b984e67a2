import type { JsonValue } from "../contract/json.ts";

const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])([01]\d|2[0-3]):?([0-5]\d))?)?$/;

/** What a `Date` can hold, in ms to both sides of 1970. */
const MAX_MS = 8.64e15;

/** Days from 1970 to a date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`). */
const dayNumber = (year: number, month: number, day: number): number => {
  // Years begin in March here, so that the leap day is the last one.
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
};

const daysIn = (year: number, month: number): number =>
  (month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1)) - dayNumber(year, month, 1);

/**
 * An instant in ms since 1970: a number is one already, a text is ISO 8601 with a date, and UTC where it names no zone.
 * Digits beyond the millisecond are dropped. `undefined` for anything else, a 30th of February included.
 */
export const instantOf = (value: JsonValue | undefined): number | undefined => {
  if (typeof value === "number") return Math.abs(value) <= MAX_MS ? value : undefined;
  const match = typeof value === "string" ? ISO_8601.exec(value) : null;
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0] = match.slice(1, 4).map(Number);
  const [hours, minutes, seconds, fraction, sign, zoneHours, zoneMinutes] = match.slice(4);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  const zone = Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0);
  const minuteOfDay = Number(hours ?? 0) * 60 + Number(minutes ?? 0) - (sign === "-" ? -zone : zone);
  const ms = Number((fraction ?? "").slice(0, 3).padEnd(3, "0"));
  return ((dayNumber(year, month, day) * 1_440 + minuteOfDay) * 60 + Number(seconds ?? 0)) * 1_000 + ms;
};
