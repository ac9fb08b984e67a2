import { describe, expect, it } from "vitest";
import type { SumsCell } from "../../../contract/sums.ts";
import { compareCells } from "../../../durable-objects/compare-cells.ts";

const aCell = (change: Partial<SumsCell> = {}): SumsCell => ({
  experiment_id: "exp_1",
  phase: 1,
  variant_id: "v1",
  metric_id: "m1",
  kind: "day",
  name: "",
  slice: "20700",
  n: 3,
  sums: { y: "3000000", yy: "9007199254740993000000" },
  ...change,
});

const byCountry = (slice: string | null, n: number): SumsCell =>
  aCell({ kind: "dimension", name: "country", slice, n, sums: { y: String(n) } });

describe("comparing two generations' cells", () => {
  it("finds none that differ where the shards' cells add up to the same", () => {
    const live = [aCell({ n: 3 }), aCell({ metric_id: "m2" })];
    const replayed = [
      aCell({ metric_id: "m2", sums: { yy: "9007199254740993000000", y: "3000000" } }),
      aCell({ n: 2, sums: { y: "2000000", yy: "9007199254740993000001" } }),
      aCell({ n: 1, sums: { yy: "-1", y: "1000000" } }),
    ];
    expect(compareCells(live, replayed)).toEqual({ cells: 2, differences: [] });
  });

  it.each([
    ["n", { n: 4 }],
    ["a sum in its last digit", { sums: { y: "3000000", yy: "9007199254740993000001" } }],
    ["a sum that is not there", { sums: { y: "3000000" } }],
  ] as const)("shows a cell that differs by %s, with both contents", (_, change) => {
    const { differences } = compareCells([aCell()], [aCell(change)]);
    const { n, sums, ...key } = aCell();
    expect(differences).toEqual([{ ...key, live: { n, sums }, replayed: { n, sums, ...change } }]);
  });

  it("shows a cell that one of them has not got", () => {
    const only = aCell({ slice: "20701" });
    expect(compareCells([aCell(), only], [aCell()]).differences).toMatchObject([
      { slice: "20701", live: { n: 3 }, replayed: null },
    ]);
    expect(compareCells([aCell()], [aCell(), only]).differences).toMatchObject([
      { slice: "20701", live: null, replayed: { n: 3 } },
    ]);
  });

  it("takes a cell of zeros for none", () => {
    const { differences } = compareCells([aCell({ n: 0, sums: { y: "0" } })], []);
    expect(differences).toEqual([]);
  });

  it("adds up the values of an attribute of which some shard did not keep all", () => {
    const live = [byCountry("de", 2), byCountry("at", 1), byCountry(null, 4)];
    const replayed = [byCountry("de", 3), byCountry("ch", 3), byCountry("at", 1)];
    expect(compareCells(live, replayed).differences).toEqual([]);
    expect(compareCells(live, [...replayed, byCountry("fr", 1)]).differences).toMatchObject([
      { name: "country", slice: null, live: { n: 7 }, replayed: { n: 8 } },
    ]);
  });

  it("compares an attribute value by value where all were kept", () => {
    const { cells, differences } = compareCells(
      [byCountry("de", 2), byCountry("", 1)],
      [byCountry("de", 1), byCountry("", 2)],
    );
    expect(cells).toBe(2);
    expect(differences.map(({ slice }) => slice)).toEqual(["de", ""]);
  });
});
