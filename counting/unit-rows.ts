import { type BlockRows, type Head, rowsOf, type Slot, slotOf } from "./block-rows.ts";
import type { SumsChanges, UnitValues } from "./sums.ts";
import type { Terms } from "./terms.ts";
import { placesOf, type UnitBlocks } from "./unit-blocks.ts";

/** What a unit adds to the sums: by experiment, in their order, and block. */
export type UnitRows = readonly ReadonlyMap<number, BlockRows>[];

export const unitRows = (experiments: readonly UnitBlocks[], terms: Terms): UnitRows => {
  const current = placesOf(experiments);
  return experiments.map(({ bound, blocks, places = current }) => {
    const rows = new Map<number, BlockRows>();
    for (const [index, block] of blocks) rows.set(index, rowsOf(bound, index, block, places, terms, undefined));
    return rows;
  });
};

/** The rows of units whose exposures stay as they were when they added `rows`, with more events. */
export const unitRowsWithMore = (
  before: readonly UnitBlocks[],
  rows: UnitRows,
  after: readonly UnitBlocks[],
  terms: Terms,
): UnitRows =>
  after.map(({ bound, blocks }, place) => {
    const extended = new Map<number, BlockRows>();
    for (const [index, block] of blocks) {
      const [old, known] = [before[place]?.blocks.get(index), rows[place]?.get(index)];
      if (!old || !known) throw new Error("More events make no exposure.");
      extended.set(
        index,
        old === block ? known : rowsOf(bound, index, block, NOWHERE, terms, { block: old, rows: known }),
      );
    }
    return extended;
  });

const NOWHERE: ReadonlyMap<number, number> = new Map();

const isSamePlace = (a: BlockRows, b: BlockRows): boolean =>
  (a.head === b.head && a.slots === b.slots) || isEqualPlace(a, b);

const isEqualPlace = (a: BlockRows, b: BlockRows): boolean =>
  a.head.experiment_id === b.head.experiment_id &&
  a.head.phase === b.head.phase &&
  a.head.variant_id === b.head.variant_id &&
  a.slots.length === b.slots.length &&
  a.slots.every(({ kind, name, slice }, index) => {
    const other = b.slots[index];
    return kind === other?.kind && name === other.name && slice === other.slice;
  });

const replaceSlices = (
  changes: SumsChanges,
  head: Head,
  kind: Slot["kind"],
  before: ReadonlyMap<number | string, UnitValues> | undefined,
  after: ReadonlyMap<number | string, UnitValues> | undefined,
): void => {
  for (const [slice, values] of before ?? [])
    changes.replace(head, slotOf(kind, "", String(slice)), values, after?.get(slice));
  for (const [slice, values] of after ?? [])
    if (!before?.has(slice)) changes.replace(head, slotOf(kind, "", String(slice)), undefined, values);
};

/** Replaces rows of one block that are in the same place, or adds or takes away rows where the others are not there. */
const replaceInPlace = (changes: SumsChanges, before: BlockRows | undefined, after: BlockRows | undefined): void => {
  const place = before ?? after;
  if (!place) return;
  const { head } = place;
  for (const slot of place.slots) changes.replace(head, slot, before?.values, after?.values);
  replaceSlices(changes, head, "age", before?.ages, after?.ages);
  replaceSlices(changes, head, "bucket", before?.buckets, after?.buckets);
  replaceSlices(changes, { ...head, variant_id: "" }, "credit", before?.credits, after?.credits);
};

/** Puts what a unit adds to the sums in the place of what it added before. */
export const replaceRows = (changes: SumsChanges, before: UnitRows, after: UnitRows): void => {
  const count = Math.max(before.length, after.length);
  for (let place = 0; place < count; place++) {
    const [old, blocks] = [before[place], after[place]];
    for (const index of new Set([...(old?.keys() ?? []), ...(blocks?.keys() ?? [])])) {
      const [was, is] = [old?.get(index), blocks?.get(index)];
      if (was === is) continue;
      if (was && is && isSamePlace(was, is)) replaceInPlace(changes, was, is);
      else {
        replaceInPlace(changes, was, undefined);
        replaceInPlace(changes, undefined, is);
      }
    }
  }
};
