import type { SumsCell } from "../contract/sums.ts";
import type { Sums } from "./moments.ts";

const NOTHING: Sums = { n: 0, sum: 0n, sumOfSquares: 0n };

/** The variant under which units seen in two variants are counted. */
export const CROSSOVERS = "";
/** The metric under which exposed units are counted. */
export const EXPOSURES = "";

/** Cells of one kind added up over whatever else tells them apart: shards, phases, slices. */
export interface Tally {
  readonly add: (cell: SumsCell) => void;
  /** For a metric, `n` counts the units with an event; the others' totals are 0. */
  readonly of: (variantId: string, metricId: string) => Sums;
}

export const makeTally = (): Tally => {
  const byVariant = new Map<string, Map<string, Sums>>();
  const of = (variantId: string, metricId: string): Sums => byVariant.get(variantId)?.get(metricId) ?? NOTHING;
  return {
    of,
    add: ({ variant_id, metric_id, n, sums }) => {
      const before = of(variant_id, metric_id);
      const byMetric = byVariant.get(variant_id) ?? new Map<string, Sums>();
      byVariant.set(variant_id, byMetric);
      byMetric.set(metric_id, {
        n: before.n + n,
        sum: before.sum + BigInt(sums.y ?? 0),
        sumOfSquares: before.sumOfSquares + BigInt(sums.yy ?? 0),
      });
    },
  };
};
