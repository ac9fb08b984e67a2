import type { LedgerCounts } from "../contract/ledger.ts";
import type { SumsCell } from "../contract/sums.ts";
import { addLedgers, emptyLedger } from "../counting/ledger-counts.ts";
import type { SumsChange } from "../counting/sums.ts";
import { decodeUnit, encodeUnit } from "../counting/unit-codec.ts";
import { NEW_UNIT, type UnitState } from "../counting/unit-state.ts";

/** Rows written are what the bill is made of, and a row of a table WITHOUT ROWID is one where a keyed rowid table has two. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS unit (
    unit_type TEXT NOT NULL, unit TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (unit_type, unit)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sums (
    experiment_id TEXT NOT NULL, phase INTEGER NOT NULL, day INTEGER NOT NULL, variant_id TEXT NOT NULL,
    metric_id TEXT NOT NULL, n INTEGER NOT NULL, sum TEXT NOT NULL, sum_of_squares TEXT NOT NULL,
    PRIMARY KEY (experiment_id, phase, day, variant_id, metric_id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ledger (id INTEGER PRIMARY KEY CHECK (id = 1), counts TEXT NOT NULL);`;

const DAY_MS = 86_400_000;

/**
 * Days that message ids are kept after the newest. The events queue and the dead-letter queue keep a message for 4 days
 * each; the rest is slack.
 */
const KEEP_DAYS = 10;

const messageTable = (received_at: number): string => `message_${Math.floor(received_at / DAY_MS)}`;
const dayOf = (table: string): number => Number(table.slice("message_".length));

/** How far a message is known to have come; it never goes back. */
const MESSAGE_FATES = ["sent", "dead", "applied"] as const;
export type MessageFate = (typeof MESSAGE_FATES)[number];

/** The tables of a unit shard. Everything is synchronous; the caller opens the transaction. */
export class UnitShardStorage {
  readonly #sql: SqlStorage;
  readonly #messageTables: Set<string>;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SCHEMA);
    const tables = sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'message_*'")
      .toArray();
    this.#messageTables = new Set(tables.map(({ name }) => name));
  }

  /**
   * Makes the table that remembers messages of a day and drops those that are too old: dropping a table writes no rows,
   * deleting its rows would cost as much as inserting them did. Not in a transaction, which could be rolled back.
   */
  prepareMessages(received_at: number): void {
    const table = messageTable(received_at);
    if (this.#messageTables.has(table)) return;
    this.#sql.exec(`CREATE TABLE ${table} (message_id TEXT PRIMARY KEY, fate TEXT NOT NULL) WITHOUT ROWID`);
    this.#messageTables.add(table);
    const newest = Math.max(...Array.from(this.#messageTables, dayOf));
    for (const old of this.#messageTables)
      if (dayOf(old) < newest - KEEP_DAYS && old !== table) {
        this.#sql.exec(`DROP TABLE ${old}`);
        this.#messageTables.delete(old);
      }
  }

  /** Remembers a message's fate, unless it was further before; gives the one it had, if any. */
  setMessageFate(message_id: string, received_at: number, fate: MessageFate): MessageFate | undefined {
    const table = messageTable(received_at);
    const before = this.#sql
      .exec<{ fate: MessageFate }>(`SELECT fate FROM ${table} WHERE message_id = ?`, message_id)
      .toArray()[0]?.fate;
    if (before === undefined) this.#sql.exec(`INSERT INTO ${table} (message_id, fate) VALUES (?, ?)`, message_id, fate);
    else if (MESSAGE_FATES.indexOf(before) < MESSAGE_FATES.indexOf(fate))
      this.#sql.exec(`UPDATE ${table} SET fate = ? WHERE message_id = ?`, fate, message_id);
    return before;
  }

  loadUnit(unitType: string, unit: string): UnitState {
    const row = this.#sql
      .exec<{ state: string }>("SELECT state FROM unit WHERE unit_type = ? AND unit = ?", unitType, unit)
      .toArray()[0];
    return row ? decodeUnit(row.state) : NEW_UNIT;
  }

  /**
   * Throws when the state is larger than a row can be (2 MB): some 25,000 events in 12 days, which no person makes. The
   * limit keeps one unit from costing its whole shard.
   */
  saveUnit(unitType: string, unit: string, state: UnitState): void {
    this.#sql.exec(
      "INSERT INTO unit (unit_type, unit, state) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
      unitType,
      unit,
      encodeUnit(state),
    );
  }

  /** Sums pass 2⁵³ and even SQLite's 2⁶³, so they are added here and kept as decimal text. */
  addToSums(change: SumsChange): void {
    const { experiment_id, phase, day, variant_id, metric_id } = change;
    const key = [experiment_id, phase, day, variant_id, metric_id];
    const cell = this.#sql
      .exec<Pick<SumsCell, "n" | "sum" | "sum_of_squares">>(
        `SELECT n, sum, sum_of_squares FROM sums
         WHERE experiment_id = ? AND phase = ? AND day = ? AND variant_id = ? AND metric_id = ?`,
        ...key,
      )
      .toArray()[0] ?? { n: 0, sum: "0", sum_of_squares: "0" };
    const n = cell.n + change.n;
    if (n === 0)
      this.#sql.exec(
        "DELETE FROM sums WHERE experiment_id = ? AND phase = ? AND day = ? AND variant_id = ? AND metric_id = ?",
        ...key,
      );
    else
      this.#sql.exec(
        `INSERT INTO sums (experiment_id, phase, day, variant_id, metric_id, n, sum, sum_of_squares)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
         SET n = excluded.n, sum = excluded.sum, sum_of_squares = excluded.sum_of_squares`,
        ...key,
        n,
        String(BigInt(cell.sum) + change.sum),
        String(BigInt(cell.sum_of_squares) + change.sum_of_squares),
      );
  }

  listSums(experimentIds: readonly string[]): SumsCell[] {
    return this.#sql
      .exec<SumsCell>(
        `SELECT experiment_id, phase, variant_id, metric_id, day, n, sum, sum_of_squares FROM sums
         WHERE experiment_id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(experimentIds),
      )
      .toArray();
  }

  readLedger(): LedgerCounts {
    const row = this.#sql.exec<{ counts: string }>("SELECT counts FROM ledger").toArray()[0];
    return row ? (JSON.parse(row.counts) as LedgerCounts) : emptyLedger();
  }

  addToLedger(counts: LedgerCounts, factor: 1 | -1 = 1): void {
    this.#sql.exec(
      "INSERT INTO ledger (id, counts) VALUES (1, ?) ON CONFLICT DO UPDATE SET counts = excluded.counts",
      JSON.stringify(addLedgers(this.readLedger(), counts, factor)),
    );
  }
}
