import type { SumsKind } from "../contract/sums.ts";
import { blocksBy, dayOf } from "./blocks.ts";
import { type BoundDefinition, definitionOf } from "./bound-definition.ts";
import { isAdditive, isCredited } from "./counting-plan.ts";
import { bucketOf } from "./histogram.ts";
import { type Int, intOf, isZero, times } from "./int.ts";
import type { UnitRow, UnitValue } from "./sums.ts";
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
export const unitBlocks = (state: UnitState, terms: Terms): UnitBlocks[] =>
  state.experiments.map(({ definition, frozen }, place) => {
    const bound = definitionOf(definition, terms);
    return {
      bound,
      blocks: frozen?.blocks ?? blocksBy(state, place, bound, state.recent, state.recent, terms),
      places: frozen?.places,
    };
  });

/** The last phase that began at or before an instant; before the first one, the first. */
const phaseAt = ({ definition: { phases } }: BoundDefinition, at: number): number =>
  (phases.findLast((phase) => phase.started_at <= at) ?? phases[0])?.number ?? 1;

const isCrossover = ({ variants }: Block): boolean => variants.length > 1;

/** What the unit is worth in the metrics that it belongs to, and in the cells of exposed units. */
const valuesOf = ({ definition, metrics }: BoundDefinition, block: Block): Map<string, UnitValue> => {
  const size = definition.member_type === null ? 0 : times(block.members.size, ONE);
  const values = new Map([["", { ...EXPOSED, d: size }]]);
  for (const { metric, id } of metrics) {
    const tally = block.tallies.get(id);
    if (!tally) continue;
    const value = valueOf(metric, tally, block.at, size);
    if (value.n === 1 || !isZero(value.x) || !isZero(value.e)) values.set(metric.id, value);
  }
  return values;
};

/** 1,000,000 · (a − b) / (|a| + |b|) to the nearest integer, half away from zero; undefined without any credit. */
const creditShare = ([first, second]: MetricTally["credit"]): Int | undefined => {
  const [a, b] = [BigInt(first), BigInt(second)];
  const all = (a < 0n ? -a : a) + (b < 0n ? -b : b);
  if (all === 0n) return undefined;
  const scaled = 2n * BigInt(ONE) * (a - b);
  return intOf((scaled < 0n ? scaled - all : scaled + all) / (2n * all));
};

const creditRows = (bound: BoundDefinition, block: Block, phase: number): UnitRow[] => {
  const { definition, metrics } = bound;
  const [first, second] = definition.variants;
  if (!definition.is_interleaving || definition.window_ms !== null || !first || !second) return [];
  return metrics.flatMap(({ metric, id }) => {
    const credit = block.tallies.get(id)?.credit;
    const y = credit && isCredited(metric.type) ? creditShare(credit) : undefined;
    if (!credit || y === undefined) return [];
    const [a, b] = credit;
    const slice = a > b ? first.id : a < b ? second.id : "tie";
    const key = { experiment_id: definition.id, phase, variant_id: "", kind: "credit" as const, name: "", slice };
    return { key, values: new Map([[metric.id, { ...EXPOSED, y }]]) };
  });
};

/** The variants of the experiments that the unit is in without crossover: terms of ids by terms of ids. */
export const placesOf = (experiments: readonly UnitBlocks[]): Map<number, number> => {
  const places = new Map<number, number>();
  for (const { bound, blocks } of experiments) {
    const block = bound.definition.window_ms === null ? blocks.get(0) : undefined;
    if (block && !isCrossover(block)) places.set(bound.id, block.variant);
  }
  return places;
};

/** What a unit adds to the sums of one of its experiments. `places` are those of {@link placesOf}. */
export const rowsOf = (
  { bound, blocks, places: kept }: UnitBlocks,
  current: ReadonlyMap<number, number>,
  terms: Terms,
): UnitRow[] => {
  const places = kept ?? current;
  const { definition, metrics } = bound;
  const isSwitchback = definition.window_ms !== null;
  const rows: UnitRow[] = [];
  for (const [index, block] of blocks) {
    const phase = phaseAt(bound, block.at);
    const variant_id = isCrossover(block) ? "" : terms.textOf(block.variant);
    const row = (kind: SumsKind, name: string, slice: string, values: UnitRow["values"]): void => {
      rows.push({ key: { experiment_id: definition.id, phase, variant_id, kind, name, slice }, values });
    };
    const day = String(dayOf(block.at));
    rows.push(...creditRows(bound, block, phase));
    if (isCrossover(block)) {
      row("day", "", day, new Map([["", EXPOSED]]));
      continue;
    }
    const values = valuesOf(bound, block);
    row("day", "", day, values);
    for (const { name, term } of bound.dimensions) row("dimension", name, block.dimensions.get(term) ?? "", values);
    if (isSwitchback) {
      row("block", "", String(index), values);
      continue;
    }
    for (const { id, term } of bound.watched) {
      const variant = places.get(term);
      if (variant !== undefined) row("joint", id, terms.textOf(variant), values);
    }
    const ages = new Map<number, Map<string, UnitValue>>();
    for (const { metric, id } of metrics) {
      const tally = block.tallies.get(id);
      const value = values.get(metric.id);
      if (!tally || !value || !hasEvent(tally.counted)) continue;
      if (metric.has_buckets) row("bucket", "", String(bucketOf(value.y)), new Map([[metric.id, value]]));
      if (!isAdditive(metric.type)) continue;
      for (const [age, sides] of tally.ages) {
        const known = ages.get(age);
        if (known) known.set(metric.id, ageValueOf(metric, sides));
        else ages.set(age, new Map([[metric.id, ageValueOf(metric, sides)]]));
      }
    }
    for (const [age, of] of ages) row("age", "", String(age), of);
  }
  return rows;
};
