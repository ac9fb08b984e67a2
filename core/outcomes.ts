import type { Outcome } from "./outcome.ts";

/**
 * The outcomes that carry a variant, by place. One is used again and again. A bit a place, and a bit for each 32 of those, put
 * thousands of places in order for less than it costs to sort ten.
 */
export class Outcomes {
  /** Where {@link drain} leaves places. */
  readonly places: Int32Array;
  /** By place; what it says of a place that {@link drain} did not leave is of an earlier request. */
  readonly outcomes: Uint16Array;
  readonly #bits: Int32Array;
  readonly #groups: Int32Array;

  constructor(count: number) {
    this.places = new Int32Array(count);
    this.outcomes = new Uint16Array(count);
    this.#bits = new Int32Array((count + 31) >>> 5);
    this.#groups = new Int32Array((this.#bits.length + 31) >>> 5);
  }

  set(place: number, outcome: Outcome): void {
    const word = place >>> 5;
    const members = this.#bits[word] ?? 0;
    this.outcomes[place] = outcome;
    this.#bits[word] = members | (1 << (place & 31));
    if (members === 0) this.#groups[word >>> 5] = (this.#groups[word >>> 5] ?? 0) | (1 << (word & 31));
  }

  remove(place: number): void {
    const word = place >>> 5;
    this.#bits[word] = (this.#bits[word] ?? 0) & ~(1 << (place & 31));
  }

  /** Writes the places with an outcome to {@link places}, in order, and says how many there are. They are forgotten then. */
  drain(): number {
    const bits = this.#bits;
    const groups = this.#groups;
    const places = this.places;
    let count = 0;
    for (let group = 0; group < groups.length; group++) {
      let words = groups[group] ?? 0;
      if (words === 0) continue;
      groups[group] = 0;
      for (; words !== 0; words &= words - 1) {
        const word = (group << 5) + lowestBit(words);
        let members = bits[word] ?? 0;
        bits[word] = 0;
        for (; members !== 0; members &= members - 1) places[count++] = (word << 5) + lowestBit(members);
      }
    }
    return count;
  }

  clear(): void {
    this.#bits.fill(0);
    this.#groups.fill(0);
  }
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);
