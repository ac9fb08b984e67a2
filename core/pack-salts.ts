import type { EncodedExperiments } from "../contract/encoded-ruleset.ts";
import { SEPARATOR, splitTexts } from "./columns.ts";
import { derivedSalt } from "./derived.ts";
import { type PackedTexts, packTexts } from "./hash.ts";

/** The bytes of a derived salt. */
const BYTES = 8;

/** The salts of all experiments, ready to be hashed. */
export const packSalts = (encoded: EncodedExperiments): PackedTexts => {
  const derived =
    encoded.salts === "" && typeof encoded.ids === "string" ? packDerived(encoded.ids, encoded.count) : undefined;
  if (derived) return derived;
  const salts = splitTexts(encoded.salts, encoded.count);
  return packTexts(splitTexts(encoded.ids, encoded.count).map((id, place) => salts[place] || derivedSalt(id)));
};

/**
 * The salts that follow from ids, read from the column as it is: no text is cut out of it. `undefined` unless all ids are
 * ASCII and long enough.
 */
const packDerived = (ids: string, count: number): PackedTexts | undefined => {
  const words = new Int32Array(count * 2);
  const first = new Uint32Array(count);
  const bytes = new Uint32Array(count).fill(BYTES);
  let start = 0;
  for (let place = 0; place < count; place++) {
    const separator = ids.indexOf(SEPARATOR, start);
    const end = separator < 0 ? ids.length : separator;
    if (end - start < BYTES) return undefined;
    first[place] = place * 2;
    for (let half = 0; half < 2; half++) {
      let word = 0;
      for (let index = 0; index < 4; index++) {
        const code = ids.charCodeAt(end - BYTES + half * 4 + index);
        if (code >= 0x80) return undefined;
        word |= (code >= 0x41 && code <= 0x5a ? code + 0x20 : code) << (index * 8);
      }
      words[place * 2 + half] = word;
    }
    start = end + 1;
  }
  return { words, first, bytes };
};
