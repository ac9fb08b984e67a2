/** The object's database, with a count of the rows that statements write: they are what the bill is made of. */
export class CountedSql {
  readonly #sql: SqlStorage;
  #rowsWritten = 0;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get rowsWritten(): number {
    return this.#rowsWritten;
  }

  /** Bytes of the whole database. */
  get bytes(): number {
    return this.#sql.databaseSize;
  }

  exec<T extends Record<string, SqlStorageValue>>(query: string, ...bindings: unknown[]): T[] {
    const cursor = this.#sql.exec<T>(query, ...bindings);
    const rows = cursor.toArray();
    this.#rowsWritten += cursor.rowsWritten;
    return rows;
  }

  /** The numbers in the names of the tables that are called `<prefix><number>`. */
  tableNumbers(prefix: string): number[] {
    const tables = this.exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ?",
      `${prefix}[0-9]*`,
    );
    return tables.map(({ name }) => Number(name.slice(prefix.length)));
  }
}
