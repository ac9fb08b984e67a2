import type { Sample } from "./welch.ts";

/**
 * Mean and unbiased variance of a list, in two passes so that nothing cancels; a list of one value over and over has a variance of
 * exactly 0. The variance of fewer than two is 0, as is the mean of none.
 */
export const sampleOf = (values: readonly number[]): Sample => {
  const n = values.length;
  const first = values[0] ?? 0;
  const mean = first + values.reduce((sum, value) => sum + (value - first), 0) / Math.max(1, n);
  return { n, mean, variance: n < 2 ? 0 : values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) };
};
