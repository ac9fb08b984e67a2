import type { CountedSql } from "./counted-sql.ts";
import { changeOf } from "./journal-entry.ts";
import type { DeletedUnit, MissedMessage } from "./shard-change.ts";
import { ShardMemory } from "./shard-memory.ts";

const hasTable = (sql: CountedSql, name: string): boolean =>
  sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name).length > 0;

/** What version 0.3.0 kept of a shard's memory: packed rows, and a journal of what has changed since. Undefined for none. */
export const loadEarlierJournal = (sql: CountedSql): ShardMemory | undefined => {
  if (!hasTable(sql, "packed")) return undefined;
  const packed = <Item>(name: string): Item[] =>
    sql
      .exec<{ data: string }>("SELECT data FROM packed WHERE name = ? ORDER BY part", name)
      .flatMap(({ data }) => JSON.parse(data) as Item[]);
  const memory = new ShardMemory(packed<string>("terms"));
  for (const message of packed<MissedMessage>("missed")) memory.missed.set(message.taking, message);
  for (const unit of packed<DeletedUnit>("deleted")) memory.deletedUnits.set(unit.hash, unit);
  for (const counts of packed<Pick<ShardMemory, "ledger" | "units">>("counts")) Object.assign(memory, counts);
  for (const { data } of sql.exec<{ data: ArrayBuffer }>("SELECT data FROM packed_sums"))
    memory.book.loadPacked(new Uint8Array(data));
  for (const number of sql.tableNumbers("journal_"))
    for (const { facts, sums } of sql.exec<{ facts: string; sums: ArrayBuffer | null }>(
      `SELECT facts, sums FROM journal_${number} ORDER BY seq`,
    )) {
      const change = changeOf({ facts, sums: sums && new Uint8Array(sums) });
      for (const term of change.terms) memory.terms.idOf(term);
      memory.absorb(change);
    }
  return memory;
};

export const dropEarlierJournal = (sql: CountedSql): void => {
  for (const number of sql.tableNumbers("journal_")) sql.exec(`DROP TABLE journal_${number}`);
  sql.exec("DROP TABLE packed");
  sql.exec("DROP TABLE packed_sums");
};
