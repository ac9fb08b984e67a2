/** Where each variant's share ends, in basis points: `[5000, 2500, 2500]` → `[5000, 7500, 10000]`. */
export const cumulativeWeights = (weightsBp: readonly number[]): number[] => {
  let sum = 0;
  return weightsBp.map((weight) => (sum += weight));
};

/**
 * The index of the variant that owns a bucket: in stored order, each owns `[sum of weights before it, that + its own)`.
 * −1 past the last one, which cannot happen while the weights sum to 10,000.
 */
export const variantAt = (cumulative: readonly number[], bucket: number): number =>
  cumulative.findIndex((end) => bucket < end);
