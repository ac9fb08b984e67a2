import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { LedgerCounts } from "../../contract/ledger.ts";
import { SumsKind } from "../../contract/sums.ts";
import { emptyLedger } from "../../counting/ledger-counts.ts";
import type { SumsChange } from "../../counting/sums.ts";
import type { CountedSql } from "../../durable-objects/counted-sql.ts";
import { entriesOf } from "../../durable-objects/journal-entry.ts";
import { aChange, type ShardChange } from "../../durable-objects/shard-change.ts";
import { type Packing, ShardJournal } from "../../durable-objects/shard-journal.ts";
import type { ShardMemory } from "../../durable-objects/shard-memory.ts";
import { seededRandom } from "../random.ts";

/** SQLite itself, as far as a journal uses it. */
const aDatabase = () => {
  const database = new DatabaseSync(":memory:");
  const exec = (query: string, ...bindings: SQLInputValue[]): unknown[] => {
    if (bindings.length === 0 && query.includes(";")) {
      database.exec(query);
      return [];
    }
    return database.prepare(query).all(...bindings);
  };
  const tableNumbers = (prefix: string): number[] =>
    exec("SELECT name FROM sqlite_master WHERE name GLOB ?", `${prefix}[0-9]*`).map((row) =>
      Number((row as { name: string }).name.slice(prefix.length)),
    );
  return { database, sql: { exec, tableNumbers } as unknown as CountedSql };
};

const numbered = <Item>(from: number, count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(from + index));

const term = (index: number): string => `${index} ${"x".repeat(150)}`;
const missed = (index: number) => ({ taking: `${index}:00`, received_at: index, accounted: 1 });

const packing = (memory: ShardMemory, change: Partial<Packing> = {}): Packing => ({
  memory,
  now: 0,
  missedSince: 0,
  hasDeadLetters: false,
  ...change,
});

/** A journal that is closed and opened again at will, with what it has given back. */
const aJournal = ({ longAfter = 3 }: { readonly longAfter?: number } = {}) => {
  const { database, sql } = aDatabase();
  let journal = new ShardJournal(sql, longAfter);
  let memory = journal.load();
  return {
    database,
    sql,
    memory: () => memory,
    size: () => journal.size,
    take(change: ShardChange, when: Partial<Packing> = {}): void {
      for (const text of change.terms) memory.terms.idOf(text);
      journal.append(change, journal.isLong(1) ? packing(memory, when) : undefined);
      memory.absorb(change);
    },
    restart(): void {
      journal = new ShardJournal(sql, longAfter);
      memory = journal.load();
    },
  };
};

type Random = () => number;

const EXPERIMENTS = ["a", "b", "c"];

const cellsOf = ({ book }: ShardMemory): string[] =>
  book
    .cells({ experiment_ids: EXPERIMENTS, kinds: SumsKind.options })
    .map((cell) => JSON.stringify(cell))
    .toSorted();

/** Two memories that have the same are the same. */
const picture = (memory: ShardMemory) => ({
  ledger: memory.ledger,
  units: memory.units,
  terms: memory.terms.since(0),
  termsOnDisk: memory.termsOnDisk,
  missed: [...memory.missed.keys()].toSorted(),
  deleted: [...memory.deletedUnits].map(([hash, { deleted_at }]) => `${hash} ${deleted_at}`).toSorted(),
  cells: cellsOf(memory),
});

const received = (count: number): LedgerCounts => ({ ...emptyLedger(), received: count });

/** Of many values of a dimension, of which not all are kept. */
const aSum = (random: Random, n: 1 | -1, experiment_id: string): SumsChange => ({
  key: {
    experiment_id,
    phase: 1 + Math.floor(random() * 2),
    variant_id: "var",
    metric_id: "",
    kind: "dimension",
    name: "city",
    slice: String(Math.floor(random() * 1_500)),
  },
  n,
  sums: { y: n * 3 },
});

const aRandomChange = (random: Random, round: number): ShardChange => {
  const below = (limit: number): number => Math.floor(random() * limit);
  const some = <Item>(item: () => Item): Item[] => (random() < 0.4 ? [item()] : []);
  return aChange({
    ledger: received(below(5)),
    units: below(3),
    terms: some(() => `term ${round}`),
    missed: some(() => missed(below(30))),
    arrived: some(() => `${below(30)}:00`),
    deleted: some(() => ({ hash: `h${below(10)}`, deleted_at: below(100), noted_at: 0 })),
    sums: EXPERIMENTS.flatMap((experiment) =>
      random() < 0.5 ? [] : Array.from({ length: 40 }, () => aSum(random, random() < 0.2 ? -1 : 1, experiment)),
    ),
  });
};

/** The tables of version 0.3.0, with these texts and bytes in them. */
const EARLIER = `
  CREATE TABLE packed_sums (
    experiment_id TEXT NOT NULL, phase INTEGER NOT NULL, part INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (experiment_id, phase, part)
  ) WITHOUT ROWID;
  CREATE TABLE packed (
    name TEXT NOT NULL, part INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (name, part)
  ) WITHOUT ROWID;
  CREATE TABLE journal_7 (seq INTEGER PRIMARY KEY, facts TEXT NOT NULL, sums BLOB)`;

describe("a shard's journal", () => {
  it.each([1, 3, 20])(
    "gives back what it was given, whenever it is opened, where it is long after %d entries",
    (longAfter) => {
      const random = seededRandom(20_261_200 + longAfter);
      const journal = aJournal({ longAfter });
      for (let round = 0; round < 150; round++) {
        journal.take(aRandomChange(random, round));
        if (random() < 0.7) continue;
        const before = picture(journal.memory());
        journal.restart();
        expect(picture(journal.memory())).toEqual(before);
      }
    },
  );

  it("does not grow with what it was given", () => {
    const random = seededRandom(20_261_204);
    const journal = aJournal({ longAfter: 20 });
    const rows = (): number => Number(journal.database.prepare("SELECT count(*) AS n FROM journal").get()?.["n"]);
    for (let round = 0; round < 100; round++) journal.take(aRandomChange(random, round));
    const before = rows();
    for (let round = 100; round < 400; round++) journal.take(aRandomChange(random, round));
    expect(rows()).toBeLessThan(before + 10);
    expect(journal.size().entries).toBeLessThan(40);
  });

  it("keeps lists that no row could hold", () => {
    const journal = aJournal();
    let terms = 0;
    for (const [round, count] of [3_000, 10, 2_500, 0, 1, 9_000, 5].entries()) {
      journal.take(
        aChange({ terms: numbered(terms, count, term), missed: numbered(round * 10_000, count, missed), units: 1 }),
      );
      terms += count;
      // What was missed in the round before comes, so that the list gets shorter, too.
      journal.take(aChange({ arrived: numbered((round - 1) * 10_000, 9_000, (index) => `${index}:00`) }));
      // Each of these may have a page imaged.
      for (let call = 0; call < 4; call++) journal.take(aChange({ units: 1 }));
      const before = picture(journal.memory());
      journal.restart();
      expect(journal.memory().terms.since(0)).toEqual(numbered(0, terms, term));
      expect(picture(journal.memory())).toEqual(before);
    }
    const longest = journal.database
      .prepare("SELECT max(coalesce(length(facts), 0) + coalesce(length(data), 0)) AS longest FROM journal")
      .get();
    expect(Number(longest?.["longest"])).toBeLessThan(700_000);
  });

  it("forgets deletions after 20 days, and messages that nothing is known of any more", () => {
    const day = 86_400_000;
    const journal = aJournal({ longAfter: 1 });
    const deleted = [
      { hash: "old", deleted_at: 0, noted_at: 0 },
      { hash: "new", deleted_at: 0, noted_at: 10 * day },
    ];
    journal.take(aChange({ missed: [missed(1), missed(2)], deleted }));
    for (let call = 0; call < 10; call++) journal.take(aChange({ units: 1 }), { now: 15 * day });
    expect(journal.memory().deletedUnits.size).toBe(2);
    for (let call = 0; call < 10; call++)
      journal.take(aChange({ units: 1 }), { now: 21 * day, missedSince: 2, hasDeadLetters: call < 5 });
    expect([...journal.memory().deletedUnits.keys()]).toEqual(["new"]);
    expect([...journal.memory().missed.keys()]).toEqual(["2:00"]);
    const before = picture(journal.memory());
    journal.restart();
    expect(picture(journal.memory())).toEqual(before);
  });

  it("takes over what version 0.3.0 has kept", () => {
    const { database, sql } = aDatabase();
    const random = seededRandom(20_261_203);
    const [packed, since] = [aRandomChange(random, 0), aRandomChange(random, 1)];
    const expected = aJournal();
    for (const change of [packed, since]) expected.take({ ...change, terms: [`term ${change.units}`] });
    const other = aJournal();
    other.take(packed);
    database.exec(EARLIER);
    const pack = database.prepare("INSERT INTO packed VALUES (?, 0, ?)");
    pack.run("terms", JSON.stringify([`term ${packed.units}`]));
    pack.run("missed", JSON.stringify([...other.memory().missed.values()]));
    pack.run("deleted", JSON.stringify([...other.memory().deletedUnits.values()]));
    pack.run("counts", JSON.stringify([{ ledger: packed.ledger, units: packed.units }]));
    for (const { experiment_id, phase } of other.memory().book.parts())
      for (const [part, data] of other.memory().book.packExperiment(experiment_id, phase).entries())
        database.prepare("INSERT INTO packed_sums VALUES (?, ?, ?, ?)").run(experiment_id, phase, part, data);
    for (const { facts, sums } of entriesOf({ ...since, terms: [`term ${since.units}`] }))
      database.prepare("INSERT INTO journal_7 (facts, sums) VALUES (?, ?)").run(facts, sums);

    expect(picture(new ShardJournal(sql).load())).toEqual(picture(expected.memory()));
    const left = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    expect(left.map((row) => row["name"])).toEqual(["journal"]);
    expect(picture(new ShardJournal(sql).load())).toEqual(picture(expected.memory()));
  });
});
