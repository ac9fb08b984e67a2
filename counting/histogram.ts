import type { SumName, SumsCell } from "../contract/sums.ts";
import type { Int } from "./int.ts";

/** So many buckets for each doubling, and the numbers below it have buckets of their own. */
const STEPS = 64;
const STEP_BITS = 6;

/** The bucket by the place of the leading one and by the bits from there on, those that tell steps apart. */
const bucketBy = (exponent: number, leading: number): number => (exponent - STEP_BITS) * STEPS + leading;

/**
 * The bucket of a value in millionths. Values below 64 in size have one each, beyond that there are 64 for each doubling: a
 * bucket's bounds are no more than 1/64 apart. Larger values are in higher buckets, and negative ones mirror the others.
 */
export const bucketOf = (value: Int): number => {
  if (typeof value === "number") {
    const size = Math.abs(value);
    if (size < STEPS) return value;
    const exponent = size < 2 ** 31 ? 31 - Math.clz32(size) : 53 - Math.clz32(Math.floor(size / 2 ** 22));
    const bucket = bucketBy(exponent, Math.floor(size / 2 ** (exponent - STEP_BITS)));
    return value < 0 ? -bucket : bucket;
  }
  const size = value < 0n ? -value : value;
  const exponent = size.toString(2).length - 1;
  const bucket = bucketBy(exponent, Number(size >> BigInt(exponent - STEP_BITS)));
  return value < 0n ? -bucket : bucket;
};

/** The smallest and the largest value in a bucket, both inclusive, in millionths. */
export const bucketBounds = (bucket: number): { readonly lower: bigint; readonly upper: bigint } => {
  const index = Math.abs(bucket);
  if (index < STEPS) return { lower: BigInt(bucket), upper: BigInt(bucket) };
  const shift = BigInt(Math.floor(index / STEPS) - 1);
  const lower = BigInt(STEPS + (index % STEPS)) << shift;
  const upper = lower + (1n << shift) - 1n;
  return bucket < 0 ? { lower: -upper, upper: -lower } : { lower, upper };
};

type BucketCell = Pick<SumsCell, "slice" | "n" | "sums">;

const sorted = (cells: readonly BucketCell[]): { readonly bucket: number; readonly cell: BucketCell }[] =>
  cells.map((cell) => ({ bucket: Number(cell.slice), cell })).toSorted((a, b) => a.bucket - b.bucket);

/** The bucket that holds the value of this rank share; undefined for no units. */
const bucketAt = (cells: readonly BucketCell[], share: number): number | undefined => {
  const ordered = sorted(cells);
  const units = ordered.reduce((sum, { cell }) => sum + cell.n, 0);
  // The rank's product is rounded first: 0.95 · 20 is a little above 19 in doubles.
  const rank = Math.max(1, Math.ceil(Number((share * units).toFixed(6))));
  let seen = 0;
  for (const { bucket, cell } of ordered) {
    seen += cell.n;
    if (seen >= rank) return bucket;
  }
  return undefined;
};

/**
 * The q-quantile of the units' values in millionths, from cells of kind `bucket` of one metric (they may be of several variants
 * and phases): the middle of the bucket that it is in, so no more than 0.8 % off. Only units with an event have a value.
 * Undefined for no units.
 */
export const quantile = (cells: readonly BucketCell[], q: number): number | undefined => {
  const bucket = bucketAt(cells, q);
  if (bucket === undefined) return undefined;
  const { lower, upper } = bucketBounds(bucket);
  return Number(lower + upper) / 2;
};

/**
 * The cap that a percentile stands for, in millionths: the upper bound of the bucket that holds it, of all variants' units
 * with an event together. Undefined for no units.
 */
export const percentileCap = (cells: readonly BucketCell[], percentile: number): bigint | undefined => {
  const bucket = bucketAt(cells, percentile);
  return bucket === undefined ? undefined : bucketBounds(bucket).upper;
};

/** The sums that a cap changes. */
const CAPPED = ["y", "yy", "yd", "yx", "ye"] as const satisfies readonly SumName[];
export type CappedSums = Readonly<Record<(typeof CAPPED)[number], bigint>>;

/**
 * The sums of `y` and its products over cells of kind `bucket`, those of one variant for example, with every value above the cap
 * cut down to it. Units without an event would add 0 to each of them, so these take the place of the sums of kind `day`.
 */
export const cappedSums = (cells: readonly BucketCell[], cap: bigint): CappedSums => {
  const total = { y: 0n, yy: 0n, yd: 0n, yx: 0n, ye: 0n };
  for (const { slice, n, sums } of cells) {
    const sumOf = (name: SumName): bigint => BigInt(sums[name] ?? "0");
    if (bucketBounds(Number(slice)).lower <= cap) for (const name of CAPPED) total[name] += sumOf(name);
    else {
      total.y += BigInt(n) * cap;
      total.yy += BigInt(n) * cap * cap;
      total.yd += cap * sumOf("d");
      total.yx += cap * sumOf("x");
      total.ye += cap * sumOf("e");
    }
  }
  return total;
};
