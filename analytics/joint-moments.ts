import type { SumName } from "../contract/sums.ts";

/** Exact sums over units of up to four numbers each (see {@link SumName}). They add up in any order. */
export interface JointSums {
  /** All units that count, those whose numbers are 0 included. */
  readonly n: number;
  /** Whole numbers: sums in parts of `unit`, sums of products in parts of `unit`². Those left out are 0. */
  readonly sums: Readonly<Partial<Record<SumName, bigint>>>;
  /** How many parts make a value of 1: a million where it is not said. */
  readonly unit?: number;
}

/** One letter is a mean, two are an unbiased covariance (divisor n − 1), the same twice a variance. */
export type JointMoments = Readonly<Record<SumName, number>> & { readonly n: number };

/** Those of one number and what it was before the first exposure. */
export type PairedMoments = Pick<JointMoments, "n" | "y" | "x" | "yy" | "yx" | "xx">;

/**
 * Means and covariances. n·Σab − Σa·Σb is formed in whole numbers, so that nothing cancels however small the spread is
 * beside the means. Means of no units and covariances of fewer than two are 0.
 */
export const jointMomentsOf = ({ n, sums, unit = 1e6 }: JointSums): JointMoments => {
  const count = BigInt(n);
  const mean = (a: SumName): number => (n === 0 ? 0 : Number(sums[a] ?? 0n) / n / unit);
  const pairs = n * (n - 1);
  const covariance = (ab: SumName, a: SumName, b: SumName): number => {
    const products = sums[ab];
    // Most metrics have no more than two of the four numbers.
    if (n < 2 || (products === undefined && (sums[a] === undefined || sums[b] === undefined))) return 0;
    const spread = count * (products ?? 0n) - (sums[a] ?? 0n) * (sums[b] ?? 0n);
    return Number(spread) / pairs / unit / unit;
  };
  return {
    n,
    y: mean("y"),
    d: mean("d"),
    x: mean("x"),
    e: mean("e"),
    yy: covariance("yy", "y", "y"),
    yd: covariance("yd", "y", "d"),
    yx: covariance("yx", "y", "x"),
    ye: covariance("ye", "y", "e"),
    dd: covariance("dd", "d", "d"),
    dx: covariance("dx", "d", "x"),
    de: covariance("de", "d", "e"),
    xx: covariance("xx", "x", "x"),
    xe: covariance("xe", "x", "e"),
    ee: covariance("ee", "e", "e"),
  };
};
