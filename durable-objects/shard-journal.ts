import type { PartKey } from "../counting/sums-book.ts";
import type { Terms } from "../counting/terms.ts";
import type { CountedSql } from "./counted-sql.ts";
import { changeOf, entriesOf } from "./journal-entry.ts";
import type { DeletedUnit, MissedMessage, ShardChange } from "./shard-change.ts";
import { ShardMemory } from "./shard-memory.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS packed_sums (
    experiment_id TEXT NOT NULL, phase INTEGER NOT NULL, part INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (experiment_id, phase, part)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS packed (
    name TEXT NOT NULL, part INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (name, part)
  ) WITHOUT ROWID;`;

const DAY_MS = 86_400_000;

/**
 * Days that a deletion is remembered: until no event from before it can come any more, see counting-plans.ts. Dead letters may
 * be replayed at any time, so nothing is forgotten while there are any.
 */
const KEEP_DELETION_DAYS = 20;

/** A row holds 2 MB; a character of JSON is at most 3 bytes. */
const MAX_PART = 300_000;

/** A list as JSON arrays, each small enough for a row. */
const partsOf = (list: readonly unknown[]): string[] => {
  const parts: string[] = [];
  let items: string[] = [];
  let length = 0;
  for (const item of list) {
    const text = JSON.stringify(item);
    if (items.length > 0 && length + text.length > MAX_PART) {
      parts.push(`[${items.join(",")}]`);
      items = [];
      length = 0;
    }
    items.push(text);
    length += text.length + 1;
  }
  return items.length > 0 ? [...parts, `[${items.join(",")}]`] : parts;
};

/**
 * A shard's memory on its disk: packed rows, and a journal of what has changed since, one row a call. The caller opens the
 * transactions, and forgets this object when one fails.
 */
export class ShardJournal {
  readonly #sql: CountedSql;
  /** The number in the name of the journal's table: each time that it is packed there is a new one. */
  #number: number;
  #entries = 0;
  #bytes = 0;
  /** The last part that terms are packed in, and which term is the first in it. */
  #lastTerms = { part: 0, first: 0 };

  constructor(sql: CountedSql) {
    this.#sql = sql;
    sql.exec(SCHEMA);
    const [number] = sql.tableNumbers("journal_");
    this.#number = number ?? 1;
    if (number === undefined) this.#begin();
  }

  #begin(): void {
    this.#sql.exec(`CREATE TABLE journal_${this.#number} (seq INTEGER PRIMARY KEY, facts TEXT NOT NULL, sums BLOB)`);
    this.#entries = 0;
    this.#bytes = 0;
  }

  /** How much is to be read when the object starts, besides the packed rows. */
  get size(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#entries, bytes: this.#bytes };
  }

  /** Everything that is kept in memory: what is packed, and the journal on top. Called once, and first. */
  load(): ShardMemory {
    const packed = <Item>(name: string): Item[][] =>
      this.#sql
        .exec<{ data: string }>("SELECT data FROM packed WHERE name = ? ORDER BY part", name)
        .map(({ data }) => JSON.parse(data) as Item[]);
    const terms = packed<string>("terms");
    const memory = new ShardMemory(terms.flat());
    this.#lastTerms = {
      part: Math.max(0, terms.length - 1),
      first: memory.terms.size - (terms.at(-1)?.length ?? 0),
    };
    for (const message of packed<MissedMessage>("missed").flat()) memory.missed.set(message.taking, message);
    for (const unit of packed<DeletedUnit>("deleted").flat()) memory.deletedUnits.set(unit.hash, unit);
    for (const counts of packed<Pick<ShardMemory, "ledger" | "units">>("counts").flat()) Object.assign(memory, counts);
    for (const { data } of this.#sql.exec<{ data: ArrayBuffer }>("SELECT data FROM packed_sums"))
      memory.book.loadPacked(new Uint8Array(data));

    for (const { facts, sums } of this.#sql.exec<{ facts: string; sums: ArrayBuffer | null }>(
      `SELECT facts, sums FROM journal_${this.#number} ORDER BY seq`,
    )) {
      const change = changeOf({ facts, sums: sums && new Uint8Array(sums) });
      for (const term of change.terms) memory.terms.idOf(term);
      memory.absorb(change);
      this.#count(facts.length + (sums?.byteLength ?? 0));
    }
    return memory;
  }

  append(change: ShardChange): void {
    for (const { facts, sums } of entriesOf(change)) {
      this.#sql.exec(`INSERT INTO journal_${this.#number} (facts, sums) VALUES (?, ?)`, facts, sums);
      this.#count(facts.length + (sums?.byteLength ?? 0));
    }
  }

  #count(bytes: number): void {
    this.#entries++;
    this.#bytes += bytes;
  }

  /**
   * Packs what has changed since the last time, and begins a new journal: dropping a table writes no rows. Messages that were
   * received before `missedSince` are lost for good; they stay received, and nobody waits for them any more. Both are ms
   * since 1970.
   */
  fold(
    memory: ShardMemory,
    {
      now,
      missedSince,
      hasDeadLetters,
    }: { readonly now: number; readonly missedSince: number; readonly hasDeadLetters: boolean },
  ): void {
    for (const part of memory.book.takeChanged()) this.#packSums(memory, part);
    this.#packTerms(memory.terms);
    memory.termsOnDisk = memory.terms.size;

    for (const [taking, { received_at }] of memory.missed) if (received_at < missedSince) memory.forgetMissed(taking);
    for (const [hash, { noted_at }] of memory.deletedUnits)
      if (!hasDeadLetters && noted_at < now - KEEP_DELETION_DAYS * DAY_MS) memory.forgetDeleted(hash);
    if (memory.unpacked.missed) this.#packList("missed", [...memory.missed.values()]);
    if (memory.unpacked.deleted) this.#packList("deleted", [...memory.deletedUnits.values()]);
    memory.unpacked.missed = false;
    memory.unpacked.deleted = false;
    const { ledger, units } = memory;
    this.#packList("counts", [{ ledger, units }]);

    const old = this.#number++;
    this.#begin();
    this.#sql.exec(`DROP TABLE journal_${old}`);
  }

  #packSums({ book }: ShardMemory, { experiment_id, phase }: PartKey): void {
    const parts = book.packExperiment(experiment_id, phase);
    for (const [part, data] of parts.entries())
      this.#sql.exec(
        `INSERT INTO packed_sums (experiment_id, phase, part, data) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET data = excluded.data`,
        experiment_id,
        phase,
        part,
        data,
      );
    this.#sql.exec(
      "DELETE FROM packed_sums WHERE experiment_id = ? AND phase = ? AND part >= ?",
      experiment_id,
      phase,
      parts.length,
    );
  }

  #pack(name: string, part: number, data: string): void {
    this.#sql.exec(
      `INSERT INTO packed (name, part, data) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data
       WHERE data <> excluded.data`,
      name,
      part,
      data,
    );
  }

  /** Packs a list, or what comes in it from part `from` on; gives the texts of its parts. What was there beyond its end goes. */
  #packList(name: string, list: readonly unknown[], from = 0): readonly string[] {
    const parts = partsOf(list);
    for (const [index, data] of parts.entries()) this.#pack(name, from + index, data);
    this.#sql.exec("DELETE FROM packed WHERE name = ? AND part >= ?", name, from + parts.length);
    return parts;
  }

  /** Terms are never changed: the last part of them may have grown, and new ones may follow. */
  #packTerms(terms: Terms): void {
    const { part, first } = this.#lastTerms;
    const parts = this.#packList("terms", terms.since(first), part);
    const last = (JSON.parse(parts.at(-1) ?? "[]") as string[]).length;
    this.#lastTerms = { part: part + Math.max(0, parts.length - 1), first: terms.size - last };
  }
}
