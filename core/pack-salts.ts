import type { EncodedExperiments } from "../contract/encoded-ruleset.ts";
import { splitTexts } from "./columns.ts";
import { derivedSalt } from "./derived.ts";
import { type PackedTexts, packTexts } from "./hash.ts";
import { TAIL_LENGTH, idColumn } from "./pack-ids.ts";

/** The salts of all experiments, ready to be hashed. */
export const packSalts = (encoded: EncodedExperiments): PackedTexts => {
  const { ids, count } = encoded;
  if (encoded.salts === "" && typeof ids === "object" && "tails" in ids) return packTails(ids.tails, count);
  const salts = splitTexts(encoded.salts, count);
  const made = idColumn(ids, count);
  return packTexts(salts.map((salt, place) => salt || derivedSalt(made.textAt(place))));
};

/** The salts that follow from ids as they are made, read from the column as it is: no text is cut out of it. */
const packTails = (tails: string, count: number): PackedTexts => {
  const words = new Int32Array(count * 2);
  for (let word = 0, at = 0; word < words.length; word++, at += 4)
    words[word] =
      lower(tails.charCodeAt(at)) |
      (lower(tails.charCodeAt(at + 1)) << 8) |
      (lower(tails.charCodeAt(at + 2)) << 16) |
      (lower(tails.charCodeAt(at + 3)) << 24);
  return {
    words,
    first: Uint32Array.from({ length: count }, (_, place) => place * 2),
    bytes: new Uint32Array(count).fill(TAIL_LENGTH),
  };
};

/** Digits stay, upper-case letters become lower-case ones. */
const lower = (code: number): number => (code >= 0x41 ? code | 0x20 : code);
