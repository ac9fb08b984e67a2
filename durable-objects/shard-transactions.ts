import type { Shard } from "./apply-messages.ts";
import { CountedSql } from "./counted-sql.ts";
import { isNothing, type ShardChange } from "./shard-change.ts";
import { ShardJournal } from "./shard-journal.ts";
import { UnitShardStorage } from "./unit-shard-storage.ts";

type OpenShard = Shard & { readonly journal: ShardJournal };

/**
 * Keeps a shard's memory the same as its disk: read from there at first use, changed only after the disk was, by what was
 * written there, and thrown away when anything fails. So it does not matter when the object is evicted or killed.
 */
export class ShardTransactions {
  readonly #storage: Pick<DurableObjectStorage, "sql" | "transactionSync">;
  readonly #sql: CountedSql;
  readonly #longAfter: number | undefined;
  #open: OpenShard | undefined;
  /** Grows while packing fails, so that it is not tried with every call. */
  #patience = 1;

  /** A journal of `longAfter` entries is packed. */
  constructor(storage: Pick<DurableObjectStorage, "sql" | "transactionSync">, longAfter?: number) {
    this.#storage = storage;
    this.#longAfter = longAfter;
    this.#sql = new CountedSql(storage.sql);
  }

  /** Since this was made. */
  get rowsWritten(): number {
    return this.#sql.rowsWritten;
  }

  /** Of the database. */
  get bytes(): number {
    return this.#sql.bytes;
  }

  /** The shard as it is, to be read. */
  read(): Shard {
    return this.#read();
  }

  #read(): OpenShard {
    return (this.#open ??= this.#storage.transactionSync(() => {
      const journal = new ShardJournal(this.#sql, this.#longAfter);
      return { storage: new UnitShardStorage(this.#sql), journal, memory: journal.load() };
    }));
  }

  /** Forgets the memory; it is read again at the next use. */
  forget(): void {
    this.#open = undefined;
  }

  /**
   * Does all of some work in one transaction: it writes rows and says what else is to change. Nothing has happened when this
   * throws.
   */
  change<Answer>(work: (shard: Shard) => { readonly answer: Answer; readonly change: ShardChange }): Answer {
    const shard = this.#read();
    const { storage, journal, memory } = shard;
    const packs = journal.isLong(this.#patience);
    try {
      const { answer, change } = this.#storage.transactionSync(() => {
        const done = work(shard);
        if (!isNothing(done.change))
          journal.append(
            done.change,
            packs
              ? {
                  memory,
                  now: Date.now(),
                  missedSince: storage.remembersSince,
                  hasDeadLetters: storage.hasDeadLetters(),
                }
              : undefined,
          );
        return done;
      });
      memory.absorb(change);
      if (packs) this.#patience = 1;
      return answer;
    } catch (error) {
      this.forget();
      if (!packs) throw error;
      // Packing can wait; perhaps it is what failed.
      console.error({ event: "journal_not_packed", entries: journal.size.entries, error: String(error) });
      this.#patience *= 2;
      return this.change(work);
    }
  }
}
