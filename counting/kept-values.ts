import { hashOfText } from "./text-hash.ts";

/** How many values of a dimension of one experiment a reader of a shard gets. */
export const SHOWN_VALUES = 256;

/**
 * How many are kept: more than are shown, because a value can come and go again while events arrive out of order, and what
 * it drove out meanwhile cannot come back.
 */
const KEPT_VALUES = 2 * SHOWN_VALUES;

export interface Rank {
  readonly hash: number;
  readonly value: string;
}

export const rankOf = (value: string): Rank => ({ hash: hashOfText(value), value });

/** An order of values that has nothing to do with the order in which they come, and is the same on every shard. */
export const isBefore = (a: Rank, b: Rank): boolean => a.hash < b.hash || (a.hash === b.hash && a.value < b.value);

/** The values of one dimension of one experiment that are kept apart: those with the smallest hashes. */
export class KeptValues {
  readonly #counts = new Map<string, number>();
  #bound: Rank | undefined;

  /** Values from this rank on are not kept any more; undefined while all of them are. */
  get bound(): Rank | undefined {
    return this.#bound;
  }

  isKept(value: string): boolean {
    return this.#bound === undefined || isBefore(rankOf(value), this.#bound);
  }

  /** Takes a new row of a value into account; the values that are not kept any more from now on. */
  insert(value: string): string[] {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    if (this.#counts.size <= KEPT_VALUES) return [];
    let last = rankOf(value);
    for (const other of this.#counts.keys()) {
      const rank = rankOf(other);
      if (isBefore(last, rank)) last = rank;
    }
    return this.lower(last);
  }

  /** Forgets a row of a value. */
  remove(value: string): void {
    const count = this.#counts.get(value) ?? 0;
    if (count > 1) this.#counts.set(value, count - 1);
    else this.#counts.delete(value);
  }

  /** Lowers the bound; the values that are not kept any more from now on. */
  lower(bound: Rank): string[] {
    if (this.#bound !== undefined && !isBefore(bound, this.#bound)) return [];
    this.#bound = bound;
    return [...this.#counts.keys()].filter((value) => !isBefore(rankOf(value), bound));
  }

  /** The values that a reader gets. */
  shown(): ReadonlySet<string> {
    const values = [...this.#counts.keys()];
    if (values.length <= SHOWN_VALUES) return new Set(values);
    return new Set(
      values
        .map(rankOf)
        .toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
        .slice(0, SHOWN_VALUES)
        .map(({ value }) => value),
    );
  }
}
