import type { EncodedWords, Numbers, Texts } from "../contract/encoded-ruleset.ts";
import { joinTexts, packNumbers } from "./columns.ts";
import { type Template, type TemplatedText, templateOf } from "./template.ts";

/**
 * Texts as a column, by their words where that is shorter: people name things with the same words again and again, and a word
 * of few is one digit, which is less than compression makes of it. `beside` has a text for each, whose words are likely to
 * be found in it.
 */
export const packWords = (texts: readonly string[], beside: readonly string[] = []): Texts | EncodedWords => {
  const joined = joinTexts(texts);
  if (joined === "") return joined;
  const encoded = encodeWords(texts.map((text, place) => templateOf(text, templateOf(beside[place] ?? "").words)));
  return JSON.stringify(encoded).length < JSON.stringify(joined).length ? encoded : joined;
};

const encodeWords = (texts: readonly TemplatedText[]): EncodedWords => {
  const templates = byFrequency(texts.map(({ template }) => JSON.stringify(template)));
  const width = texts.reduce((most, { words }) => Math.max(most, words.length), 0);
  const columns = Array.from({ length: width }, (_, number) => byFrequency(texts.map(({ words }) => words[number])));
  return {
    templates: templates.items.map((template) => JSON.parse(template) as Template),
    template: templates.numbers,
    words: columns.map(({ items }) => joinTexts(items)),
    word: columns.map(({ numbers }) => numbers),
  };
};

/** Distinct texts, the most frequent ones first, and the place of each text among them; 0 for what is missing. */
const byFrequency = (
  texts: readonly (string | undefined)[],
): { readonly items: readonly string[]; readonly numbers: Numbers } => {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  const items = [...counts].toSorted(([, a], [, b]) => b - a).map(([text]) => text);
  const places = new Map(items.map((text, place) => [text, place]));
  return { items, numbers: packNumbers(texts.map((text) => (text === undefined ? 0 : (places.get(text) ?? 0)))) };
};
