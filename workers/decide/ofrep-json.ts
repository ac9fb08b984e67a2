import type { FlagType } from "../../contract/flag.ts";
import type { JsonValue } from "../../contract/json.ts";

const DIGITS = /^-?\d+$/;

/**
 * A flag's value as JSON text from which a client that tells whole numbers from others reads the flag's type: a float is
 * never written as whole (`1.0`, where `JSON.stringify` writes `1`), an integer always is (`10`).
 */
export const typedJson = (value: JsonValue, type: FlagType): string => {
  const text = JSON.stringify(value);
  return type === "float" && typeof value === "number" && DIGITS.test(text) ? `${text}.0` : text;
};
