import type { CellKey } from "../contract/sums.ts";
import { dayOf, isCrossover } from "./blocks.ts";
import type { BoundDefinition } from "./bound-definition.ts";
import { isCredited } from "./counting-plan.ts";
import { bucketOf } from "./histogram.ts";
import { type Int, intOf, isZero, times } from "./int.ts";
import type { UnitValue, UnitValues } from "./sums.ts";
import { ageValueOf, hasEvent, type MetricTally, valueOf } from "./tally.ts";
import type { Terms } from "./terms.ts";
import type { Block } from "./unit-state.ts";

const ONE = 1_000_000;

const EXPOSED: UnitValue = { n: 1, y: 0, d: 0, x: 0, e: 0 };

/** The last phase that began at or before an instant; before the first one, the first. */
const phaseAt = ({ definition: { phases } }: BoundDefinition, at: number): number =>
  (phases.findLast((phase) => phase.started_at <= at) ?? phases[0])?.number ?? 1;

/** What cells of one block have in common. */
export type Head = Pick<CellKey, "experiment_id" | "phase" | "variant_id">;
/** Which part of the whole they are. */
export type Slot = Pick<CellKey, "kind" | "name" | "slice">;

export const slotOf = (kind: Slot["kind"], name: string, slice: string): Slot => ({ kind, name, slice });

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
export interface KnownRows {
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
export const rowsOf = (
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
