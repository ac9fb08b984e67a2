import type { Shard } from "./apply-messages.ts";
import { isNothing, type ShardChange } from "./shard-change.ts";
import { UnitShardStorage } from "./unit-shard-storage.ts";

/** How much of a journal there may be before it is packed: it is read when the object starts. */
const MAX_JOURNAL_ENTRIES = 200;
const MAX_JOURNAL_BYTES = 4_000_000;

/**
 * Keeps a shard's memory the same as its disk: read from there at first use, changed only after the disk was, by what was
 * written there, and thrown away when anything fails. So it does not matter when the object is evicted or killed.
 */
export class ShardTransactions {
  readonly #storage: Pick<DurableObjectStorage, "sql" | "transactionSync">;
  #shard: Shard | undefined;
  #rowsWritten = 0;
  /** Grows while packing fails, so that it is not tried with every call. */
  #patience = 1;

  constructor(storage: Pick<DurableObjectStorage, "sql" | "transactionSync">) {
    this.#storage = storage;
  }

  /** Since this was made. */
  get rowsWritten(): number {
    return this.#rowsWritten;
  }

  /** The shard as it is, to be read. */
  read(): Shard {
    if (!this.#shard) {
      const storage = new UnitShardStorage(this.#storage.sql, (rows) => {
        this.#rowsWritten += rows;
      });
      this.#shard = { storage, memory: storage.loadMemory() };
    }
    return this.#shard;
  }

  /** Forgets the memory; it is read again at the next use. */
  forget(): void {
    this.#shard = undefined;
  }

  /**
   * Does all of some work in one transaction: it writes rows and says what else is to change. Nothing has happened when this
   * throws.
   */
  change<Answer>(work: (shard: Shard) => { readonly answer: Answer; readonly change: ShardChange }): Answer {
    const shard = this.read();
    try {
      const { answer, change } = this.#storage.transactionSync(() => {
        const done = work(shard);
        if (!isNothing(done.change)) shard.storage.appendToJournal(done.change);
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

  #foldWhenDue({ storage, memory }: Shard): void {
    const { entries, bytes } = storage.journal;
    if (entries < this.#patience * MAX_JOURNAL_ENTRIES && bytes < this.#patience * MAX_JOURNAL_BYTES) return;
    try {
      this.#storage.transactionSync(() => storage.fold(memory, Date.now()));
      this.#patience = 1;
    } catch (error) {
      // What was asked for is done, and the journal is still whole.
      console.error({ event: "journal_not_packed", entries, error: String(error) });
      this.#patience *= 2;
      this.forget();
    }
  }
}
