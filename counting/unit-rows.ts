import type { CellKey } from "../contract/sums.ts";
import { blocksBy, dayOf } from "./blocks.ts";
import { type BoundDefinition, definitionOf } from "./bound-definition.ts";
import { isCredited } from "./counting-plan.ts";
import { bucketOf } from "./histogram.ts";
import { type Int, intOf, isZero, times } from "./int.ts";
import { seriesOf } from "./series.ts";
import type { SumsChanges, UnitValue, UnitValues } from "./sums.ts";
import { ageValueOf, hasEvent, type MetricTally, valueOf } from "./tally.ts";
import type { Terms } from "./terms.ts";
import type { Block, Blocks, Frozen, UnitState } from "./unit-state.ts";

const ONE = 1_000_000;

const EXPOSED: UnitValue = { n: 1, y: 0, d: 0, x: 0, e: 0 };

/** Where a unit is in one of its experiments, and what it has there. */
export interface UnitBlocks {
  readonly bound: BoundDefinition;
  readonly blocks: Blocks;
  /** As in {@link Frozen}, if this is not to change any more. */
  readonly places: Frozen["places"] | undefined;
}

/** The blocks of all of a unit's experiments, in their order. */
export const unitBlocks = (state: UnitState, terms: Terms): UnitBlocks[] => {
  const exposures = state.recent.filter(({ kind }) => kind === "exposure");
  const series = seriesOf(state.recent);
  return state.experiments.map(({ definition, frozen }, place) => {
    const bound = definitionOf(definition, terms);
    return {
      bound,
      blocks: frozen?.blocks ?? blocksBy(state, place, bound, exposures, series, terms),
      places: frozen?.places,
    };
  });
};

/** The last phase that began at or before an instant; before the first one, the first. */
const phaseAt = ({ definition: { phases } }: BoundDefinition, at: number): number =>
  (phases.findLast((phase) => phase.started_at <= at) ?? phases[0])?.number ?? 1;

const isCrossover = ({ variants }: Block): boolean => variants.length > 1;

/** The variants of the experiments that the unit is in without crossover: terms of ids by terms of ids. */
export const placesOf = (experiments: readonly UnitBlocks[]): Map<number, number> => {
  const places = new Map<number, number>();
  for (const { bound, blocks } of experiments) {
    const block = bound.definition.window_ms === null ? blocks.get(0) : undefined;
    if (block && !isCrossover(block)) places.set(bound.id, block.variant);
  }
  return places;
};

/** What cells of one block have in common. */
type Head = Pick<CellKey, "experiment_id" | "phase" | "variant_id">;
/** Which part of the whole they are. */
type Slot = Pick<CellKey, "kind" | "name" | "slice">;

const slotOf = (kind: Slot["kind"], name: string, slice: string): Slot => ({ kind, name, slice });

/** What a block adds to the sums. */
export interface BlockRows {
  readonly head: Head;
  /** The same values are in all of these. */
  readonly slots: readonly Slot[];
  readonly values: UnitValues;
  /** By days since exposure. */
  readonly ages: ReadonlyMap<number, UnitValues>;
  /** By slice. */
  readonly buckets: ReadonlyMap<string, UnitValues>;
  readonly credits: ReadonlyMap<string, UnitValues>;
}

/** What a block added with fewer events. Exposures, and tallies that are the same objects, are worth the same. */
interface KnownRows {
  readonly block: Block;
  readonly rows: BlockRows;
}

/** What the unit is worth in the metrics that it belongs to, and in the cells of exposed units. */
const valuesOf = (
  { definition, metrics }: BoundDefinition,
  block: Block,
  known: KnownRows | undefined,
): Map<string, UnitValue> => {
  const size = definition.member_type === null ? 0 : times(block.members.size, ONE);
  const values = new Map([["", size === 0 ? EXPOSED : { ...EXPOSED, d: size }]]);
  for (const { metric, id } of metrics) {
    const tally = block.tallies.get(id);
    if (!tally) continue;
    const same = known?.block.tallies.get(id) === tally ? known.rows.values.get(metric.id) : undefined;
    const value = same ?? valueOf(metric, tally, block.at, size);
    if (value.n === 1 || !isZero(value.x) || !isZero(value.e)) values.set(metric.id, value);
  }
  return values;
};

type Slices<Slice> = Map<Slice, Map<string, UnitValue>>;

const setIn = <Slice>(slices: Slices<Slice>, slice: Slice, metric: string, value: UnitValue): void => {
  const values = slices.get(slice);
  if (values) values.set(metric, value);
  else slices.set(slice, new Map([[metric, value]]));
};

/** 1,000,000 · (a − b) / (|a| + |b|) to the nearest integer, half away from zero; undefined without any credit. */
const creditShare = ([first, second]: MetricTally["credit"]): Int | undefined => {
  const [a, b] = [BigInt(first), BigInt(second)];
  const all = (a < 0n ? -a : a) + (b < 0n ? -b : b);
  if (all === 0n) return undefined;
  const scaled = 2n * BigInt(ONE) * (a - b);
  return intOf((scaled < 0n ? scaled - all : scaled + all) / (2n * all));
};

const creditsOf = ({ definition, metrics, teams }: BoundDefinition, block: Block): BlockRows["credits"] => {
  const credits: Slices<string> = new Map();
  const [first, second] = definition.variants;
  if (teams.length < 2 || definition.window_ms !== null || !first || !second) return credits;
  for (const { metric, id } of metrics) {
    const credit = block.tallies.get(id)?.credit;
    const y = credit && isCredited(metric.type) ? creditShare(credit) : undefined;
    if (!credit || y === undefined) continue;
    const [a, b] = credit;
    setIn(credits, a > b ? first.id : a < b ? second.id : "tie", metric.id, { ...EXPOSED, y });
  }
  return credits;
};

const NOTHING_APART = {
  ages: new Map<number, UnitValues>(),
  buckets: new Map<string, UnitValues>(),
};

const slotsOf = (
  { definition, dimensions, watched }: BoundDefinition,
  index: number,
  block: Block,
  places: ReadonlyMap<number, number>,
  terms: Terms,
): Slot[] => {
  const slots = [slotOf("day", "", String(dayOf(block.at)))];
  for (const { name, term } of dimensions) slots.push(slotOf("dimension", name, block.dimensions.get(term) ?? ""));
  if (definition.window_ms !== null) return [...slots, slotOf("block", "", String(index))];
  for (const { id, term } of watched) {
    const variant = places.get(term);
    if (variant !== undefined) slots.push(slotOf("joint", id, terms.textOf(variant)));
  }
  return slots;
};

/** What a block adds to the sums. `places` are those of {@link placesOf}. */
const rowsOf = (
  bound: BoundDefinition,
  index: number,
  block: Block,
  places: ReadonlyMap<number, number>,
  terms: Terms,
  known: KnownRows | undefined,
): BlockRows => {
  const { definition, metrics } = bound;
  const head: Head = known?.rows.head ?? {
    experiment_id: definition.id,
    phase: phaseAt(bound, block.at),
    variant_id: isCrossover(block) ? "" : terms.textOf(block.variant),
  };
  const credits = creditsOf(bound, block);
  if (isCrossover(block))
    return {
      head,
      slots: [slotOf("day", "", String(dayOf(block.at)))],
      values: new Map([["", EXPOSED]]),
      ...NOTHING_APART,
      credits,
    };

  const values = valuesOf(bound, block, known);
  const slots = known?.rows.slots ?? slotsOf(bound, index, block, places, terms);
  if (definition.window_ms !== null) return { head, slots, values, ...NOTHING_APART, credits };
  const ages: Slices<number> = new Map();
  const buckets: Slices<string> = new Map();
  for (const { metric, id } of metrics) {
    const tally = block.tallies.get(id);
    const value = values.get(metric.id);
    if (!tally || !value || !hasEvent(tally.counted)) continue;
    if (metric.has_buckets) setIn(buckets, String(bucketOf(value.y)), metric.id, value);
    for (const [age, sides] of tally.ages) setIn(ages, age, metric.id, ageValueOf(metric, sides));
  }
  return { head, slots, values, ages, buckets, credits };
};

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
