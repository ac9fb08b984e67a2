import type { Shard } from "./apply-messages.ts";
import { CountedSql } from "./counted-sql.ts";
import { isNothing, type ShardChange } from "./shard-change.ts";
import { ShardJournal } from "./shard-journal.ts";
import { UnitShardStorage } from "./unit-shard-storage.ts";

/** How much of a journal there may be before it is packed: it is read when the object starts. */
const MAX_JOURNAL_ENTRIES = 200;
const MAX_JOURNAL_BYTES = 4_000_000;

type OpenShard = Shard & { readonly journal: ShardJournal };

/**
 * Keeps a shard's memory the same as its disk: read from there at first use, changed only after the disk was, by what was
 * written there, and thrown away when anything fails. So it does not matter when the object is evicted or killed.
 */
export class ShardTransactions {
  readonly #storage: Pick<DurableObjectStorage, "sql" | "transactionSync">;
  readonly #sql: CountedSql;
  #open: OpenShard | undefined;
  /** Grows while packing fails, so that it is not tried with every call. */
  #patience = 1;

  constructor(storage: Pick<DurableObjectStorage, "sql" | "transactionSync">) {
    this.#storage = storage;
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
    if (!this.#open) {
      const journal = new ShardJournal(this.#sql);
      this.#open = { storage: new UnitShardStorage(this.#sql), journal, memory: journal.load() };
    }
    return this.#open;
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
    try {
      const { answer, change } = this.#storage.transactionSync(() => {
        const done = work(shard);
        if (!isNothing(done.change)) shard.journal.append(done.change);
        return done;
      });
      shard.memory.absorb(change);
      this.#foldWhenDue(shard);
      return answer;
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  #foldWhenDue({ storage, journal, memory }: OpenShard): void {
    const { entries, bytes } = journal.size;
    if (entries < this.#patience * MAX_JOURNAL_ENTRIES && bytes < this.#patience * MAX_JOURNAL_BYTES) return;
    try {
      this.#storage.transactionSync(() =>
        journal.fold(memory, {
          now: Date.now(),
          missedSince: storage.remembersSince,
          hasDeadLetters: storage.hasDeadLetters(),
        }),
      );
      this.#patience = 1;
    } catch (error) {
      // What was asked for is done, and the journal is still whole.
      console.error({ event: "journal_not_packed", entries, error: String(error) });
      this.#patience *= 2;
      this.forget();
    }
  }
}
