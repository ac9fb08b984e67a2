/** What is between a text's words, and numbers in place of them, see `EncodedWords`. */
export type Template = readonly (string | number)[];

export interface TemplatedText {
  readonly template: Template;
  /** By their number in the template. */
  readonly words: readonly string[];
}

/** Texts with more distinct words are unlikely to be like others: each is a template without words. */
const MAX_WORDS = 64;

/** A text by its template. `beside` are words that have negative numbers, from −1 on. */
export const templateOf = (text: string, beside: readonly string[] = []): TemplatedText => {
  const numbers = new Map(beside.map((word, place) => [word, -1 - place]));
  const words: string[] = [];
  const template: (string | number)[] = [];
  // What the expression captures is at every other place.
  for (const [place, part] of text.split(/([\p{L}\p{N}]+)/u).entries()) {
    if (place % 2 === 1) {
      const number = numbers.get(part) ?? words.push(part) - 1;
      numbers.set(part, number);
      template.push(number);
    } else if (part !== "") template.push(part);
  }
  return words.length > MAX_WORDS ? { template: [text], words: [] } : { template, words };
};
