import type { LedgerCounts } from "../contract/ledger.ts";
import type { CountedSql } from "./counted-sql.ts";
import type { Taking } from "./taking.ts";
import { type UnitKey, unitKey } from "./unit-key.ts";

/**
 * Rows written are what the bill is made of: a row of a table WITHOUT ROWID is one where a keyed rowid table has two, and a
 * table that is dropped writes none. Tables of versions before 0.3 have other names and are left alone.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS unit_state (
    unit_type INTEGER NOT NULL, unit NOT NULL, state BLOB NOT NULL, PRIMARY KEY (unit_type, unit)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS unit_state_more (
    unit_type INTEGER NOT NULL, unit NOT NULL, part INTEGER NOT NULL, state BLOB NOT NULL,
    PRIMARY KEY (unit_type, unit, part)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dead_letter (
    id BLOB NOT NULL, intake BLOB NOT NULL, counts TEXT NOT NULL, PRIMARY KEY (id, intake)
  ) WITHOUT ROWID;`;

/** What one row has of a unit's state; a row holds 2 MB. The few units that are larger have more rows. */
const ROW_BYTES = 1_500_000;

const DAY_MS = 86_400_000;
const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

/**
 * Days that a message is remembered. The events queue and the dead-letter queue keep one for 4 days each; the rest is slack.
 */
const KEEP_DAYS = 10;

/** What became of a message before. */
export type KnownTaking =
  | { readonly kind: "applied" }
  /** It was given up, with these counts. */
  | { readonly kind: "dead"; readonly counts: LedgerCounts };

/** So many SELECTs can be put together by UNION ALL; the platform's limit. */
const MAX_COMPOUND = 5;

/** `json_each` has a column called id, too. */
const knownIn = (table: string, counts: string, intakes: string): string =>
  `SELECT lower(hex(known.id)) AS id, lower(hex(known.intake)) AS intake, ${counts} AS counts
   FROM json_each(?1) AS asked CROSS JOIN ${table} AS known
   ON known.id = unhex(asked.value ->> 0) AND known.intake IN (${intakes})`;

/** The taking that is asked about, and any other one of the message: there can be as many as somebody likes to send. */
const appliedIn = (table: string): string =>
  knownIn(
    table,
    "NULL",
    `unhex(asked.value ->> 1), (SELECT min(intake) FROM ${table} AS other WHERE other.id = unhex(asked.value ->> 0))`,
  );

const DEAD = knownIn("dead_letter", "known.counts", "unhex(asked.value ->> 1)");

/**
 * The rows of a unit shard: one a unit, or some for a large one, and one a message. Everything is synchronous; the caller opens the transactions, and forgets
 * this object when one fails.
 */
export class UnitShardStorage {
  readonly #sql: CountedSql;
  /** Days since 1970 that have a table of messages. */
  readonly #messageDays: Set<number>;
  /** Whether any unit has more than one row, or had since this was made. */
  #hasLarge: boolean;

  constructor(sql: CountedSql) {
    this.#sql = sql;
    sql.exec(SCHEMA);
    this.#messageDays = new Set(sql.tableNumbers("message_id_"));
    this.#hasLarge = sql.exec("SELECT 1 FROM unit_state_more LIMIT 1").length > 0;
  }

  /** A message that was received before this is not remembered, ms since 1970. */
  get remembersSince(): number {
    return (Math.max(0, ...this.#messageDays) - KEEP_DAYS) * DAY_MS;
  }

  /**
   * Makes room for messages that were received at this time, and drops the ids of those that are too old: dropping a table
   * writes no rows, deleting its rows would cost as much as inserting them did.
   */
  prepareMessages(received_at: number): void {
    const day = dayOf(received_at);
    if (this.#messageDays.size > 0 && Math.max(...this.#messageDays) >= day) return;
    this.#sql.exec(
      `CREATE TABLE message_id_${day} (id BLOB NOT NULL, intake BLOB NOT NULL, PRIMARY KEY (id, intake)) WITHOUT ROWID`,
    );
    this.#messageDays.add(day);
    for (const old of this.#messageDays)
      if (old < day - KEEP_DAYS) {
        this.#sql.exec(`DROP TABLE message_id_${old}`);
        this.#messageDays.delete(old);
      }
  }

  /**
   * What is known of these takings, by id, then by intake. Of a message of which others were applied, one of them is there
   * as well.
   */
  findTakings(takings: readonly Taking[]): Map<string, Map<string, KnownTaking>> {
    const tables = Array.from(this.#messageDays, (day) => `message_id_${day}`);
    const ids = this.#findIds([...tables, "dead_letter"], takings);
    if (ids.size === 0) return new Map();
    const queries = [...tables.map(appliedIn), DEAD];
    const asked = JSON.stringify(takings.flatMap(({ id, intake }) => (ids.has(id) ? [[id, intake]] : [])));
    const found: { id: string; intake: string; counts: string | null }[][] = [];
    for (let start = 0; start < queries.length; start += MAX_COMPOUND)
      found.push(this.#sql.exec(queries.slice(start, start + MAX_COMPOUND).join(" UNION ALL "), asked));
    const known = new Map<string, Map<string, KnownTaking>>();
    for (const { id, intake, counts } of found.flat()) {
      const intakes = known.get(id) ?? new Map<string, KnownTaking>();
      known.set(id, intakes);
      intakes.set(
        intake,
        counts === null ? { kind: "applied" } : { kind: "dead", counts: JSON.parse(counts) as LedgerCounts },
      );
    }
    return known;
  }

  /** The ids that are in any of these tables. Nearly all are in none, and one look at each table is all that they cost. */
  #findIds(tables: readonly string[], takings: readonly Taking[]): ReadonlySet<string> {
    const isKnown = tables.map((table) => `EXISTS (SELECT 1 FROM ${table} AS known WHERE known.id = asked.id)`);
    const found = this.#sql.exec<{ id: string }>(
      `WITH asked AS MATERIALIZED (SELECT unhex(value) AS id FROM json_each(?))
       SELECT lower(hex(id)) AS id FROM asked WHERE ${isKnown.join(" OR ")}`,
      JSON.stringify(takings.map(({ id }) => id)),
    );
    return new Set(found.map(({ id }) => id));
  }

  /**
   * Remembers that messages were applied, for {@link KEEP_DAYS} days from the newest message on: whoever sends an old one
   * again is not forgotten sooner than others.
   */
  rememberApplied(takings: readonly Taking[]): void {
    this.#sql.exec(
      `INSERT INTO message_id_${Math.max(...this.#messageDays)} (id, intake)
       SELECT unhex(value ->> 0), unhex(value ->> 1) FROM json_each(?)`,
      JSON.stringify(takings.map(({ id, intake }) => [id, intake])),
    );
  }

  rememberDead({ id, intake }: Taking, counts: LedgerCounts): void {
    this.#sql.exec(
      "INSERT INTO dead_letter (id, intake, counts) VALUES (unhex(?), unhex(?), ?)",
      id,
      intake,
      JSON.stringify(counts),
    );
  }

  /** Whether there are messages that were given up and have not come again. */
  hasDeadLetters(): boolean {
    return this.#sql.exec("SELECT 1 FROM dead_letter LIMIT 1").length > 0;
  }

  forgetDead({ id, intake }: Taking): void {
    this.#sql.exec("DELETE FROM dead_letter WHERE id = unhex(?) AND intake = unhex(?)", id, intake);
  }

  /** The unit's state; undefined for one that is new. `unitType` is the type's key, see unit-type-key.ts. */
  loadUnit(unitType: number, unit: string): Uint8Array | undefined {
    const key = unitKey(unit);
    const [row] = this.#sql.exec<{ state: ArrayBuffer }>(
      "SELECT state FROM unit_state WHERE unit_type = ? AND unit = ?",
      unitType,
      key,
    );
    if (!row) return undefined;
    return row.state.byteLength < ROW_BYTES ? new Uint8Array(row.state) : this.#withMore(unitType, key, row.state);
  }

  #withMore(unitType: number, key: UnitKey, first: ArrayBuffer): Uint8Array {
    const more = this.#sql.exec<{ state: ArrayBuffer }>(
      "SELECT state FROM unit_state_more WHERE unit_type = ? AND unit = ? ORDER BY part",
      unitType,
      key,
    );
    const parts = [first, ...more.map(({ state }) => state)];
    const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(new Uint8Array(part), at);
      at += part.byteLength;
    }
    return whole;
  }

  saveUnit(unitType: number, unit: string, state: Uint8Array): void {
    const key = unitKey(unit);
    this.#deleteMore(unitType, key);
    this.#sql.exec(
      "INSERT INTO unit_state (unit_type, unit, state) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
      unitType,
      key,
      state.length <= ROW_BYTES ? state : state.slice(0, ROW_BYTES),
    );
    for (let part = 1; part * ROW_BYTES < state.length; part++) {
      this.#hasLarge = true;
      this.#sql.exec(
        "INSERT INTO unit_state_more (unit_type, unit, part, state) VALUES (?, ?, ?, ?)",
        unitType,
        key,
        part,
        state.slice(part * ROW_BYTES, (part + 1) * ROW_BYTES),
      );
    }
  }

  deleteUnit(unitType: number, unit: string): void {
    const key = unitKey(unit);
    this.#deleteMore(unitType, key);
    this.#sql.exec("DELETE FROM unit_state WHERE unit_type = ? AND unit = ?", unitType, key);
  }

  #deleteMore(unitType: number, key: UnitKey): void {
    if (this.#hasLarge) this.#sql.exec("DELETE FROM unit_state_more WHERE unit_type = ? AND unit = ?", unitType, key);
  }
}
