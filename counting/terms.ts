/**
 * Texts that a shard names by small integers, in order of their appearance, so that what it stores of each unit is short.
 * Only grows: a number means the same text for good. Whoever stores what refers to terms stores the new terms with it.
 */
export class Terms {
  readonly #texts: string[];
  readonly #ids: Map<string, number>;

  constructor(initial: readonly string[] = []) {
    this.#texts = [...initial];
    this.#ids = new Map(this.#texts.map((text, id) => [text, id]));
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The text's number, a new one if it has none yet. */
  idOf(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.length;
    this.#texts.push(text);
    this.#ids.set(text, id);
    return id;
  }

  findId(text: string): number | undefined {
    return this.#ids.get(text);
  }

  /** Throws for a number that was never given. */
  textOf(id: number): string {
    const text = this.#texts[id];
    if (text === undefined) throw new Error(`There is no term ${id}.`);
    return text;
  }

  /** The terms beyond the first `size` ones: what is new since there were so many. */
  since(size: number): readonly string[] {
    return this.#texts.slice(size);
  }
}
