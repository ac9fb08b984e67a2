import type { SumName } from "../contract/sums.ts";

/** A whole number, or its decimal text, as cells have it: reading a text takes longer than what most are needed for. */
export type Whole = bigint | string;

/** Exact sums over units of up to four numbers each (see {@link SumName}). They add up in any order. */
export interface JointSums<Sum extends Whole = bigint> {
  /** All units that count, those whose numbers are 0 included. */
  readonly n: number;
  /** In millionths, sums of products in millionths squared. Those left out are 0. */
  readonly sums: Readonly<Partial<Record<SumName, Sum>>>;
}

/**
 * Of one number of a unit, `y`, and of what it was before the first exposure, `x`. One letter is a mean, two are an unbiased covariance (divisor
 * n − 1), the same twice a variance.
 */
export type PairedMoments = Readonly<Record<"n" | "y" | "x" | "yy" | "yx" | "xx", number>>;

/** With Σy and Σd, in values. */
export interface UnitMoments extends PairedMoments {
  readonly sum: number;
  readonly denominator: number;
}

type Sum = Whole | number | undefined;

/**
 * To some units in the last place: the runtime's own reading of a text is to the last one, and takes half as long again where tens of thousands
 * are read.
 */
const numberOf = (sum: Sum = 0): number => {
  if (typeof sum !== "string") return Number(sum);
  let value = 0;
  const first = sum < "0" ? 1 : 0;
  for (let at = first; at < sum.length; at++) value = value * 10 + sum.charCodeAt(at) - 48;
  return first ? -value : value;
};

/** Σ(a − A·Σa/ΣA)(b − B·Σb/ΣB) in whole numbers, so that no digit is lost. */
const exactProducts = (...sums: readonly Sum[]): number => {
  const [ab, aB, Ab, AB, a, A, b, B] = sums.map((sum) => BigInt(sum ?? 0)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const [left, right] = [A || 1n, B || 1n];
  return Number((ab * left - Ab * a) * right - (aB * left - AB * a) * b) / Number(left * right);
};

/** Squares this small a share of what they are of have lost too many digits in doubles. */
const CANCELS = 1e-3;

/** Of y/d and of x/e: numerators are in millionths, and so are denominators where `unit` is 1; where it is a million they are whole. */
const momentsOf = (
  n: number,
  unit: number,
  y: Sum,
  d: Sum,
  x: Sum,
  e: Sum,
  yy: Sum,
  yd: Sum,
  dd: Sum,
  yx: Sum,
  ye: Sum,
  dx: Sum,
  de: Sum,
  xx: Sum,
  xe: Sum,
  ee: Sum,
): UnitMoments => {
  // Those that are shown, to the last place.
  const [sum, denominator] = [Number(y ?? 0), Number(d ?? 0)];
  const [sumBefore, before] = [numberOf(x), numberOf(e)];
  const [squares, squaresBefore] = [numberOf(yy), numberOf(xx)];
  // Where a unit's denominator is 1 a product is the number itself, which has been read.
  const product = (products: Sum): number => (products === y ? sum : products === x ? sumBefore : numberOf(products));
  const ratio = denominator && sum / denominator;
  const past = before && sumBefore / before;
  const [above, aboveBefore] = [product(yd), product(xe)];
  let ofY = squares - ratio * above - ratio * (above - ratio * numberOf(dd));
  let ofX = squaresBefore - past * aboveBefore - past * (aboveBefore - past * numberOf(ee));
  let ofBoth = numberOf(yx) - past * product(ye) - ratio * (product(dx) - past * numberOf(de));
  // Of the products of both no more digits cancel than of the squares.
  if (ofY < CANCELS * squares || ofX < CANCELS * squaresBefore) {
    ofY = exactProducts(yy, yd, yd, dd, y, d, y, d);
    ofX = exactProducts(xx, xe, xe, ee, x, e, x, e);
    ofBoth = exactProducts(yx, ye, dx, de, y, d, x, e);
  }
  const scale = denominator && n / denominator / unit;
  const scaleBefore = before && n / before / unit;
  const free = n > 1 ? n - 1 : Infinity;
  return {
    n,
    sum: sum / 1e6,
    denominator: (denominator / 1e6) * unit,
    y: ratio / unit,
    x: past / unit,
    // Sums that were rounded before they came here can be those of no units at all, and below 0.
    yy: Math.max(0, (ofY / free) * scale * scale),
    yx: (ofBoth / free) * scale * scaleBefore,
    xx: Math.max(0, (ofX / free) * scaleBefore * scaleBefore),
  };
};

/** Of a number of each unit. Means of no units and covariances of fewer than two are 0. */
export const pairedMomentsOf = ({ n, sums: { y, x, yy, yx, xx } }: JointSums<Whole>): UnitMoments =>
  momentsOf(n, 1e6, y, n, x, n, yy, y, n, yx, y, x, n, xx, x, n);

/**
 * Of Σy/Σd and, before the first exposure, Σx/Σe, as if they were means over units: `y` and `x` are the ratios R and S, and the (co)variances those
 * of a unit's shares in them, (y − R·d)/d̄ and (x − S·e)/ē, so that yy/n is the variance of R by the delta method. What would be divided by 0
 * is 0.
 *
 * Source: A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics" (2018).
 */
export const ratioMomentsOf = ({
  n,
  sums: { y, d, x, e, yy, yd, dd, yx, ye, dx, de, xx, xe, ee },
}: JointSums<Whole>): UnitMoments => momentsOf(n, 1, y, d, x, e, yy, yd, dd, yx, ye, dx, de, xx, xe, ee);
