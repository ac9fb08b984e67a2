import type { EventMessage } from "../../contract/event-message.ts";
import type { LedgerCounts } from "../../contract/ledger.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import type { SumsCell } from "../../contract/sums.ts";
import type { Gate } from "../../durable-objects/shard-gate.ts";
import type { Horizon } from "../../counting/counting-plan.ts";

/** What happens to a shard, in one call. */
export type Step = (
  | { readonly kind: "note" | "apply" | "deadLetter"; readonly messages: readonly EventMessage[] }
  | {
      readonly kind: "deleteUnit";
      readonly unit_type: string;
      readonly unit: string;
      readonly deleted_at: number;
      /** When it is `deleted_at`, unless it is said. */
      readonly noted_at?: number;
    }
  | { readonly kind: "setGate"; readonly gate: Gate }
  | { readonly kind: "clear" }
  /** The object is evicted. */
  | { readonly kind: "restart" }
) & {
  /** The statement of the call that fails, from 0 on; the call is then made once more, as the queue would. */
  readonly failAt?: number;
  /** Whether the disk takes no image of a page. */
  readonly failPacking?: boolean;
};

/** What the shard called so is to be taken through. */
export interface Order {
  readonly shard: string;
  readonly ruleset: Ruleset;
  readonly horizon: Horizon;
  /** Of how many entries a journal is long. */
  readonly longAfter?: number;
  readonly steps: readonly Step[];
}

export interface Measured {
  /** The rows that each step wrote. */
  readonly rows_written: number[];
  /** How many calls failed. */
  readonly failed: number;
  /** The steps after which memory was not what a new object read from the disk; of many steps, not all are looked at. */
  readonly drifted: number[];
  /** The gate after each step, as it is on the disk. */
  readonly gates: Gate[];
  /** Bytes of the database in the end. */
  readonly bytes: number;
  /** Those of message ids that there are in the end. */
  readonly message_tables: string[];
  readonly ledger: LedgerCounts;
  readonly cells: SumsCell[];
  readonly units: number;
  readonly terms: number;
  /** Bytes of the longest row of a unit. */
  readonly longest_state: number;
  readonly missed: number;
  readonly deleted_units: number;
  /** Of the journal: those that some page waits for. */
  readonly journal_entries: number;
  /** Of the journal, with those that are to be used again. */
  readonly journal_rows: number;
}
