import { GATE_TABLE, ShardGate } from "./shard-gate.ts";

/**
 * Deletes all that a shard has. One that has moved keeps its gate, in whatever moment its object dies: were it open, what
 * comes late would be counted where nobody looks.
 */
export const clearShard = async (
  storage: Pick<DurableObjectStorage, "sql" | "transactionSync" | "deleteAll">,
): Promise<void> => {
  const { sql } = storage;
  if (new ShardGate(sql).state.kind !== "moved") {
    await storage.deleteAll();
    return;
  }
  const tables = sql
    .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'")
    .toArray();
  storage.transactionSync(() => {
    for (const { name } of tables) if (name !== GATE_TABLE) sql.exec(`DROP TABLE ${name}`);
  });
};
