/** Distinct things, each numbered by its first appearance. */
export interface Interner<Item> {
  readonly items: readonly Item[];
  /** The number of the item that `key` stands for; `make` makes it when it is new. */
  readonly numberOf: (key: unknown, make: () => Item) => number;
}

export const makeInterner = <Item>(): Interner<Item> => {
  const items: Item[] = [];
  const numbers = new Map<unknown, number>();
  return {
    items,
    numberOf: (key, make) => {
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, items.length);
      return items.push(make()) - 1;
    },
  };
};
