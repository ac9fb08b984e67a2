import type { Comparison } from "../contract/replay.ts";
import type { SumsCell } from "../contract/sums.ts";
import { SumsKind } from "../contract/sums.ts";
import type { CellsPart } from "../counting/sums-book.ts";
import { compareCells } from "./compare-cells.ts";
import { askAll, shardAt } from "./generation-shards.ts";
import type { Layout } from "./relocate.ts";
import type { UnitShard } from "./unit-shard.ts";

const MAX_EXAMPLES = 20;

/**
 * Cells that are held at once. One is 1 kB at most, so an answer stays far below the 32 MiB that it may be, and what is held
 * far below an object's memory.
 */
const MAX_CELLS = 6_000;

/** Shards, or pairs of them, that are compared side by side. */
const SIDE_BY_SIDE = 4;

/** An object may make 10,000 calls in one go, and what else a step of a replay does needs some. */
const MAX_CALLS = 2_000;

/** Experiments that a shard is asked about at once. */
const MAX_EXPERIMENTS = 1_000;

type Shards = DurableObjectNamespace<UnitShard>;

/** How far a comparison has got. */
export interface Comparing {
  /** Of what has been compared. */
  readonly found: Comparison;
  /** Experiments that have been. */
  readonly experiments: number;
}

/** What is asked for in one call. */
interface Page {
  readonly experimentIds: readonly string[];
  readonly part?: CellsPart;
}

/** Shards that have to be compared as one, by generation. */
interface Group {
  readonly live: readonly number[];
  readonly replayed: readonly number[];
}

const allOf = ({ shards }: Layout): number[] => Array.from({ length: shards }, (_, shard) => shard);

/** With the same number of shards each is compared by itself. */
const groupsOf = (live: Layout, replayed: Layout): Group[] =>
  live.shards === replayed.shards
    ? allOf(live).map((shard) => ({ live: [shard], replayed: [shard] }))
    : [{ live: allOf(live), replayed: allOf(replayed) }];

/** Pages of experiments in their order, `counts` having the cells of each: small ones together, large ones in parts. */
const pagesOf = (experimentIds: readonly string[], counts: readonly number[]): Page[] => {
  const pages: Page[] = [];
  let room = 0;
  for (const [index, experimentId] of experimentIds.entries()) {
    const count = counts[index] ?? 0;
    if (count === 0) continue;
    const last = pages.at(-1);
    if (last && count <= room) {
      pages[pages.length - 1] = { experimentIds: [...last.experimentIds, experimentId] };
      room -= count;
      continue;
    }
    const of = Math.ceil(count / MAX_CELLS);
    for (let part = 0; part < of; part++)
      pages.push({ experimentIds: [experimentId], ...(of > 1 && { part: { index: part, of } }) });
    room = of > 1 ? 0 : MAX_CELLS - count;
  }
  return pages;
};

const cellsOf = async (shards: Shards, layout: Layout, asked: readonly number[], page: Page): Promise<SumsCell[]> => {
  const { experimentIds, part } = page;
  const query = { experiment_ids: [...experimentIds], kinds: [...SumsKind.options], ...(part && { part }) };
  const cells = await Promise.all(asked.map(async (shard) => shardAt(shards, layout, shard).sums(query)));
  return cells.flat();
};

const add = (found: Comparison, { cells, differences }: ReturnType<typeof compareCells>): Comparison => ({
  ...found,
  cells: found.cells + cells,
  different: found.different + differences.length,
  examples: [...found.examples, ...differences].slice(0, MAX_EXAMPLES),
});

const begin = async (shards: Shards, live: Layout, replayed: Layout): Promise<Comparing> => {
  const unitsOf = async (layout: Layout): Promise<number> => {
    const sizes = await askAll(shards, layout, async (stub) => (await stub.size()).units);
    return sizes.reduce((sum, units) => sum + units, 0);
  };
  const units = { live: await unitsOf(live), replayed: await unitsOf(replayed) };
  return { found: { cells: 0, different: 0, examples: [], units, difference: 0 }, experiments: 0 };
};

/** The cells of each experiment in the group of shards that has most of them. */
const countCells = async (
  shards: Shards,
  [live, replayed]: readonly [Layout, Layout],
  groups: readonly Group[],
  experimentIds: readonly string[],
): Promise<number[]> => {
  const countIn = (layout: Layout): Promise<number[][]> =>
    askAll(shards, layout, async (stub) => stub.countCells([...experimentIds]));
  const [ofLive, ofReplayed] = [await countIn(live), await countIn(replayed)];
  return experimentIds.map((_, index) => {
    const sum = (counts: readonly number[][], asked: readonly number[]): number =>
      asked.reduce((total, shard) => total + (counts[shard]?.[index] ?? 0), 0);
    return groups.reduce((most, group) => Math.max(most, sum(ofLive, group.live) + sum(ofReplayed, group.replayed)), 0);
  });
};

/**
 * What two generations have counted, cell by cell and of every kind. Goes on from where it has got to, as far as the calls of
 * one go reach; it is over when all experiments have been compared. Changes nothing, and means something only while nobody else
 * counts in either.
 */
export const compareGenerations = async (
  shards: Shards,
  live: Layout,
  replayed: Layout,
  experimentIds: readonly string[],
  before?: Comparing | null,
): Promise<Comparing> => {
  let { found, experiments } = before ?? (await begin(shards, live, replayed));
  const groups = groupsOf(live, replayed);
  const callsForAll = live.shards + replayed.shards;
  let calls = 0;
  const compare = async (group: Group, page: Page): Promise<ReturnType<typeof compareCells>> => {
    const cells = [cellsOf(shards, live, group.live, page), cellsOf(shards, replayed, group.replayed, page)] as const;
    return compareCells(...(await Promise.all(cells)));
  };

  while (experiments < experimentIds.length && calls < MAX_CALLS) {
    const done = experiments;
    const some = experimentIds.slice(done, done + MAX_EXPERIMENTS);
    const counts = await countCells(shards, [live, replayed], groups, some);
    calls += callsForAll;
    experiments = done + some.length;
    for (const page of pagesOf(some, counts)) {
      // Only between experiments, for the next go cuts a large one elsewhere.
      if (calls >= MAX_CALLS && (page.part?.index ?? 0) === 0) {
        experiments = experimentIds.indexOf(page.experimentIds[0] ?? "", done);
        break;
      }
      for (let first = 0; first < groups.length; first += SIDE_BY_SIDE) {
        const side = groups.slice(first, first + SIDE_BY_SIDE);
        found = (await Promise.all(side.map((group) => compare(group, page)))).reduce(add, found);
      }
      calls += callsForAll;
    }
  }
  const difference = found.different + Math.abs(found.units.live - found.units.replayed);
  return { found: { ...found, difference }, experiments };
};
