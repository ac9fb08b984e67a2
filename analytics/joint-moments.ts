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

/** A difference this small a share of what it is of loses too many digits in doubles. */
const CANCELS = 1e-3;

/**
 * Means and covariances. n·Σab − Σa·Σb is formed in whole numbers where much of it cancels, so that no digit is lost however
 * small the spread is beside the means. Means of no units and covariances of fewer than two are 0.
 */
export const jointMomentsOf = ({ n, sums, unit = 1e6 }: JointSums): JointMoments => {
  const pairs = n * (n - 1);
  const mean = (a: SumName): number => {
    const sum = sums[a];
    return sum === undefined || n === 0 ? 0 : Number(sum) / n / unit;
  };
  const covariance = (ab: SumName, a: SumName, b: SumName): number => {
    const [products, sumA, sumB] = [sums[ab], sums[a], sums[b]];
    // Most metrics have no more than two of the four numbers.
    if (n < 2 || (products === undefined && (sumA === undefined || sumB === undefined))) return 0;
    const all = n * Number(products ?? 0n);
    const between = Number(sumA ?? 0n) * Number(sumB ?? 0n);
    const spread =
      Math.abs(all - between) > CANCELS * Math.abs(all)
        ? all - between
        : Number(BigInt(n) * (products ?? 0n) - (sumA ?? 0n) * (sumB ?? 0n));
    return spread / pairs / unit / unit;
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
