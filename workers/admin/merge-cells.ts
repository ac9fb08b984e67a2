import { MAX_DIMENSION_VALUES } from "../../contract/live.ts";
import type { SumName, SumsCell } from "../../contract/sums.ts";
import { isBefore, type Rank, rankOf } from "../../counting/kept-values.ts";

const nameOf = ({ experiment_id, phase, variant_id, metric_id, kind, name, slice }: SumsCell): string =>
  JSON.stringify([experiment_id, phase, variant_id, metric_id, kind, name, slice]);

/** Cells of the same name added up, sorted by name. Sums that come out as 0 are left out, and cells with nothing in them. */
const addUp = (cells: readonly SumsCell[]): SumsCell[] => {
  const added = new Map<string, { key: SumsCell; n: number; sums: Map<SumName, bigint> }>();
  for (const cell of cells) {
    const name = nameOf(cell);
    const sum = added.get(name) ?? { key: cell, n: 0, sums: new Map<SumName, bigint>() };
    added.set(name, sum);
    sum.n += cell.n;
    for (const [each, text] of Object.entries(cell.sums) as [SumName, string][])
      sum.sums.set(each, (sum.sums.get(each) ?? 0n) + BigInt(text));
  }
  return [...added]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key, n, sums }]) => ({
      ...key,
      n,
      sums: Object.fromEntries([...sums].filter(([, sum]) => sum !== 0n).map(([each, sum]) => [each, String(sum)])),
    }))
    .filter(({ n, sums }) => n !== 0 || Object.keys(sums).length > 0);
};

const dimensionOf = ({ experiment_id, name }: SumsCell): string => JSON.stringify([experiment_id, name]);

/** What a shard tells apart of a dimension. */
interface Told {
  /** Whether it has added values up that it does not tell apart. */
  hasOther: boolean;
  /** The last of its values: it has kept those with the lowest ranks. */
  last: Rank | undefined;
}

const toldBy = (cells: readonly SumsCell[]): Map<string, Told> => {
  const dimensions = new Map<string, Told>();
  const seen = new Set<string>();
  for (const cell of cells) {
    if (cell.kind !== "dimension") continue;
    const dimension = dimensionOf(cell);
    const told = dimensions.get(dimension) ?? { hasOther: false, last: undefined };
    dimensions.set(dimension, told);
    if (cell.slice === null) told.hasOther = true;
    else if (!seen.has(`${dimension}${cell.slice}`)) {
      seen.add(`${dimension}${cell.slice}`);
      const rank = rankOf(cell.slice);
      if (told.last === undefined || isBefore(told.last, rank)) told.last = rank;
    }
  }
  return dimensions;
};

/** The same cells with the dimension values that are not kept added up as slice null. */
const folded = (cells: readonly SumsCell[], isKept: (dimension: string, value: string) => boolean): SumsCell[] =>
  addUp(
    cells.map((cell) =>
      cell.kind !== "dimension" || cell.slice === null || isKept(dimensionOf(cell), cell.slice)
        ? cell
        : { ...cell, slice: null },
    ),
  );

/** The values of each dimension with most exposed units; of equally large ones, those that come first by their text. */
const largest = (cells: readonly SumsCell[]): Map<string, Set<string>> => {
  const units = new Map<string, Map<string, number>>();
  for (const cell of cells) {
    if (cell.kind !== "dimension" || cell.slice === null) continue;
    const dimension = dimensionOf(cell);
    const byValue = units.get(dimension) ?? new Map<string, number>();
    units.set(dimension, byValue);
    byValue.set(cell.slice, (byValue.get(cell.slice) ?? 0) + (cell.metric_id === "" ? cell.n : 0));
  }
  return new Map(
    [...units].map(([dimension, byValue]) => [
      dimension,
      new Set(
        [...byValue]
          .toSorted(([a, unitsOfA], [b, unitsOfB]) => unitsOfB - unitsOfA || (a < b ? -1 : 1))
          .slice(0, MAX_DIMENSION_VALUES)
          .map(([value]) => value),
      ),
    ]),
  );
};

/**
 * The cells of several shards, given shard by shard, added up. Of each dimension, the {@link MAX_DIMENSION_VALUES} values with
 * most exposed units stay; the others, and those that a shard with too many values did not tell apart, are slice null.
 */
export const mergeCells = (shards: readonly (readonly SumsCell[])[]): SumsCell[] => {
  const told = shards.map(toldBy);
  // A shard that has slice null may have put a value there which others have by itself: its cells would be a part of it.
  const isWhole = (dimension: string, value: string): boolean => {
    const rank = rankOf(value);
    return told.every((each) => {
      const { hasOther, last } = each.get(dimension) ?? { hasOther: false, last: undefined };
      return !hasOther || (last !== undefined && !isBefore(last, rank));
    });
  };
  const whole = folded(shards.flat(), isWhole);
  const kept = largest(whole);
  return folded(whole, (dimension, value) => kept.get(dimension)?.has(value) === true);
};
