import type { Context } from "../contract/decision.ts";
import type { JsonValue } from "../contract/json.ts";

/** Reads one attribute; `undefined` when the context does not have it. */
export type Attribute = (context: Context) => JsonValue | undefined;

const own = (value: JsonValue | undefined, key: string): JsonValue | undefined =>
  value !== null && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, key)
    ? value[key]
    : undefined;

/**
 * The attribute that a name addresses: the context's own key of exactly that name, else a dot path into nested objects.
 * Only own properties count, so `constructor` or `__proto__` find nothing unless the caller sent them.
 */
export const attributeAt = (name: string): Attribute => {
  if (!name.includes(".")) return (context) => own(context, name);
  const path = name.split(".");
  return (context) => {
    if (Object.hasOwn(context, name)) return context[name];
    let value: JsonValue | undefined = context;
    for (const key of path) value = own(value, key);
    return value;
  };
};
