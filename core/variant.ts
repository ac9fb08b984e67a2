/** Where each variant's share ends, in basis points: `[5000, 2500, 2500]` → `[5000, 7500, 10000]`. */
export const cumulativeWeights = (weightsBp: readonly number[]): number[] => {
  let sum = 0;
  return weightsBp.map((weight) => (sum += weight));
};

/**
 * The index of the variant that owns a bucket: in stored order, each owns `[sum of weights before it, that + its own)`.
 * −1 past the last one, which cannot happen while the weights sum to 10,000. The ends of many splits may stand in one array:
 * then those of the split are from `start` up to `end`.
 */
export const variantAt = (
  cumulative: ArrayLike<number>,
  bucket: number,
  start = 0,
  end = cumulative.length,
): number => {
  // Counts the shares that end at or before the bucket. A branch here would be guessed wrong every other time.
  let variant = 0;
  for (let at = start; at < end; at++) variant += ((cumulative[at] ?? 0) - 1 - bucket) >>> 31;
  return variant < end - start ? variant : -1;
};
