import type { SumName } from "../contract/sums.ts";

/** A whole number, or its decimal text, as cells have it: reading a text takes longer than what most are needed for. */
export type Whole = bigint | string;

/** Exact sums over units of up to four numbers each (see {@link SumName}). They add up in any order. */
export interface JointSums<Sum extends Whole = bigint> {
  /** All units that count, those whose numbers are 0 included. */
  readonly n: number;
  /** Whole numbers: sums in parts of `unit`, sums of products in parts of `unit`². Those left out are 0. */
  readonly sums: Readonly<Partial<Record<SumName, Sum>>>;
  /** How many parts make a value of 1: a million where it is not said. */
  readonly unit?: number;
}

/** One letter is a mean, two are an unbiased covariance (divisor n − 1), the same twice a variance. */
export type JointMoments = Readonly<Record<SumName, number>> & { readonly n: number };

/** Those of one number and what it was before the first exposure. */
export type PairedMoments = Pick<JointMoments, "n" | "y" | "x" | "yy" | "yx" | "xx">;

/** A difference this small a share of what it is of loses too many digits in doubles. */
const CANCELS = 1e-3;

const numberOf = (sum: Whole | undefined): number => Number(sum ?? 0);

/** n·Σab − Σa·Σb in whole numbers. */
const exactSpread = ({ n, sums }: JointSums<Whole>, ab: SumName): number => {
  const whole = (name: string): bigint => BigInt(sums[name as SumName] ?? 0);
  return Number(BigInt(n) * whole(ab) - whole(ab.charAt(0)) * whole(ab.charAt(1)));
};

/**
 * The covariance of two numbers from the sum of their products, `products`, and their own, `a` and `b`. Where much of n·Σab − Σa·Σb cancels it is
 * formed in whole numbers, so that no digit is lost however small the spread is beside the means.
 */
const covarianceOf = (
  all: JointSums<Whole>,
  name: SumName,
  products: Whole | undefined,
  a: number,
  b: number,
): number => {
  const { n, unit = 1e6 } = all;
  // Most metrics have no more than two of the four numbers.
  if (n < 2 || (products === undefined && a * b === 0)) return 0;
  const size = n * numberOf(products);
  const spread = size - a * b;
  return (Math.abs(spread) <= CANCELS * Math.abs(size) ? exactSpread(all, name) : spread) / (n * (n - 1)) / unit / unit;
};

const meanOf = ({ n, unit = 1e6 }: JointSums<Whole>, sum: number): number => (n === 0 ? 0 : sum / n / unit);

/** Means of no units and covariances of fewer than two are 0. */
export const pairedMomentsOf = (all: JointSums<Whole>): PairedMoments => {
  const { n, sums } = all;
  const [y, x] = [numberOf(sums.y), numberOf(sums.x)];
  return {
    n,
    y: meanOf(all, y),
    x: meanOf(all, x),
    yy: covarianceOf(all, "yy", sums.yy, y, y),
    yx: covarianceOf(all, "yx", sums.yx, y, x),
    xx: covarianceOf(all, "xx", sums.xx, x, x),
  };
};

/** The same of all four numbers. */
export const jointMomentsOf = (all: JointSums<Whole>): JointMoments => {
  const { n, sums } = all;
  const [y, d, x, e] = [numberOf(sums.y), numberOf(sums.d), numberOf(sums.x), numberOf(sums.e)];
  return {
    n,
    y: meanOf(all, y),
    d: meanOf(all, d),
    x: meanOf(all, x),
    e: meanOf(all, e),
    yy: covarianceOf(all, "yy", sums.yy, y, y),
    yd: covarianceOf(all, "yd", sums.yd, y, d),
    yx: covarianceOf(all, "yx", sums.yx, y, x),
    ye: covarianceOf(all, "ye", sums.ye, y, e),
    dd: covarianceOf(all, "dd", sums.dd, d, d),
    dx: covarianceOf(all, "dx", sums.dx, d, x),
    de: covarianceOf(all, "de", sums.de, d, e),
    xx: covarianceOf(all, "xx", sums.xx, x, x),
    xe: covarianceOf(all, "xe", sums.xe, x, e),
    ee: covarianceOf(all, "ee", sums.ee, e, e),
  };
};
