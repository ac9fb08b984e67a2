import { removeUnit } from "../counting/count-messages.ts";
import type { Shard } from "./apply-messages.ts";
import { deletedUnitHash } from "./deleted-units.ts";
import { aChange, type ShardChange } from "./shard-change.ts";
import { unitTypeKey } from "./unit-type-key.ts";

/**
 * Forgets a unit and takes it out of the sums. The ledger keeps its events: they were received, and what became of them
 * then is still true. A deletion that was done before changes nothing. Both instants are ms since 1970.
 */
export const deleteUnit = (
  { storage, memory }: Shard,
  unit: { readonly unit_type: string; readonly unit: string; readonly deleted_at: number },
  now: number,
): { readonly existed: boolean; readonly change: ShardChange } => {
  const { terms, termsOnDisk } = memory;
  const hash = deletedUnitHash(unit.unit_type, unit.unit);
  // What the deletion was about is gone, and what there is of the unit came after it.
  if ((memory.deletedUnits.get(hash)?.deleted_at ?? -Infinity) >= unit.deleted_at)
    return { existed: false, change: aChange() };
  const deleted = [{ hash, deleted_at: unit.deleted_at, noted_at: now }];
  const unitType = unitTypeKey(unit.unit_type, terms);
  const state = storage.loadUnit(unitType, unit.unit);
  if (!state) return { existed: false, change: aChange({ deleted, terms: terms.since(termsOnDisk) }) };
  storage.deleteUnit(unitType, unit.unit);
  const sums = removeUnit(state, terms);
  return { existed: true, change: aChange({ deleted, sums, terms: terms.since(termsOnDisk), units: -1 }) };
};
