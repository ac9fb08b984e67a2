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

/** Mean and spread of `n` numbers in doubles. They merge in any order. */
export interface Moments {
  readonly n: number;
  /** 0 of none. */
  readonly mean: number;
  /** What the mean lost when it was rounded to a double; without it, merging would lose the spread of large numbers. */
  readonly rest: number;
  /** Σ(value − mean)². */
  readonly m2: number;
}

/** The sum of both as a double and what that rounded off. */
const rounded = (a: number, b: number): Pick<Moments, "mean" | "rest"> => {
  const mean = a + b;
  const ofB = mean - a;
  return { mean, rest: a - (mean - ofB) + (b - ofB) };
};

export const momentsOfValues = (values: readonly number[]): Moments => {
  const n = values.length;
  if (n === 0) return { n, mean: 0, rest: 0, m2: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const rest = values.reduce((sum, value) => sum + (value - mean), 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, ...rounded(mean, rest), m2: Math.max(0, squares - n * rest * rest) };
};

/**
 * The moments of the values of both. Source: T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating formulae and a pairwise
 * algorithm for computing sample variances" (1979).
 */
export const mergeMoments = (a: Moments, b: Moments): Moments => {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const delta = b.mean - a.mean + (b.rest - a.rest);
  return {
    n,
    ...rounded(a.mean, a.rest + delta * (b.n / n)),
    m2: a.m2 + b.m2 + delta * delta * a.n * (b.n / n),
  };
};

/** Mean and unbiased variance, which of fewer than two values is 0. */
export const sampleOfMoments = ({ n, mean, m2 }: Moments): Sample => ({
  n,
  mean,
  variance: n < 2 ? 0 : m2 / (n - 1),
});
