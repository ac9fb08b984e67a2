import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { CountedSql } from "../../durable-objects/counted-sql.ts";
import { aChange, type ShardChange } from "../../durable-objects/shard-change.ts";
import { ShardJournal } from "../../durable-objects/shard-journal.ts";

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

describe("a shard's journal", () => {
  it("gives back what it was given, however much there is and however often it was packed", () => {
    const { database, sql } = aDatabase();
    let journal = new ShardJournal(sql);
    let memory = journal.load();
    const take = (change: ShardChange): void => {
      for (const text of change.terms) memory.terms.idOf(text);
      journal.append(change);
      memory.absorb(change);
    };
    let terms = 0;
    for (const [round, count] of [3_000, 10, 2_500, 0, 1, 9_000, 5].entries()) {
      take(aChange({ terms: numbered(terms, count, term), missed: numbered(round * 10_000, count, missed), units: 1 }));
      terms += count;
      // What was missed in the round before comes, so that the packed list gets shorter, too.
      take(aChange({ arrived: numbered((round - 1) * 10_000, 9_000, (index) => `${index}:00`) }));
      if (round !== 2) journal.fold(memory, { now: 0, missedSince: 0, hasDeadLetters: false });
      journal = new ShardJournal(sql);
      const loaded = journal.load();
      expect(loaded.terms.since(0)).toEqual(numbered(0, terms, term));
      expect([...loaded.missed.keys()].toSorted()).toEqual([...memory.missed.keys()].toSorted());
      expect(loaded.units).toBe(round + 1);
      expect(loaded.termsOnDisk).toBe(terms);
      memory = loaded;
    }
    const parts = database.prepare("SELECT count(*) AS parts, max(length(data)) AS longest FROM packed").get();
    expect(Number(parts?.["parts"])).toBeGreaterThan(7);
    expect(Number(parts?.["longest"])).toBeLessThan(400_000);
  });

  it("forgets deletions after 20 days, and messages that nothing is known of any more", () => {
    const day = 86_400_000;
    const { sql } = aDatabase();
    const journal = new ShardJournal(sql);
    const memory = journal.load();
    const change = aChange({
      missed: [missed(1), missed(2)],
      deleted: [
        { hash: "old", deleted_at: 0, noted_at: 0 },
        { hash: "new", deleted_at: 0, noted_at: 10 * day },
      ],
    });
    journal.append(change);
    memory.absorb(change);
    journal.fold(memory, { now: 21 * day, missedSince: 2, hasDeadLetters: false });
    const loaded = new ShardJournal(sql).load();
    expect([...loaded.deletedUnits.keys()]).toEqual(["new"]);
    expect([...loaded.missed.keys()]).toEqual(["2:00"]);
  });
});
