import { hash32 } from "./hash.ts";

/** Any four different numbers. */
const SEEDS = [0, 0x9747b28c, 0x3c6ef372, 0x5bd1e995];

/**
 * 128 bits of a text as 32 hex digits: four MurmurHash3, each over the text behind one more space.
 *
 * Seeds alone do not do. The function takes a word of four bytes at a time, and there are pairs of neighbouring words whose
 * differences cancel out whatever the state was before them: two of the texts "unit 0" to "unit 999999" are the same under
 * every seed with another two. Behind a space all words are other ones.
 */
export const wideHash = (text: string): string =>
  SEEDS.map((seed, spaces) =>
    hash32(" ".repeat(spaces) + text, seed)
      .toString(16)
      .padStart(8, "0"),
  ).join("");
