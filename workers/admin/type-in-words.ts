import type { FlagType } from "../../contract/flag.ts";

const words: Record<FlagType, string> = {
  boolean: "true or false",
  string: "text",
  integer: "a whole number of 32 bits",
  float: "a number",
  object: "an object",
};

/** What a value of a flag's type is. */
export const typeInWords = (type: FlagType): string => words[type];
