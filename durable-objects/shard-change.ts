import type { LedgerCounts } from "../contract/ledger.ts";
import { emptyLedger } from "../counting/ledger-counts.ts";
import type { SumsChange } from "../counting/sums.ts";

/** A message that was said to be sent and has not come. */
export interface MissedMessage {
  /** By {@link takingOf} in taking.ts. */
  readonly taking: string;
  /** ms since 1970. */
  readonly received_at: number;
  /** How many of its events the shard accounts for. */
  readonly accounted: number;
}

/** A unit that was deleted: events of it up to `deleted_at`, ms since 1970, are refused when they come. */
export interface DeletedUnit {
  /** By deleted-units.ts, so that a shard does not remember whom it has forgotten. */
  readonly hash: string;
  readonly deleted_at: number;
  /** When that was asked for, ms since 1970. */
  readonly noted_at: number;
}

/** What one call changes besides the rows of units and messages: an entry of the journal. Changes add up. */
export interface ShardChange {
  readonly ledger: LedgerCounts;
  readonly sums: readonly SumsChange[];
  /** Texts that were given the next numbers. */
  readonly terms: readonly string[];
  readonly missed: readonly MissedMessage[];
  /** Takings that are not missed any more. */
  readonly arrived: readonly string[];
  readonly deleted: readonly DeletedUnit[];
  /** How many more units there are, or fewer. */
  readonly units: number;
}

export const aChange = (change: Partial<ShardChange> = {}): ShardChange => ({
  ledger: emptyLedger(),
  sums: [],
  terms: [],
  missed: [],
  arrived: [],
  deleted: [],
  units: 0,
  ...change,
});

export const isNothing = ({ ledger, sums, terms, missed, arrived, deleted, units }: ShardChange): boolean =>
  sums.length + terms.length + missed.length + arrived.length + deleted.length === 0 &&
  units === 0 &&
  Object.values({ ...ledger, ...ledger.rejected, rejected: 0 }).every((count) => count === 0);
