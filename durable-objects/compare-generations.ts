import type { Comparison } from "../contract/replay.ts";
import type { SumsCell } from "../contract/sums.ts";
import { SumsKind } from "../contract/sums.ts";
import { compareCells } from "./compare-cells.ts";
import { askAll } from "./generation-shards.ts";
import type { Layout } from "./relocate.ts";
import type { UnitShard } from "./unit-shard.ts";

const MAX_EXAMPLES = 20;

/**
 * What two generations have counted, cell by cell and of every kind. With the same number of shards each shard is compared by
 * itself. Changes nothing, and means something only while nobody else counts in either.
 */
export const compareGenerations = async (
  shards: DurableObjectNamespace<UnitShard>,
  live: Layout,
  replayed: Layout,
  experimentIds: readonly string[],
): Promise<Comparison> => {
  const unitsOf = async (layout: Layout): Promise<number> => {
    const sizes = await askAll(shards, layout, async (stub) => (await stub.size()).units);
    return sizes.reduce((sum, units) => sum + units, 0);
  };
  const cellsOf = (layout: Layout, experimentId: string): Promise<SumsCell[][]> =>
    askAll(shards, layout, async (stub) => stub.sums({ experiment_ids: [experimentId], kinds: [...SumsKind.options] }));

  const units = { live: await unitsOf(live), replayed: await unitsOf(replayed) };
  const found: Comparison = { cells: 0, different: 0, examples: [], units, difference: 0 };
  for (const experimentId of experimentIds) {
    const [before, after] = await Promise.all([cellsOf(live, experimentId), cellsOf(replayed, experimentId)]);
    const pairs =
      live.shards === replayed.shards
        ? before.map((cells, shard) => compareCells(cells, after[shard] ?? []))
        : [compareCells(before.flat(), after.flat())];
    for (const { cells, differences } of pairs) {
      found.cells += cells;
      found.different += differences.length;
      found.examples.push(...differences.slice(0, MAX_EXAMPLES - found.examples.length));
    }
  }
  return { ...found, difference: found.different + Math.abs(units.live - units.replayed) };
};
