import { hash32 } from "./hash.ts";

/** Any number but 0 and the other one, so that the halves of a hash are independent. */
const SECOND_SEED = 0x9747b28c;

const hexOf = (word: number): string => word.toString(16).padStart(8, "0");

/**
 * What stands for a unit in a ruleset, so that nobody who downloads one reads user ids in it: 16 hex digits, two MurmurHash3
 * of `unit_type + ":" + unit`. It hides ids from a reader; whoever has an id can check whether it is there.
 */
export const unitHash = (unitType: string, unit: string): string => {
  const key = `${unitType}:${unit}`;
  return hexOf(hash32(key)) + hexOf(hash32(key, SECOND_SEED));
};
