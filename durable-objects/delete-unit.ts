import { unitHash } from "../core/unit-hash.ts";
import { removeUnit } from "../counting/count-messages.ts";
import { emptyLedger } from "../counting/ledger-counts.ts";
import type { Shard } from "./apply-messages.ts";
import { aChange, type ShardChange } from "./shard-change.ts";

/**
 * Forgets a unit and takes it out of the sums. The ledger keeps its events: they were received, and what became of them
 * then is still true. Both instants are ms since 1970.
 */
export const deleteUnit = (
  { storage, memory }: Shard,
  unit: { readonly unit_type: string; readonly unit: string; readonly deleted_at: number },
  now: number,
): { readonly existed: boolean; readonly change: ShardChange } => {
  const { terms, termsOnDisk } = memory;
  const hash = unitHash(unit.unit_type, unit.unit);
  const deleted = [{ hash, deleted_at: unit.deleted_at, noted_at: now }];
  const unitType = terms.idOf(unit.unit_type);
  const state = storage.loadUnit(unitType, unit.unit);
  const change = aChange({ ledger: emptyLedger(), deleted });
  if (!state) return { existed: false, change: { ...change, terms: terms.since(termsOnDisk) } };
  storage.deleteUnit(unitType, unit.unit);
  const sums = removeUnit(state, terms);
  return { existed: true, change: { ...change, sums, terms: terms.since(termsOnDisk), units: -1 } };
};
