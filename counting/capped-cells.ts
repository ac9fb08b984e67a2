import type { SumName, SumsCell } from "../contract/sums.ts";
import { cappedSums, percentileCap } from "./histogram.ts";

const addUp = (cells: readonly SumsCell[]): Pick<SumsCell, "n" | "sums"> => {
  const sums: Partial<Record<SumName, string>> = {};
  for (const cell of cells)
    for (const [name, sum] of Object.entries(cell.sums) as [SumName, string][])
      sums[name] = String(BigInt(sums[name] ?? 0) + BigInt(sum));
  return { n: cells.reduce((total, { n }) => total + n, 0), sums };
};

const groupOf = ({ metric_id, phase, variant_id }: SumsCell): string => JSON.stringify([metric_id, phase, variant_id]);

/**
 * The cells of one experiment, those of kind `day` with percentile caps applied; `percentiles` has those of metrics by id. Cells of other
 * kinds are as they were: where the units of a dimension's value are among the buckets is not known. A capped metric's daily cells of one variant and phase become one, in the slice of their first day: its values are cut down to the
 * value at that percentile of all variants' units with an event together, as its cells of kind `bucket` have it.
 */
export const withPercentileCaps = (
  cells: readonly SumsCell[],
  percentiles: ReadonlyMap<string, number>,
): SumsCell[] => {
  const { day: days = [], bucket: bucketCells = [], ...others } = Object.groupBy(cells, ({ kind }) => kind);
  const buckets = Map.groupBy(bucketCells, ({ metric_id }) => metric_id);
  const caps = new Map(
    [...percentiles].flatMap(([id, percentile]) => {
      const cap = percentileCap(buckets.get(id) ?? [], percentile);
      return cap === undefined ? [] : [[id, cap] as const];
    }),
  );
  const capped = [...Map.groupBy(days, groupOf).values()].flatMap((group): readonly SumsCell[] => {
    const [first] = group.toSorted((a, b) => Number(a.slice) - Number(b.slice));
    const cap = first && caps.get(first.metric_id);
    if (!first || cap === undefined) return group;
    const own = (buckets.get(first.metric_id) ?? []).filter((cell) => groupOf(cell) === groupOf(first));
    const { n, sums } = addUp(group);
    const changed = Object.entries(cappedSums(own, cap)).map(([name, sum]) => [name, String(sum)]);
    return [{ ...first, n, sums: { ...sums, ...(Object.fromEntries(changed) as SumsCell["sums"]) } }];
  });
  return [...capped, ...bucketCells, ...Object.values(others).flat()];
};
