import { serialize } from "node:v8";
import { beforeEach, describe, expect, it } from "vitest";
import { SumsKind } from "../../contract/sums.ts";
import type { SumsChange } from "../../counting/sums.ts";
import { SumsBook } from "../../counting/sums-book.ts";
import { compareCells } from "../../durable-objects/compare-cells.ts";
import { compareGenerations, type Comparing } from "../../durable-objects/compare-generations.ts";
import type { Layout } from "../../durable-objects/relocate.ts";
import { shardName } from "../../durable-objects/shard-name.ts";
import { seededRandom } from "../random.ts";

const MIB = 2 ** 20;
const layout = (generation: number, shards: number): Layout => ({ environment: "shop", generation, shards });

const books = new Map<string, SumsBook>();
let calls = 0;
let largest = 0;
beforeEach(() => {
  books.clear();
  calls = 0;
  largest = 0;
});

const bookOf = ({ generation }: Layout, shard: number): SumsBook => {
  const name = shardName("shop", generation, shard);
  const book = books.get(name) ?? new SumsBook();
  books.set(name, book);
  return book;
};

const answering = <Answer>(answer: Answer): Promise<Answer> => {
  calls += 1;
  largest = Math.max(largest, serialize(answer).byteLength);
  return Promise.resolve(answer);
};

/** Shards that have sums and no units. */
const shards = {
  getByName(name: string) {
    const book = books.get(name) ?? new SumsBook();
    return {
      size: () => answering({ units: 0 }),
      sums: (asked: Parameters<SumsBook["cells"]>[0]) => answering(book.cells(asked)),
      countCells: (ids: string[]) => answering(ids.map((id) => book.countCells(id))),
    };
  },
} as unknown as Parameters<typeof compareGenerations>[0];

const compareAll = async (
  live: Layout,
  replayed: Layout,
  experimentIds: readonly string[],
): Promise<Comparing["found"] & { readonly goes: number; readonly mostCalls: number }> => {
  let [got, goes, mostCalls]: [Comparing | null, number, number] = [null, 0, 0];
  do {
    const before = calls;
    got = await compareGenerations(shards, live, replayed, experimentIds, got);
    goes += 1;
    mostCalls = Math.max(mostCalls, calls - before);
  } while (got.experiments < experimentIds.length);
  return { ...got.found, goes, mostCalls };
};

const wholeOf = (which: Layout, experimentIds: readonly string[]) =>
  Array.from({ length: which.shards }, (_, shard) =>
    bookOf(which, shard).cells({ experiment_ids: experimentIds, kinds: SumsKind.options }),
  ).flat();

/** A cell as large as they come: long names, values outside Latin-1, sums of squares. */
const aSum = (experiment_id: string, index: number, change: Partial<SumsChange["key"]> = {}): SumsChange => ({
  key: {
    experiment_id,
    phase: 1,
    variant_id: `${experiment_id}.v${index % 5}`,
    metric_id: `met_0123456789${Math.floor(index / 5) % 40}`,
    kind: "day",
    name: "",
    slice: String(20_000 + Math.floor(index / 200)),
    ...change,
  },
  n: 1,
  sums: Object.fromEntries(
    (["y", "d", "x", "e", "yy", "yd", "yx", "ye", "dd", "dx", "de", "xx", "xe", "ee"] as const).map((name) => [
      name,
      10n ** 24n + BigInt(index),
    ]),
  ),
});

const ofCity = (experiment_id: string, index: number): SumsChange =>
  aSum(experiment_id, index, {
    kind: "dimension",
    name: `city_${"x".repeat(50)}${index % 3}`,
    slice: `${index} ${"語".repeat(90)}`,
  });

const textsOf = (differences: readonly object[]): string[] =>
  differences.map((each) => JSON.stringify(each)).toSorted();

/** The same changes, in both generations on the shard that each falls to. */
const fill = (layouts: readonly Layout[], changes: readonly SumsChange[], shardOf: (index: number) => number): void => {
  for (const which of layouts)
    for (const [index, change] of changes.entries()) bookOf(which, shardOf(index) % which.shards).add(change);
};

describe("a comparison of two generations", () => {
  it.each([
    ["the same number of", 2],
    ["more", 3],
  ])("asks for no answer of more than 8 MiB of an experiment that is larger, on %s shards", async (_, more) => {
    const [live, replayed] = [layout(1, 2), layout(2, more)];
    const random = seededRandom(20_261_211);
    const order = Array.from({ length: 38_000 }, () => Math.floor(random() * 600));
    const changes = order.map((_place, index) => (index < 34_000 ? aSum("exp", index) : ofCity("exp", index)));
    fill([live, replayed], changes, (index) => order[index] ?? 0);
    const whole = bookOf(live, 0).cells({ experiment_ids: ["exp"], kinds: SumsKind.options });
    expect(serialize(whole).byteLength).toBeGreaterThan(9 * MIB);

    const same = await compareAll(live, replayed, ["gone", "exp"]);
    expect(same).toMatchObject({ different: 0, difference: 0, examples: [] });
    expect(same.cells).toBeGreaterThan(34_000);
    expect(largest).toBeLessThan(8 * MIB);

    bookOf(live, 1).add(aSum("exp", 7));
    bookOf(replayed, 0).add(aSum("exp", 60_000, { slice: "day of its own" }));
    bookOf(replayed, 1).add(ofCity("exp", 60_001));
    const other = await compareAll(live, replayed, ["exp"]);
    const expected = compareCells(wholeOf(live, ["exp"]), wholeOf(replayed, ["exp"]));
    expect(expected.differences).toHaveLength(3);
    // Shard by shard, what is compared as one there is compared in two.
    if (more === 3) expect(textsOf(other.examples)).toEqual(textsOf(expected.differences));
    expect(other.different).toBe(3);
  });

  it("asks for small experiments together, and not at all for those without a cell", async () => {
    const [live, replayed] = [layout(1, 2), layout(2, 2)];
    const ids = Array.from({ length: 300 }, (_, index) => `exp_${index}`);
    const changes = ids.slice(0, 200).flatMap((id) => Array.from({ length: 10 }, (_, index) => aSum(id, index)));
    fill([live, replayed], changes, (index) => index);
    const { cells, goes } = await compareAll(live, replayed, ids);
    expect({ cells, goes, calls }).toEqual({ cells: 2_000, goes: 1, calls: 12 });
  });

  it("makes no more calls in one go than an object may, however many experiments and shards there are", async () => {
    const [live, replayed] = [layout(1, 128), layout(2, 128)];
    const ids = Array.from({ length: 40 }, (_, index) => `exp_${index}`);
    const changes = ids.flatMap((id) =>
      Array.from({ length: 2_000 }, (_, index) => ({ ...aSum(id, index), sums: { y: index } })),
    );
    fill([live, replayed], changes, () => 5);
    bookOf(live, 9).add(aSum("exp_20", 0));
    const found = await compareAll(live, replayed, ids);
    expect(found).toMatchObject({ cells: 80_001, different: 1 });
    expect(found.goes).toBeGreaterThan(2);
    expect(found.mostCalls).toBeLessThan(4_000);
  });
});
