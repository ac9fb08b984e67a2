import type { FlagType } from "./flag.ts";
import type { JsonValue } from "./json.ts";

const INT32_MAX = 2 ** 31 - 1;

const checks: Record<FlagType, (value: JsonValue) => boolean> = {
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  integer: (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= -INT32_MAX - 1 && value <= INT32_MAX,
  float: (value) => typeof value === "number" && Number.isFinite(value),
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** Whether a value is of a flag's type. An integer fits 32 bits with its sign, because typed clients read it into that. */
export const isOfType = (type: FlagType, value: JsonValue): boolean => checks[type](value);

/**
 * The value of a flag for a variant of the experiment that hangs on it: the variant's payload when that is of the flag's
 * type. Otherwise a boolean is false for the control and true for the others, and a string is the variant's key; for other
 * types there is none, and somebody has to say it.
 */
export const valueOfVariant = (
  type: FlagType,
  variant: { readonly key: string; readonly is_control: boolean; readonly config: JsonValue },
): JsonValue | undefined => {
  if (isOfType(type, variant.config)) return variant.config;
  if (type === "boolean") return !variant.is_control;
  return type === "string" ? variant.key : undefined;
};
