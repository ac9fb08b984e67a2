import type { LedgerCounts } from "../contract/ledger.ts";
import { decodeChanges, encodeChanges } from "../counting/changes-codec.ts";
import type { PartKey } from "../counting/sums-book.ts";
import { aChange, type DeletedUnit, type MissedMessage, type ShardChange } from "./shard-change.ts";
import { ShardMemory } from "./shard-memory.ts";
import type { Taking } from "./taking.ts";
import { unitKey } from "./unit-key.ts";

/**
 * Rows written are what the bill is made of: a row of a table WITHOUT ROWID is one where a keyed rowid table has two, and a
 * table that is dropped writes none. Tables of versions before 0.3 have other names and are left alone.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS unit_state (
    unit_type INTEGER NOT NULL, unit NOT NULL, state BLOB NOT NULL, PRIMARY KEY (unit_type, unit)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS packed_sums (
    experiment_id TEXT NOT NULL, phase INTEGER NOT NULL, part INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (experiment_id, phase, part)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS packed (
    name TEXT NOT NULL, part INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (name, part)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dead_letter (
    id BLOB NOT NULL, intake BLOB NOT NULL, counts TEXT NOT NULL, PRIMARY KEY (id, intake)
  ) WITHOUT ROWID;`;

const DAY_MS = 86_400_000;
const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

/**
 * Days that a message is remembered. The events queue and the dead-letter queue keep one for 4 days each; the rest is slack.
 */
const KEEP_DAYS = 10;

/** Days that a deletion is remembered: until no event from before it can come any more, see `horizon` in counting-plans.ts. */
const KEEP_DELETION_DAYS = 20;

/** A row holds 2 MB. */
const MAX_ENTRY_BYTES = 1_500_000;
/** A term has at most 100 characters, or 600 bytes of JSON. */
const TERMS_PER_PART = 2_048;
const MISSED_PER_PART = 10_000;

/** What became of a message before. */
export type KnownTaking =
  | { readonly kind: "applied" }
  /** It was given up, with these counts. */
  | { readonly kind: "dead"; readonly counts: LedgerCounts };

interface EncodedFacts {
  readonly ledger?: LedgerCounts;
  readonly terms?: readonly string[];
  readonly missed?: readonly [taking: string, received_at: number, accounted: number][];
  readonly arrived?: readonly string[];
  readonly deleted?: readonly DeletedUnit[];
  readonly units?: number;
}

type Row = Record<string, SqlStorageValue>;

/** The tables of a unit shard. Everything is synchronous; the caller opens the transactions, and forgets this object when one fails. */
export class UnitShardStorage {
  readonly #sql: SqlStorage;
  readonly #count: (rowsWritten: number) => void;
  /** Days since 1970 that have a table of messages. */
  readonly #messageDays: Set<number>;
  /** The number in the name of the journal's table. */
  #journal: number;
  #journalEntries = 0;
  #journalBytes = 0;

  /** `count` is told of the rows that each statement wrote. */
  constructor(sql: SqlStorage, count: (rowsWritten: number) => void = () => undefined) {
    this.#sql = sql;
    this.#count = count;
    sql.exec(SCHEMA);
    const numbersOf = (prefix: string): number[] =>
      sql
        .exec<{ name: string }>(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ?",
          `${prefix}[0-9]*`,
        )
        .toArray()
        .map(({ name }) => Number(name.slice(prefix.length)));
    this.#messageDays = new Set(numbersOf("message_id_"));
    const [journal] = numbersOf("journal_");
    this.#journal = journal ?? 1;
    if (journal === undefined) this.#createJournal();
  }

  #exec<T extends Row>(query: string, ...bindings: unknown[]): T[] {
    const cursor = this.#sql.exec<T>(query, ...bindings);
    const rows = cursor.toArray();
    this.#count(cursor.rowsWritten);
    return rows;
  }

  #createJournal(): void {
    this.#exec(`CREATE TABLE journal_${this.#journal} (seq INTEGER PRIMARY KEY, facts TEXT NOT NULL, sums BLOB)`);
  }

  /** How much of the journal there is to be read when the object starts. */
  get journal(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#journalEntries, bytes: this.#journalBytes };
  }

  /** Bytes of the whole database. */
  get bytes(): number {
    return this.#sql.databaseSize;
  }

  /** Everything that is kept in memory: the packed rows, and the journal on top. */
  loadMemory(): ShardMemory {
    const packed = (name: string): string[] =>
      this.#exec<{ data: string }>("SELECT data FROM packed WHERE name = ? ORDER BY part", name).map(
        ({ data }) => data,
      );
    const memory = new ShardMemory(packed("terms").flatMap((data) => JSON.parse(data) as string[]));
    for (const data of packed("missed"))
      for (const message of JSON.parse(data) as MissedMessage[]) memory.missed.set(message.taking, message);
    for (const data of packed("counts"))
      Object.assign(memory, JSON.parse(data) as Pick<ShardMemory, "ledger" | "units">);
    for (const data of packed("deleted"))
      for (const unit of JSON.parse(data) as DeletedUnit[]) memory.deletedUnits.set(unit.hash, unit);

    for (const { data } of this.#exec<{ data: ArrayBuffer }>("SELECT data FROM packed_sums"))
      memory.book.loadPacked(new Uint8Array(data));

    for (const { facts, sums: changes } of this.#exec<{ facts: string; sums: ArrayBuffer | null }>(
      `SELECT facts, sums FROM journal_${this.#journal} ORDER BY seq`,
    )) {
      const { ledger, terms, missed, arrived, deleted, units } = JSON.parse(facts) as EncodedFacts;
      for (const term of terms ?? []) memory.terms.idOf(term);
      memory.absorb(
        aChange({
          ...(ledger && { ledger }),
          ...(terms && { terms }),
          ...(missed && {
            missed: missed.map(([taking, received_at, accounted]) => ({ taking, received_at, accounted })),
          }),
          ...(arrived && { arrived }),
          ...(deleted && { deleted }),
          ...(units !== undefined && { units }),
          ...(changes && { sums: decodeChanges(new Uint8Array(changes)) }),
        }),
      );
      this.#noteEntry(facts.length + (changes?.byteLength ?? 0));
    }
    return memory;
  }

  /** Adds an entry to the journal: one row, unless it is larger than a row can be. */
  appendToJournal(change: ShardChange): void {
    const { ledger, terms, missed, arrived, deleted, units, sums } = change;
    // Changes add up, so what is too large for one row is put into several, its terms first.
    const lists = Math.max(terms.length, missed.length, arrived.length);
    if (lists > MISSED_PER_PART || (lists > TERMS_PER_PART && terms.length === lists)) {
      const half = Math.ceil(lists / 2);
      this.appendToJournal(
        aChange({ terms: terms.slice(0, half), missed: missed.slice(0, half), arrived: arrived.slice(0, half) }),
      );
      this.appendToJournal({
        ...change,
        terms: terms.slice(half),
        missed: missed.slice(half),
        arrived: arrived.slice(half),
      });
      return;
    }
    const encoded = sums.length === 0 ? null : encodeChanges(sums);
    if (encoded && encoded.byteLength > MAX_ENTRY_BYTES && sums.length > 1) {
      const half = Math.ceil(sums.length / 2);
      this.appendToJournal({ ...change, sums: sums.slice(0, half) });
      this.appendToJournal(aChange({ sums: sums.slice(half) }));
      return;
    }
    const facts: EncodedFacts = {
      ledger,
      ...(terms.length > 0 && { terms }),
      ...(missed.length > 0 && {
        missed: missed.map(({ taking, received_at, accounted }) => [taking, received_at, accounted] as const),
      }),
      ...(arrived.length > 0 && { arrived }),
      ...(deleted.length > 0 && { deleted }),
      ...(units !== 0 && { units }),
    };
    const text = JSON.stringify(facts);
    this.#exec(`INSERT INTO journal_${this.#journal} (facts, sums) VALUES (?, ?)`, text, encoded);
    this.#noteEntry(text.length + (encoded?.byteLength ?? 0));
  }

  #noteEntry(bytes: number): void {
    this.#journalEntries++;
    this.#journalBytes += bytes;
  }

  /** Packs what has changed since the last time, and begins a new journal. */
  fold(memory: ShardMemory, now: number): void {
    for (const part of memory.book.takeChanged()) this.#packSums(memory, part);
    const newest = Math.max(dayOf(0), ...this.#messageDays);
    for (const [taking, { received_at }] of memory.missed)
      if (dayOf(received_at) < newest - KEEP_DAYS) {
        // It is lost for good: it stays received, and nobody waits for it any more.
        memory.missed.delete(taking);
        memory.unpacked.missed = true;
      }
    // Terms are never changed: the last part of them may have grown, and new ones may follow.
    const lastPart = this.#exec<{ part: number | null }>("SELECT max(part) AS part FROM packed WHERE name = 'terms'")[0]
      ?.part;
    this.#packList("terms", memory.terms.since((lastPart ?? 0) * TERMS_PER_PART), TERMS_PER_PART, lastPart ?? 0);
    memory.termsOnDisk = memory.terms.size;
    if (memory.unpacked.missed) this.#packList("missed", [...memory.missed.values()], MISSED_PER_PART, 0);
    const { ledger, units } = memory;
    this.#pack("counts", 0, JSON.stringify({ ledger, units }));
    for (const [hash, { noted_at }] of memory.deletedUnits)
      if (noted_at < now - KEEP_DELETION_DAYS * DAY_MS) {
        memory.deletedUnits.delete(hash);
        memory.unpacked.deleted = true;
      }
    if (memory.unpacked.deleted) this.#packList("deleted", [...memory.deletedUnits.values()], MISSED_PER_PART, 0);

    const old = this.#journal++;
    this.#createJournal();
    this.#exec(`DROP TABLE journal_${old}`);
    this.#journalEntries = 0;
    this.#journalBytes = 0;
    memory.unpacked.missed = false;
    memory.unpacked.deleted = false;
  }

  #packSums({ book }: ShardMemory, { experiment_id, phase }: PartKey): void {
    const parts = book.packExperiment(experiment_id, phase);
    for (const [part, data] of parts.entries())
      this.#exec(
        `INSERT INTO packed_sums (experiment_id, phase, part, data) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET data = excluded.data`,
        experiment_id,
        phase,
        part,
        data,
      );
    this.#exec(
      "DELETE FROM packed_sums WHERE experiment_id = ? AND phase = ? AND part >= ?",
      experiment_id,
      phase,
      parts.length,
    );
  }

  #pack(name: string, part: number, data: string): void {
    this.#exec(
      `INSERT INTO packed (name, part, data) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data
       WHERE data <> excluded.data`,
      name,
      part,
      data,
    );
  }

  /** Packs a list from part `from` on; parts that were there before beyond its end go. */
  #packList(name: string, list: readonly unknown[], perPart: number, from: number): void {
    let part = from;
    for (let start = 0; start < list.length; start += perPart)
      this.#pack(name, part++, JSON.stringify(list.slice(start, start + perPart)));
    this.#exec("DELETE FROM packed WHERE name = ? AND part >= ?", name, part);
  }

  /**
   * Makes room for messages that were received at this time, and drops the ids of those that are too old: dropping a table
   * writes no rows, deleting its rows would cost as much as inserting them did.
   */
  prepareMessages(received_at: number): void {
    const day = dayOf(received_at);
    if (this.#messageDays.size > 0 && Math.max(...this.#messageDays) >= day) return;
    this.#exec(
      `CREATE TABLE message_id_${day} (id BLOB NOT NULL, intake BLOB NOT NULL, PRIMARY KEY (id, intake)) WITHOUT ROWID`,
    );
    this.#messageDays.add(day);
    for (const old of this.#messageDays)
      if (old < day - KEEP_DAYS) {
        this.#exec(`DROP TABLE message_id_${old}`);
        this.#messageDays.delete(old);
      }
  }

  /** What is known of these message ids: by id, then by intake. */
  findMessages(ids: readonly string[]): Map<string, Map<string, KnownTaking>> {
    const days = [...this.#messageDays].map(
      (day) =>
        `SELECT lower(hex(id)) AS id, lower(hex(intake)) AS intake, NULL AS counts FROM json_each(?1)
         CROSS JOIN message_id_${day} ON id = unhex(value)`,
    );
    const found = this.#exec<{ id: string; intake: string; counts: string | null }>(
      [
        ...days,
        `SELECT lower(hex(id)) AS id, lower(hex(intake)) AS intake, counts FROM json_each(?1)
         CROSS JOIN dead_letter ON id = unhex(value)`,
      ].join(" UNION ALL "),
      JSON.stringify(ids),
    );
    const known = new Map<string, Map<string, KnownTaking>>();
    for (const { id, intake, counts } of found) {
      const takings = known.get(id) ?? new Map<string, KnownTaking>();
      known.set(id, takings);
      takings.set(
        intake,
        counts === null ? { kind: "applied" } : { kind: "dead", counts: JSON.parse(counts) as LedgerCounts },
      );
    }
    return known;
  }

  /**
   * Remembers that messages were applied, for {@link KEEP_DAYS} days from the newest message on: whoever sends an old one
   * again is not forgotten sooner than others.
   */
  rememberApplied(takings: readonly Taking[]): void {
    this.#exec(
      `INSERT INTO message_id_${Math.max(...this.#messageDays)} (id, intake)
       SELECT unhex(value ->> 0), unhex(value ->> 1) FROM json_each(?)`,
      JSON.stringify(takings.map(({ id, intake }) => [id, intake])),
    );
  }

  rememberDead({ id, intake }: Taking, counts: LedgerCounts): void {
    this.#exec(
      "INSERT INTO dead_letter (id, intake, counts) VALUES (unhex(?), unhex(?), ?)",
      id,
      intake,
      JSON.stringify(counts),
    );
  }

  forgetDead({ id, intake }: Taking): void {
    this.#exec("DELETE FROM dead_letter WHERE id = unhex(?) AND intake = unhex(?)", id, intake);
  }

  /** The unit's state; undefined for one that is new. `unitType` is the type's number among the terms. */
  loadUnit(unitType: number, unit: string): Uint8Array | undefined {
    const [row] = this.#exec<{ state: ArrayBuffer }>(
      "SELECT state FROM unit_state WHERE unit_type = ? AND unit = ?",
      unitType,
      unitKey(unit),
    );
    return row && new Uint8Array(row.state);
  }

  saveUnit(unitType: number, unit: string, state: Uint8Array): void {
    this.#exec(
      "INSERT INTO unit_state (unit_type, unit, state) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
      unitType,
      unitKey(unit),
      state,
    );
  }

  deleteUnit(unitType: number, unit: string): void {
    this.#exec("DELETE FROM unit_state WHERE unit_type = ? AND unit = ?", unitType, unitKey(unit));
  }
}
