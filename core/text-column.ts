import type { Texts } from "../contract/encoded-ruleset.ts";
import { sequentialTexts } from "./columns.ts";

/** Texts by place, from 0. Nothing is done before the first one is asked for. */
export interface TextColumn {
  textAt(place: number): string;
  /** The last place that has the text; −1 when there is none. */
  placeOf(text: string): number;
}

/** Texts as they are. */
export class PlainColumn implements TextColumn {
  readonly #column: Texts;
  readonly #count: number;
  #texts: readonly string[] | undefined;
  #places: ReadonlyMap<string, number> | undefined;

  constructor(column: Texts, count: number) {
    this.#column = column;
    this.#count = count;
  }

  textAt(place: number): string {
    return this.#all()[place] ?? "";
  }

  placeOf(text: string): number {
    return (this.#places ??= placesOf(this.#all())).get(text) ?? -1;
  }

  #all(): readonly string[] {
    return (this.#texts ??= sequentialTexts(this.#column, this.#count));
  }
}

/** So many texts are searched for before a map of all is made, which takes as long as some hundred searches. */
const MAX_SEARCHES = 64;

/** Texts that are made of other things, which can be searched for a text sooner than a map of all texts is made. */
export abstract class SearchedColumn implements TextColumn {
  protected readonly count: number;
  #searches = 0;
  #places: ReadonlyMap<string, number> | undefined;

  constructor(count: number) {
    this.count = count;
  }

  abstract textAt(place: number): string;

  /** The last place that has the text; −1 when there is none. */
  protected abstract search(text: string): number;

  placeOf(text: string): number {
    if (this.#places === undefined && this.#searches++ < MAX_SEARCHES) return this.search(text);
    this.#places ??= placesOf(Array.from({ length: this.count }, (_, place) => this.textAt(place)));
    return this.#places.get(text) ?? -1;
  }
}

const placesOf = (texts: readonly string[]): ReadonlyMap<string, number> =>
  new Map(texts.map((text, place) => [text, place]));
