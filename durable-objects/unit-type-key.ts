import { idOfText } from "../counting/text-hash.ts";
import type { Terms } from "../counting/terms.ts";

/** Terms are in memory for good, and whoever has a key that is on a web page can send events of types that nobody has heard of. */
const MAX_TERMS_FOR_TYPES = 10_000;

/**
 * A unit type as a key of the database: its term, as long as there are few; then a hash, below 0. A type keeps its key, because a
 * text that was not among the first terms never will be.
 */
export const unitTypeKey = (unitType: string, terms: Terms): number => {
  const known = terms.findId(unitType);
  if (known !== undefined && known < MAX_TERMS_FOR_TYPES) return known;
  return terms.size < MAX_TERMS_FOR_TYPES ? terms.idOf(unitType) : -1 - idOfText(unitType);
};
