import type { EncodedIds, Texts } from "../contract/encoded-ruleset.ts";
import { joinTexts, packOffsets, unpackOffsets } from "./columns.ts";
import { PlainColumn, SearchedColumn, type TextColumn } from "./text-column.ts";

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
    steps: packOffsets(times.map((time, place) => time - (times[place - 1] ?? time))),
    tails: made.map((match) => match?.[2] ?? "").join(""),
  };
};

/** The inverse of {@link packIds} for `count` ids, each made when it is asked for. */
export const idColumn = (packed: Texts | EncodedIds, count: number): TextColumn =>
  areMade(packed) ? new ColumnOfIds(packed, count) : new PlainColumn(packed, count);

class ColumnOfIds extends SearchedColumn {
  readonly #packed: EncodedIds;
  #times: Float64Array | undefined;

  constructor(packed: EncodedIds, count: number) {
    super(count);
    this.#packed = packed;
  }

  override textAt(place: number): string {
    return `exp_${digitsOf(this.#allTimes()[place] ?? 0)}${this.#tailAt(place)}`;
  }

  protected override search(id: string): number {
    const [, digits, tail] = MADE.exec(id) ?? [];
    if (digits === undefined) return -1;
    const times = this.#allTimes();
    const time = timeOf(digits);
    let place = times.lastIndexOf(time);
    while (place > 0 && this.#tailAt(place) !== tail) place = times.lastIndexOf(time, place - 1);
    return place >= 0 && this.#tailAt(place) === tail ? place : -1;
  }

  #tailAt(place: number): string {
    return this.#packed.tails.slice(place * TAIL_LENGTH, (place + 1) * TAIL_LENGTH);
  }

  #allTimes(): Float64Array {
    return (this.#times ??= unpackTimes(this.#packed, this.count));
  }
}

/** The times in ids, in ms since 1970; all of them 0 where ids are texts. */
export const unpackTimes = (packed: Texts | EncodedIds, count: number): Float64Array => {
  if (!areMade(packed)) return new Float64Array(count);
  const times = unpackOffsets(packed.steps, count);
  for (let place = 0; place < count; place++) times[place] = (times[place] ?? 0) + (times[place - 1] ?? packed.from);
  return times;
};

const areMade = (packed: Texts | EncodedIds): packed is EncodedIds => typeof packed === "object" && "tails" in packed;
