interface OwnedSlot<Owner> {
  /** First bucket, inclusive. */
  readonly range_start: number;
  /** Last bucket, inclusive. */
  readonly range_end: number;
  readonly owner: Owner;
}

/**
 * Who owns a bucket of a layer, if anyone. At most one does whatever the slots are, so experiments of one layer exclude
 * one another; the slots themselves must not overlap.
 */
export const slotLookup = <Owner>(slots: readonly OwnedSlot<Owner>[]): ((bucket: number) => Owner | undefined) => {
  const sorted = slots.toSorted((a, b) => a.range_start - b.range_start);
  return (bucket) => {
    let low = 0;
    let high = sorted.length;
    // Finds the first slot that begins after the bucket; the one before it is the only candidate.
    while (low < high) {
      const middle = (low + high) >>> 1;
      const slot = sorted[middle];
      if (slot && slot.range_start <= bucket) low = middle + 1;
      else high = middle;
    }
    const candidate = sorted[low - 1];
    return candidate && bucket <= candidate.range_end ? candidate.owner : undefined;
  };
};
