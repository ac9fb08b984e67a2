import type { Outcome } from "./outcome.ts";

/** The outcomes that carry a variant, by place, kept in order as they come. One is used again and again. */
export interface Outcomes {
  readonly set: (place: number, outcome: Outcome) => void;
  readonly remove: (place: number) => void;
  /** Visits the outcomes in order of place, and forgets them. */
  readonly drain: (visit: (place: number, outcome: Outcome) => void) => void;
  readonly clear: () => void;
}

/** A bit a place, and a bit for each 32 of those: thousands of places are put in order for less than it costs to sort ten. */
export const makeOutcomes = (count: number): Outcomes => {
  const outcomes = new Uint16Array(count);
  const bits = new Int32Array((count + 31) >>> 5);
  const groups = new Int32Array((bits.length + 31) >>> 5);
  return {
    set: (place, outcome) => {
      outcomes[place] = outcome;
      bits[place >>> 5] = (bits[place >>> 5] ?? 0) | (1 << (place & 31));
      groups[place >>> 10] = (groups[place >>> 10] ?? 0) | (1 << ((place >>> 5) & 31));
    },
    remove: (place) => {
      bits[place >>> 5] = (bits[place >>> 5] ?? 0) & ~(1 << (place & 31));
    },
    drain: (visit) => {
      for (let group = 0; group < groups.length; group++) {
        let words = groups[group] ?? 0;
        groups[group] = 0;
        for (; words !== 0; words &= words - 1) {
          const word = (group << 5) + lowestBit(words);
          let places = bits[word] ?? 0;
          bits[word] = 0;
          for (; places !== 0; places &= places - 1) {
            const place = (word << 5) + lowestBit(places);
            visit(place, outcomes[place] ?? 0);
          }
        }
      }
    },
    clear: () => {
      bits.fill(0);
      groups.fill(0);
    },
  };
};

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);
