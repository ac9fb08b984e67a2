import type { CellDifference } from "../contract/replay.ts";
import type { CellKey, SumName, SumsCell } from "../contract/sums.ts";

interface Content {
  n: number;
  readonly sums: Map<SumName, bigint>;
}

const keyOf = ({ experiment_id, phase, variant_id, metric_id, kind, name, slice }: CellKey): CellKey => ({
  experiment_id,
  phase,
  variant_id,
  metric_id,
  kind,
  name,
  slice,
});

/** Which attributes of experiments have values that some shard did not keep. */
const foldedOf = (cells: readonly SumsCell[]): Set<string> =>
  new Set(
    cells.flatMap(({ kind, slice, experiment_id, name }) =>
      kind === "dimension" && slice === null ? [`${experiment_id}:${name}`] : [],
    ),
  );

const addUp = (cells: readonly SumsCell[], folded: ReadonlySet<string>): Map<string, Content> => {
  const byKey = new Map<string, Content>();
  for (const cell of cells) {
    const isFolded = cell.kind === "dimension" && folded.has(`${cell.experiment_id}:${cell.name}`);
    const key = JSON.stringify(keyOf(isFolded ? { ...cell, slice: null } : cell));
    const content = byKey.get(key) ?? { n: 0, sums: new Map<SumName, bigint>() };
    byKey.set(key, content);
    content.n += cell.n;
    for (const [name, sum] of Object.entries(cell.sums) as [SumName, string][])
      content.sums.set(name, (content.sums.get(name) ?? 0n) + BigInt(sum));
  }
  return byKey;
};

/** Null for what is all zeros. Sums are in the order of their names, so that equal ones are the same text. */
const contentOf = (content: Content | undefined): CellDifference["live"] => {
  const sums = [...(content?.sums ?? [])].flatMap(([name, sum]) => (sum === 0n ? [] : [[name, String(sum)] as const]));
  if (!content || (content.n === 0 && sums.length === 0)) return null;
  return { n: content.n, sums: Object.fromEntries(sums.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
};

/**
 * The cells of two generations that differ, those of each added up over its shards, and how many there are. One that is all
 * zeros is as good as none.
 *
 * How many values of an attribute a shard keeps is limited, so generations with other numbers of shards keep other values:
 * where any shard has not kept all, what is compared is the sum over the values, which every unit is in once.
 */
export const compareCells = (
  live: readonly SumsCell[],
  replayed: readonly SumsCell[],
): { readonly cells: number; readonly differences: CellDifference[] } => {
  const folded = new Set([...foldedOf(live), ...foldedOf(replayed)]);
  const before = addUp(live, folded);
  const after = addUp(replayed, folded);
  const names = new Set([...before.keys(), ...after.keys()]);
  const differences: CellDifference[] = [];
  for (const name of names) {
    const pair = { live: contentOf(before.get(name)), replayed: contentOf(after.get(name)) };
    if (JSON.stringify(pair.live) !== JSON.stringify(pair.replayed))
      differences.push({ ...(JSON.parse(name) as CellKey), ...pair });
  }
  return { cells: names.size, differences };
};
