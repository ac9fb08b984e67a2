import type { EncodedIds, Texts } from "../contract/encoded-ruleset.ts";
import { joinTexts, packSteps, sequentialTexts, unpackSteps } from "./columns.ts";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_DIGITS = 10;

/** How many characters of an id are random, and make the salt. */
export const TAIL_LENGTH = 8;

const MADE = /^exp_([0-9A-HJKMNP-TV-Z]{10})([0-9A-HJKMNP-TV-Z]{8})$/;

/** Up to 2^50, so exact. */
const timeOf = (digits: string): number => {
  let time = 0;
  for (const digit of digits) time = time * 32 + CROCKFORD.indexOf(digit);
  return time;
};

const digitsOf = (time: number): string => {
  let digits = "";
  for (let rest = time, place = 0; place < TIME_DIGITS; place++, rest = Math.floor(rest / 32))
    digits = CROCKFORD.charAt(rest % 32) + digits;
  return digits;
};

/**
 * Ids of experiments as a column. Where all are as `d1/id.ts` makes them, which is the rule, the times become the steps from each
 * to the next: ids are stored in order, so most of a time is the same as that before.
 */
export const packIds = (ids: readonly string[]): Texts | EncodedIds => {
  const made = ids.map((id) => MADE.exec(id));
  const times = made.map((match) => timeOf(match?.[1] ?? ""));
  const isMade = ids.length > 0 && made.every((match) => match !== null);
  if (!isMade) return joinTexts(ids);
  return {
    from: times[0] ?? 0,
    steps: packSteps(times),
    tails: made.map((match) => match?.[2] ?? "").join(""),
  };
};

/** The inverse of {@link packIds} for `count` ids. */
export const unpackIds = (packed: Texts | EncodedIds, count: number): readonly string[] => {
  if (typeof packed === "string" || !("tails" in packed)) return sequentialTexts(packed, count);
  return Array.from(
    unpackSteps(packed.steps, count, packed.from),
    (time, place) => `exp_${digitsOf(time)}${packed.tails.slice(place * TAIL_LENGTH, (place + 1) * TAIL_LENGTH)}`,
  );
};
