import type { SumsCell } from "../contract/sums.ts";
import { pairedMomentsOf } from "./joint-moments.ts";
import { type Bin, type OrderedSample, orderedBins } from "./quantile.ts";
import { addUp } from "./tally.ts";

/** Buckets a doubling; the millionths below as many have one each. */
const STEPS = 64;

/** The smallest and the largest value of a bucket in millionths, as `counting/histogram.ts` cuts them; it is `slice` of a cell. */
export const bucketRange = (bucket: number): readonly [low: number, high: number] => {
  const index = Math.abs(bucket);
  const doublings = Math.max(0, Math.floor(index / STEPS) - 1);
  const width = 2 ** doublings;
  const low = (index - doublings * STEPS) * width;
  return bucket < 0 ? [-(low + width - 1), -low] : [low, low + width - 1];
};

/** The values behind cells of kind `bucket` of one variant and metric: of units with an event. */
export const orderedUnits = (cells: readonly SumsCell[]): OrderedSample =>
  orderedBins(
    [...Map.groupBy(cells, ({ slice }) => slice)].map(([slice, own]): Bin => {
      const { n, y, yy } = pairedMomentsOf(addUp(own));
      const [low, high] = bucketRange(Number(slice));
      return { n, mean: y, variance: yy, low: low / 1e6, high: high / 1e6 };
    }),
  );
