import { describe, expect, it } from "vitest";
import type { SumsCell } from "../../../contract/sums.ts";
import { rankOf } from "../../../counting/kept-values.ts";
import { mergeCells } from "../../../workers/admin/merge-cells.ts";

const aCell = (change: Partial<SumsCell> = {}): SumsCell => ({
  experiment_id: "e",
  phase: 1,
  variant_id: "a",
  metric_id: "",
  kind: "day",
  name: "",
  slice: "20000",
  n: 1,
  sums: {},
  ...change,
});
const country = (slice: string | null, n: number, change: Partial<SumsCell> = {}): SumsCell =>
  aCell({ kind: "dimension", name: "country", slice, n, ...change });

/** Units by slice of the merged cells. */
const units = (cells: readonly SumsCell[]) => Object.fromEntries(cells.map(({ slice, n }) => [String(slice), n]));

describe("merged cells", () => {
  it("are added up by name, exactly, and tell phases, variants, metrics and slices apart", () => {
    const big = "900000000000000000001";
    const revenue = (slice: string, y: string, yy = big) =>
      aCell({ metric_id: "m", slice, n: 2, sums: { y, yy, ...(y === "-4" ? { x: "7" } : {}) } });
    expect(
      mergeCells([
        [revenue("1", "5"), revenue("2", "1"), aCell({ phase: 2 })],
        [revenue("1", "-4"), aCell({ variant_id: "b" }), aCell()],
      ]),
    ).toEqual([
      aCell(),
      aCell({ metric_id: "m", slice: "1", n: 4, sums: { y: "1", yy: "1800000000000000000002", x: "7" } }),
      aCell({ metric_id: "m", slice: "2", n: 2, sums: { y: "1", yy: big } }),
      aCell({ variant_id: "b" }),
      aCell({ phase: 2 }),
    ]);
  });

  it("leave out what comes out as nothing", () => {
    const half = (y: string) => aCell({ metric_id: "m", n: 0, sums: { y, x: "3" } });
    expect(mergeCells([[half("5")], [half("-5")]])).toEqual([aCell({ metric_id: "m", n: 0, sums: { x: "6" } })]);
    expect(mergeCells([[aCell({ n: 1 })], [aCell({ n: -1 })]])).toEqual([]);
  });

  it("have the 50 values of a dimension with most units, and the rest as one", () => {
    const cells = Array.from({ length: 60 }, (_, index) => country(`c${index}`, 100 + index));
    const merged = mergeCells([cells.slice(0, 40), [...cells.slice(40), country("c0", 200)]]);
    expect(merged).toHaveLength(51);
    // c0 has 300 by now; c1 to c10 are the smallest.
    expect(units(merged)).toMatchObject({ c0: 300, c11: 111, c59: 159, null: 10 * 105.5 });
    expect(units(merged)).not.toHaveProperty("c10");
  });

  it("choose the values by units, not by what a metric counts, and fold a value in all its cells", () => {
    const values = Array.from({ length: 51 }, (_, index) => country(`c${index}`, index + 1));
    const metric = country("c0", 1, { metric_id: "m", n: 5_000, sums: { y: "9" } });
    const merged = mergeCells([[...values, metric]]);
    expect(merged.filter(({ metric_id }) => metric_id === "m")).toEqual([
      country(null, 5_000, { metric_id: "m", sums: { y: "9" } }),
    ]);
    expect(units(merged.filter(({ metric_id }) => metric_id === ""))["null"]).toBe(1);
  });

  it("keep each dimension by itself", () => {
    const many = Array.from({ length: 51 }, (_, index) => country(`c${index}`, index + 1));
    const merged = mergeCells([[...many, country("phone", 1, { name: "device" })]]);
    expect(merged.filter(({ name }) => name === "device")).toEqual([country("phone", 1, { name: "device" })]);
  });

  it("never show a value that a shard may have added to its others", () => {
    const [first, second, third] = ["NO", "SE", "FI"].toSorted((a, b) => rankOf(a).hash - rankOf(b).hash);
    if (first === undefined || second === undefined || third === undefined) throw new Error("Three values.");
    // The shard has kept the values up to the second, so it has never seen the first, and may have folded the third.
    const crowded = [country(second, 5), country(null, 70)];
    const merged = mergeCells([crowded, [country(first, 3), country(second, 4), country(third, 2)]]);
    expect(units(merged)).toEqual({ [first]: 3, [second]: 9, null: 72 });
    expect(units(mergeCells([[country(null, 70)], [country(first, 3)]]))).toEqual({ null: 73 });
  });
});
