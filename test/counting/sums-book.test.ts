import { describe, expect, it } from "vitest";
import type { CellKey } from "../../contract/sums.ts";
import { decodeChanges, encodeChanges } from "../../counting/changes-codec.ts";
import type { SumsChange } from "../../counting/sums.ts";
import { SumsBook } from "../../counting/sums-book.ts";
import { seededRandom, shuffled } from "../random.ts";

const aKey = (change: Partial<CellKey> = {}): CellKey => ({
  experiment_id: "exp",
  phase: 1,
  variant_id: "exp.a",
  metric_id: "",
  kind: "day",
  name: "",
  slice: "20700",
  ...change,
});
const aChange = (change: Partial<CellKey> = {}, n = 1, sums: SumsChange["sums"] = { y: 3, yy: 9 }): SumsChange => ({
  key: aKey(change),
  n,
  sums,
});

const bookOf = (changes: readonly SumsChange[]): SumsBook => {
  const book = new SumsBook();
  for (const change of changes) book.add(change);
  return book;
};
const everything = { experiment_ids: ["exp", "other"], kinds: ["day", "dimension", "bucket"] } as const;
const cellsOf = (book: SumsBook) => {
  const cells = book.cells(everything).map((cell) => ({
    name: JSON.stringify([cell.kind, cell.metric_id, cell.variant_id, cell.phase, cell.slice]),
    cell,
  }));
  return cells.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ cell }) => cell);
};

/** A book with what the other one gives to be stored. */
const reloaded = (book: SumsBook): SumsBook => {
  const loaded = new SumsBook();
  for (const { experiment_id, phase } of book.parts())
    for (const bytes of book.packExperiment(experiment_id, phase)) loaded.loadPacked(bytes);
  return loaded;
};

const values = (count: number) => Array.from({ length: count }, (_, index) => `value ${index}`);
const inDimension = (slice: string, n = 1) => aChange({ kind: "dimension", name: "city", slice }, n, { y: n });

describe("SumsBook", () => {
  it("adds up and forgets a cell in which nothing is left", () => {
    const book = bookOf([
      aChange(),
      aChange({ metric_id: "m" }),
      aChange({}, 2, { y: 2n ** 70n }),
      aChange({ metric_id: "m" }, -1, { y: -3, yy: -9 }),
    ]);
    expect(book.cells(everything)).toEqual([{ ...aKey(), n: 3, sums: { y: String(2n ** 70n + 3n), yy: "9" } }]);
  });

  it("gives the cells of the names that are asked for, of a dimension with the rest of its values", () => {
    const city = values(300).map((value) => inDimension(value));
    const book = bookOf([...city, aChange({ kind: "dimension", name: "plan", slice: "free" }), aChange()]);
    const named = (...names: string[]) => book.cells({ ...everything, names });
    expect(named("plan").map(({ slice }) => slice)).toEqual(["free"]);
    expect(named("city")).toEqual(book.cells(everything).filter(({ name }) => name === "city"));
    expect(named("city", "plan").reduce((sum, { n }) => sum + n, 0)).toBe(301);
    expect(named("country")).toEqual([]);
  });

  it("gives the experiments and kinds that are asked for", () => {
    const book = bookOf([aChange(), aChange({ experiment_id: "other" }), aChange({ kind: "bucket", slice: "7" })]);
    expect(book.cells({ experiment_ids: ["exp", "exp", "gone"], kinds: ["bucket"] })).toMatchObject([
      { kind: "bucket", slice: "7" },
    ]);
  });

  it("says which phases of an experiment changed since it was asked", () => {
    const book = bookOf([aChange(), aChange({ phase: 2 }), aChange({ experiment_id: "other" })]);
    expect(book.takeChanged("exp")).toEqual([1, 2]);
    book.add(aChange({ phase: 2 }));
    expect(book.takeChanged("exp")).toEqual([2]);
    expect(book.takeChanged("exp")).toEqual([]);
    expect(book.takeChanged("other")).toEqual([1]);
    expect(reloaded(book).takeChanged("exp")).toEqual([]);
  });

  it("comes back from what it gives to be stored, in chunks of less than 1.5 MB", () => {
    const random = seededRandom(20_261_135);
    const changes = Array.from({ length: 12_000 }, (_, index) =>
      aChange(
        { metric_id: `met_${index % 25}`, slice: String(Math.floor(index / 25)), variant_id: `exp.${index % 3}` },
        5,
        {
          y: Math.floor(random() * 1e15),
          yy: BigInt(Math.floor(random() * 1e15)) ** 2n,
          xe: -index - 1,
          xx: BigInt(index + 1) ** 60n,
        },
      ),
    );
    const book = bookOf(changes);
    const chunks = book.packExperiment("exp", 1);
    expect(chunks.length).toBeGreaterThan(1);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(1_500_000);
    // One text: comparing objects takes seconds.
    expect(JSON.stringify(cellsOf(reloaded(book)))).toBe(JSON.stringify(cellsOf(book)));
  });

  it("has nothing to store when nothing is left", () => {
    expect(bookOf([aChange(), aChange({}, -1, { y: -3, yy: -9 })]).packExperiment("exp", 1)).toEqual([]);
  });

  it("tells 256 values of a dimension apart, the same ones in whatever order they come, and loses none of the rest", () => {
    const changes = values(2000).flatMap((value) => [inDimension(value), inDimension(value, 2)]);
    const books = [1, 2, 3].map((seed) => bookOf(shuffled(changes, seededRandom(seed))));
    const [first] = books.map(cellsOf);
    for (const book of books) expect(cellsOf(book)).toEqual(first);
    expect(first?.filter(({ slice }) => slice !== null)).toHaveLength(256);
    expect(first?.reduce((sum, { n }) => sum + n, 0)).toBe(6000);
  });

  it("keeps the values of a dimension across being stored, and puts later ones to the rest", () => {
    const changes = shuffled(
      values(1500).map((value) => inDimension(value)),
      seededRandom(4),
    );
    const book = reloaded(bookOf(changes.slice(0, 1000)));
    for (const change of changes.slice(1000)) book.add(change);
    expect(cellsOf(book)).toEqual(cellsOf(bookOf(changes)));
  });

  it("does not let values that came and went again drive out others", () => {
    const [passing, staying] = [values(300), Array.from({ length: 256 }, (_, index) => `other ${index}`)];
    const book = bookOf([
      ...passing.map((value) => inDimension(value)),
      ...staying.map((value) => inDimension(value)),
      ...passing.map((value) => inDimension(value, -1)),
    ]);
    // Some of those that came late are with the rest; what is told apart is right.
    const cells = cellsOf(book);
    expect(cells.reduce((sum, { n }) => sum + n, 0)).toBe(256);
    expect(cells.every(({ slice, n }) => slice === null || (n === 1 && slice.startsWith("other")))).toBe(true);
  });

  it("folds the values of all phases alike", () => {
    const changes = values(1000).map((value, index) =>
      aChange({ kind: "dimension", name: "city", slice: value, phase: 1 + (index % 2) }),
    );
    const book = bookOf(shuffled(changes, seededRandom(5)));
    expect(cellsOf(reloaded(book))).toEqual(cellsOf(book));
    expect(cellsOf(book)).toEqual(cellsOf(bookOf(changes)));
  });
});

describe("encodeChanges", () => {
  it("keeps every change", () => {
    const changes = [
      aChange(),
      aChange({ kind: "dimension", name: "city", slice: null, metric_id: "m" }, -2, { yd: -(2n ** 80n), ee: 5 }),
      aChange({ kind: "credit", slice: "tie", phase: 300, variant_id: "" }, 0, { y: -1 }),
    ];
    expect(decodeChanges(encodeChanges(changes))).toEqual(changes);
  });

  it("does not read what it did not write", () => {
    expect(() => decodeChanges(new Uint8Array([9]))).toThrow("not known");
  });
});
