import type { JsonValue } from "../contract/json.ts";

/** How many items of a list are shown. */
const SHOWN_ITEMS = 20;
/** How many characters of a text are shown. */
const SHOWN_CHARACTERS = 200;

export type ExplainedValues = { [name: string]: JsonValue };

/** The first items under a name, and how many there are where those are not all: `{keys: […], keys_count: 1000}`. */
export const shownList = <Item>(
  name: string,
  items: readonly Item[],
  shown: (item: Item) => JsonValue,
): ExplainedValues => ({
  [name]: items.slice(0, SHOWN_ITEMS).map(shown),
  ...(items.length > SHOWN_ITEMS && { [`${name}_count`]: items.length }),
});

const shownPart = (value: JsonValue): JsonValue => {
  if (typeof value === "string")
    return value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value;
  if (value === null || typeof value !== "object") return value;
  return Array.isArray(value) ? `a list of ${value.length}` : `an object with ${Object.keys(value).length} keys`;
};

/**
 * A value under a name; null when there is none. Of a list 20 items are shown, of a text 200 characters, and of what is inside
 * only the size: what a caller sends cannot make an explanation large.
 */
export const shownValue = (name: string, value: JsonValue | undefined): ExplainedValues =>
  Array.isArray(value) ? shownList(name, value, shownPart) : { [name]: shownPart(value ?? null) };
