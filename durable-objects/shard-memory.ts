import type { LedgerCounts } from "../contract/ledger.ts";
import { addLedgers, emptyLedger } from "../counting/ledger-counts.ts";
import { SumsBook } from "../counting/sums-book.ts";
import { Terms } from "../counting/terms.ts";
import { MissedMessages } from "./missed-messages.ts";
import type { DeletedUnit, ShardChange } from "./shard-change.ts";

/** What a shard keeps in memory: what its journal says. Never more or less than is on the disk. */
export class ShardMemory {
  readonly book = new SumsBook();
  readonly terms: Terms;
  /** How many of the terms are on the disk: a call that fails may leave more in memory, and is forgotten with it. */
  termsOnDisk: number;
  ledger: LedgerCounts = emptyLedger();
  units = 0;
  readonly missed = new MissedMessages();
  /** By hash. */
  readonly deletedUnits = new Map<string, DeletedUnit>();

  constructor(terms: readonly string[]) {
    this.terms = new Terms(terms);
    this.termsOnDisk = terms.length;
  }

  /** Takes in a change that is on the disk. Its terms are those that {@link Terms} numbered for it. */
  absorb({ ledger, sums, terms, missed, arrived, deleted, units }: ShardChange): void {
    this.ledger = addLedgers(this.ledger, ledger);
    this.units += units;
    this.termsOnDisk += terms.length;
    for (const change of sums) this.book.add(change);
    for (const message of missed) this.missed.set(message.taking, message);
    for (const taking of arrived) this.missed.delete(taking);
    for (const unit of deleted) {
      const before = this.deletedUnits.get(unit.hash);
      this.deletedUnits.set(unit.hash, {
        ...unit,
        deleted_at: Math.max(unit.deleted_at, before?.deleted_at ?? unit.deleted_at),
      });
    }
  }
}
