import type { FlagType } from "../../contract/flag.ts";
import type { JsonValue } from "../../contract/json.ts";

/**
 * What a person typed as a value of the type, as it is sent. What cannot be read is sent as the text it is: the server says what
 * is wrong with it, in one place for everybody. Nothing typed leaves the value to the caller's code.
 */
export const valueFrom = (type: FlagType, text: string): JsonValue => {
  if (type === "string") return text;
  if (text.trim() === "") return null;
  try {
    const value = JSON.parse(text) as JsonValue;
    // Sent as JSON, a number too great to hold would be null: nothing typed.
    return typeof value === "number" && !Number.isFinite(value) ? text : value;
  } catch {
    return text;
  }
};

/** What a new flag of the type begins with. */
export const FIRST_VALUE: Readonly<Record<FlagType, string>> = {
  boolean: "false",
  string: "",
  integer: "0",
  float: "0",
  object: "{}",
};
