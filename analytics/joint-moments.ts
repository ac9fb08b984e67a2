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

/**
 * Means and covariances. n·Σab − Σa·Σb is formed in whole numbers where much of it cancels, so that no digit is lost however
 * small the spread is beside the means. Means of no units and covariances of fewer than two are 0.
 */
export const jointMomentsOf = ({ n, sums, unit = 1e6 }: JointSums<Whole>): JointMoments => {
  const pairs = n * (n - 1);
  const numberOf = (name: SumName): number => {
    const sum = sums[name];
    return sum === undefined ? 0 : Number(sum);
  };
  const whole = (name: SumName): bigint => BigInt(sums[name] ?? 0);
  const [y, d, x, e] = [numberOf("y"), numberOf("d"), numberOf("x"), numberOf("e")];
  const mean = (sum: number): number => (n === 0 ? 0 : sum / n / unit);
  const covariance = (ab: SumName, a: number, b: number): number => {
    const all = n * numberOf(ab);
    const spread = all - a * b;
    // Most metrics have no more than two of the four numbers.
    if (n < 2 || (all === 0 && spread === 0)) return 0;
    const cancels = Math.abs(spread) <= CANCELS * Math.abs(all);
    return (cancels ? exact(ab) : spread) / pairs / unit / unit;
  };
  const exact = (ab: SumName): number =>
    Number(BigInt(n) * whole(ab) - whole(ab[0] as SumName) * whole(ab[1] as SumName));
  return {
    n,
    y: mean(y),
    d: mean(d),
    x: mean(x),
    e: mean(e),
    yy: covariance("yy", y, y),
    yd: covariance("yd", y, d),
    yx: covariance("yx", y, x),
    ye: covariance("ye", y, e),
    dd: covariance("dd", d, d),
    dx: covariance("dx", d, x),
    de: covariance("de", d, e),
    xx: covariance("xx", x, x),
    xe: covariance("xe", x, e),
    ee: covariance("ee", e, e),
  };
};
