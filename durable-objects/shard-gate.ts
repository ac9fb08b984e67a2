/**
 * Whether a shard counts. `closed`: not now, the messages are to come again. `moved`: never again, its units are counted by
 * that generation.
 */
export type Gate =
  | { readonly kind: "open" }
  | { readonly kind: "closed" }
  | { readonly kind: "moved"; readonly generation: number; readonly shards: number };

export const GATE_TABLE = "gate";
const TABLE = "CREATE TABLE IF NOT EXISTS gate (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL)";

/**
 * A shard's gate, on its disk. A switch to another generation needs one place that decides for good which of the two counts a
 * message, and every message of a shard comes through this object, one at a time. Rulesets cannot decide it: others may be
 * behind by seconds, or by as long as they cannot reach the publisher.
 */
export class ShardGate {
  readonly #sql: SqlStorage;
  #gate: Gate;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const exists = sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'gate'").toArray().length > 0;
    const [row] = exists ? sql.exec<{ state: string }>("SELECT state FROM gate").toArray() : [];
    this.#gate = row ? (JSON.parse(row.state) as Gate) : { kind: "open" };
  }

  get state(): Gate {
    return this.#gate;
  }

  /** What has moved stays so. */
  set(gate: Gate): void {
    if (this.#gate.kind === "moved") return;
    this.#sql.exec(TABLE);
    this.#sql.exec(
      "INSERT INTO gate (id, state) VALUES (1, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
      JSON.stringify(gate),
    );
    this.#gate = gate;
  }
}
