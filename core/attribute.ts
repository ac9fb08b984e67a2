import type { Context, Units } from "../contract/decision.ts";
import type { JsonValue } from "../contract/json.ts";

/** Whom targeting looks at. */
export interface Subject {
  readonly context: Context;
  /** By type. */
  readonly units: Units;
}

/** Reads one attribute; `undefined` when the subject does not have it, or has null there. */
export type Attribute = (subject: Subject) => Exclude<JsonValue, null> | undefined;

/**
 * What an object has itself under a key. The objects of JSON inherit functions and other objects only, so a text, number or
 * boolean that is found is their own, and it need not be asked for twice.
 */
const own = (value: JsonValue | undefined, key: string): JsonValue | undefined => {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const found = value[key];
  if (typeof found === "string" || typeof found === "number" || typeof found === "boolean") return found;
  return Object.hasOwn(value, key) ? found : undefined;
};

/**
 * The attribute that a name addresses: the context's own key of exactly that name, else a dot path into its nested objects,
 * else the unit of that type. Null counts as missing in each of them. Only own properties count, so `constructor` or
 * `__proto__` find nothing unless the caller sent them.
 */
export const attributeAt = (name: string): Attribute => {
  const path = name.includes(".") ? name.split(".") : undefined;
  const readElsewhere: Attribute = ({ context, units }) => {
    const exact = own(context, name);
    if (exact !== undefined && exact !== null) return exact;
    if (path) {
      let value: JsonValue | undefined = context;
      for (const key of path) value = own(value, key);
      if (value !== undefined && value !== null) return value;
    }
    return Object.hasOwn(units, name) ? units[name] : undefined;
  };
  return (subject) => {
    // Nearly every attribute is found here, and as `own` says, what is of these types is the context's own.
    const found = subject.context[name];
    return typeof found === "string" || typeof found === "number" || typeof found === "boolean"
      ? found
      : readElsewhere(subject);
  };
};
