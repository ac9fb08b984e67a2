import type { Sample } from "./welch.ts";

/** What a value of 1 is in the integers that sums are kept in. */
const MILLIONTHS = 1e6;

/** Exact sums over units of one number each, kept in whole millionths. They add up in any order. */
export interface Sums {
  /** All units that count, those whose number is 0 included. */
  readonly n: number;
  /** Σy, in millionths. */
  readonly sum: bigint;
  /** Σy², in millionths squared. */
  readonly sumOfSquares: bigint;
}

/**
 * Mean and unbiased variance. n·Σy² − (Σy)² is formed in whole numbers, so that nothing cancels however small the
 * spread is beside the mean. The variance of fewer than two units is 0.
 */
export const momentsOf = ({ n, sum, sumOfSquares }: Sums): Sample => {
  if (n === 0) return { n, mean: 0, variance: 0 };
  const mean = Number(sum) / n / MILLIONTHS;
  if (n === 1) return { n, mean, variance: 0 };
  const count = BigInt(n);
  const spread = count * sumOfSquares - sum * sum;
  return { n, mean, variance: Number(spread) / Number(count * (count - 1n)) / (MILLIONTHS * MILLIONTHS) };
};
