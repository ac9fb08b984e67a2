import type { EncodedWords, Texts } from "../contract/encoded-ruleset.ts";
import { splitTexts, unpackNumbers } from "./columns.ts";
import { templateOf } from "./template.ts";
import { PlainColumn, SearchedColumn, type TextColumn } from "./text-column.ts";

export interface WordColumn extends TextColumn {
  /** The nth distinct word of a text, from 0. */
  wordAt(place: number, number: number): string;
}

/** The inverse of `packWords` for a column of `count` texts, and the same for the texts beside them. */
export const wordColumn = (column: Texts | EncodedWords, count: number, beside?: WordColumn): WordColumn =>
  typeof column === "object" && "templates" in column
    ? new ColumnOfWords(column, count, beside)
    : new ColumnOfTexts(column, count);

class ColumnOfTexts extends PlainColumn implements WordColumn {
  wordAt(place: number, number: number): string {
    return templateOf(this.textAt(place)).words[number] ?? "";
  }
}

interface Unpacked {
  readonly template: Int32Array;
  readonly words: readonly (readonly string[])[];
  readonly word: readonly Int32Array[];
}

class ColumnOfWords extends SearchedColumn implements WordColumn {
  readonly #column: EncodedWords;
  readonly #beside: WordColumn | undefined;
  #unpacked: Unpacked | undefined;

  constructor(column: EncodedWords, count: number, beside: WordColumn | undefined) {
    super(count);
    this.#column = column;
    this.#beside = beside;
  }

  wordAt(place: number, number: number): string {
    const { words, word } = this.#unpack();
    return words[number]?.[word[number]?.[place] ?? 0] ?? "";
  }

  override textAt(place: number): string {
    const { template, words, word } = this.#unpack();
    const parts: string[] = [];
    for (const part of this.#column.templates[template[place] ?? 0] ?? [])
      if (typeof part === "string") parts.push(part);
      else if (part >= 0) parts.push(words[part]?.[word[part]?.[place] ?? 0] ?? "");
      else parts.push(this.#beside?.wordAt(place, -1 - part) ?? "");
    // Joined, the text is one string; added up, it would be a tree of parts, which takes longer to compare.
    return parts.join("");
  }

  protected override search(text: string): number {
    const { template, words, word } = this.#unpack();
    const wanted = templateOf(text);
    const asJson = JSON.stringify(wanted.template);
    const number = this.#column.templates.findIndex((each) => JSON.stringify(each) === asJson);
    const numbers = wanted.words.map((each, column) => words[column]?.indexOf(each) ?? -1);
    if (number < 0 || numbers.includes(-1)) return -1;
    let place = template.lastIndexOf(number);
    while (place > 0 && !numbers.every((each, column) => word[column]?.[place] === each))
      place = template.lastIndexOf(number, place - 1);
    return place >= 0 && numbers.every((each, column) => word[column]?.[place] === each) ? place : -1;
  }

  #unpack(): Unpacked {
    return (this.#unpacked ??= {
      template: unpackNumbers(this.#column.template, new Int32Array(this.count)),
      words: this.#column.words.map((words) => splitTexts(words, 0)),
      word: this.#column.word.map((numbers) => unpackNumbers(numbers, new Int32Array(this.count))),
    });
  }
}
