/** A uniform sample of a stream, in the order of the stream. */
export interface Sample<Item> {
  /** Offers the next `count` items of the stream; only those that are taken are asked for, by their place among them. */
  offer(count: number, itemAt: (index: number) => Item): void;
  /** The sample of everything that was offered. */
  items(): Item[];
}

/**
 * A sample of at most `size` items, `size` ≥ 1. `random` gives numbers in [0, 1).
 *
 * Li's algorithm L (ACM TOMS 20:4, 1994): how many items to leave out before the next one is taken is drawn, so the cost
 * grows with the logarithm of what is offered.
 */
export const createSample = <Item>(size: number, random: () => number): Sample<Item> => {
  const taken: { readonly place: number; readonly item: Item }[] = [];
  /** In (0, 1): `random` may give 0, whose logarithm is none. */
  const draw = (): number => 1 - random() || Number.MIN_VALUE;
  let offered = 0;
  let threshold = Math.exp(Math.log(draw()) / size);
  const skip = (): number => Math.floor(Math.log(draw()) / Math.log1p(-threshold)) + 1;
  /** The place of the next item that is taken once the sample is full. */
  let next = size - 1 + skip();
  return {
    offer(count, itemAt) {
      const end = offered + count;
      for (let place = offered; place < end && taken.length < size; place++)
        taken.push({ place, item: itemAt(place - offered) });
      while (next < end) {
        taken[Math.floor(random() * size)] = { place: next, item: itemAt(next - offered) };
        threshold *= Math.exp(Math.log(draw()) / size);
        next += skip();
      }
      offered = end;
    },
    items: () => taken.toSorted((a, b) => a.place - b.place).map(({ item }) => item),
  };
};
