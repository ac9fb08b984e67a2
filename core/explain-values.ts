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

const cut = (text: string): string => (text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);

/** JSON text with the keys of objects in order, so that equal values have the same. Ends soon after `limit` characters. */
const orderedJson = (value: JsonValue, limit: number): string => {
  let text = "";
  const write = (part: JsonValue): void => {
    if (part === null || typeof part !== "object") {
      text += JSON.stringify(part);
      return;
    }
    const [open, close] = Array.isArray(part) ? "[]" : "{}";
    text += open;
    for (const [index, key] of (Array.isArray(part) ? [...part.keys()] : Object.keys(part).toSorted()).entries()) {
      if (text.length > limit) return;
      if (index > 0) text += ",";
      if (typeof key === "string") text += `${JSON.stringify(key)}:`;
      write((part as Readonly<Record<string | number, JsonValue>>)[key] ?? null);
    }
    text += close;
  };
  write(value);
  return text;
};

const shownPart = (value: JsonValue): JsonValue => {
  if (typeof value === "string") return cut(value);
  return value === null || typeof value !== "object" ? value : cut(orderedJson(value, SHOWN_CHARACTERS));
};

/**
 * A value under a name; null when there is none. Of a list 20 items are shown, of a text 200 characters, and as many of the
 * JSON text of what is an object or inside a list: what a caller sends cannot make an explanation large.
 */
export const shownValue = (name: string, value: JsonValue | undefined): ExplainedValues =>
  Array.isArray(value) ? shownList(name, value, shownPart) : { [name]: shownPart(value ?? null) };

/** How many characters are shown before the first that differs. */
const SHOWN_BEFORE = 50;

/**
 * Two values that were compared, objects and lists as JSON text. Of long ones the 200 characters around where they begin to
 * differ, so that those that differ look different. Takes time with their length: nothing that a caller sends.
 */
export const shownPair = (value: JsonValue, actual: JsonValue | undefined): ExplainedValues => {
  const other = actual ?? null;
  const [text, otherText] = [textOf(value), textOf(other)];
  const difference = firstDifference(text, otherText);
  const start = difference > SHOWN_CHARACTERS - SHOWN_BEFORE ? difference - SHOWN_BEFORE : 0;
  const shown = (part: JsonValue, whole: string): JsonValue => {
    if (typeof part === "number" || typeof part === "boolean" || part === null) return part;
    return start === 0 ? cut(whole) : `…${cut(whole.slice(start))}`;
  };
  return { value: shown(value, text), actual: shown(other, otherText) };
};

const textOf = (value: JsonValue): string => (typeof value === "string" ? value : orderedJson(value, Infinity));

/** 0 for texts that are the same. */
const firstDifference = (one: string, other: string): number => {
  if (one === other) return 0;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
};
