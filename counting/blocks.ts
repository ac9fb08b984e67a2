import type { BoundDefinition, BoundMetric } from "./bound-definition.ts";
import { isAdditive } from "./counting-plan.ts";
import { plus } from "./int.ts";
import type { Series, SeriesBySide } from "./series.ts";
import { addEvents, copyOfMetricTally, type MetricTally, newMetricTally, newSides, type Sides } from "./tally.ts";
import type { Terms } from "./terms.ts";
import type { Block, Blocks, RecentEvent, RecentExposure, UnitState } from "./unit-state.ts";

const DAY_MS = 86_400_000;
/** Events of the day of first exposure and of so many days before, all up to the exposure, make the covariates. */
export const COVARIATE_DAYS = 14;
/** Days since exposure that are told apart. */
const AGES = 28;

export const dayOf = (at: number): number => Math.floor(at / DAY_MS);

/** Which block of an experiment an instant is in: the window of a switchback test, otherwise 0. */
export const blockOf = ({ definition: { window_ms } }: BoundDefinition, at: number): number =>
  window_ms === null ? 0 : Math.floor(at / window_ms);

export const isCrossover = ({ variants }: Block): boolean => variants.length > 1;

const takeDimensions = (block: Block, { dimensions }: RecentExposure, isTie: boolean): void => {
  const values = new Map(dimensions.map(({ name, value }) => [name, value]));
  if (!isTie) {
    block.dimensions.clear();
    for (const [name, value] of values) block.dimensions.set(name, value);
    return;
  }
  // What is missing is "", which is smaller than any text.
  for (const [name, value] of block.dimensions) {
    const other = values.get(name);
    if (other === undefined) block.dimensions.delete(name);
    else if (other < value) block.dimensions.set(name, other);
  }
};

/**
 * Takes an exposure into account, in any order and any number of times. Of exposures at the same instant that of the smaller
 * variant id is first; if they differ, the unit is a crossover anyway.
 */
const addExposure = (
  blocks: Map<number, Block>,
  bound: BoundDefinition,
  exposure: RecentExposure,
  terms: Terms,
): void => {
  const { at, variant, member } = exposure;
  const index = blockOf(bound, at);
  let block = blocks.get(index);
  if (block === undefined) {
    block = { at, variant, variants: [], dimensions: new Map(), members: new Set(), tallies: new Map() };
    blocks.set(index, block);
    takeDimensions(block, exposure, false);
  } else if (at < block.at || (at === block.at && terms.textOf(variant) < terms.textOf(block.variant))) {
    block.at = at;
    block.variant = variant;
    takeDimensions(block, exposure, false);
  } else if (at === block.at && variant === block.variant) takeDimensions(block, exposure, true);
  if (!block.variants.includes(variant)) block.variants.push(variant);
  if (member !== undefined) block.members.add(member);
};

/** Which events a metric counts in a block, ms since 1970. */
interface Range {
  readonly exposedAt: number;
  readonly from: number;
  readonly to: number;
  /** From when to the first exposure events make the covariates; Infinity for none. */
  readonly covariatesFrom: number;
  readonly hasAges: boolean;
}

const rangeOf = ({ definition }: BoundDefinition, { metric }: BoundMetric, index: number, { at }: Block): Range => {
  const { window_ms, burn_in_ms } = definition;
  if (window_ms !== null) {
    const from = index * window_ms + burn_in_ms;
    return { exposedAt: at, from, to: (index + 1) * window_ms, covariatesFrom: Infinity, hasAges: false };
  }
  const hasCovariates = isAdditive(metric.type);
  return {
    exposedAt: at,
    from: at + metric.from_ms,
    to: metric.to_ms === null ? Infinity : at + metric.to_ms,
    covariatesFrom: hasCovariates ? (dayOf(at) - COVARIATE_DAYS) * DAY_MS : Infinity,
    hasAges: hasCovariates,
  };
};

const ageSides = ({ ages }: MetricTally, age: number): Sides => {
  let sides = ages.get(age);
  if (sides === undefined) ages.set(age, (sides = newSides()));
  return sides;
};

const addSeries = (
  tally: MetricTally,
  { at: instants, values, teams }: Series,
  { metric }: BoundMetric,
  isDenominator: boolean,
  { exposedAt, from, to, covariatesFrom, hasAges }: Range,
  credited: readonly number[],
): void => {
  // An event without a number is no event to whom asks for a number, except that a sum knows that it happened.
  const takesAll = metric.type === "sum";
  const mayEarn = credited.length > 0 && !isDenominator;
  for (let index = 0; index < instants.length; index++) {
    const at = instants[index] ?? 0;
    const read = values[index] ?? 0;
    const isUnreadable = Number.isNaN(read);
    if (isUnreadable && !takesAll) continue;
    const worth = isUnreadable ? 0 : read;
    if (at >= from && at < to) {
      addEvents(tally.counted, isDenominator, 1, worth);
      if (at < tally.first) tally.first = at;
      const age = hasAges ? dayOf(at - exposedAt) : AGES;
      if (age < AGES) addEvents(ageSides(tally, age), isDenominator, 1, worth);
      const place = mayEarn ? credited.indexOf(teams[index] ?? -1) : -1;
      if (place === 0 || place === 1) tally.credit[place] = plus(tally.credit[place], worth);
    } else if (at < exposedAt && at >= covariatesFrom) addEvents(tally.before, isDenominator, 1, worth);
  }
};

/** The tally of a metric with the events of a block added to what is settled or known of it; undefined for no events at all. */
const tallyWith = (
  known: MetricTally | undefined,
  series: SeriesBySide,
  bound: BoundDefinition,
  metric: BoundMetric,
  index: number,
  block: Block,
): MetricTally | undefined => {
  const isSwitchback = bound.definition.window_ms !== null;
  const { type } = metric.metric;
  if (isSwitchback && (type === "retention" || type === "time_to_event")) return known;
  const numerator = series.get(metric.numerator);
  const denominator = metric.denominator === undefined ? undefined : series.get(metric.denominator);
  if (numerator === undefined && denominator === undefined) return known;
  const tally = known === undefined ? newMetricTally() : copyOfMetricTally(known);
  const range = rangeOf(bound, metric, index, block);
  if (numerator) addSeries(tally, numerator, metric, false, range, bound.teams);
  if (denominator) addSeries(tally, denominator, metric, true, range, bound.teams);
  return tally;
};

/** The blocks with more events, which are not in them yet; those that they do not concern are the same objects. First exposures must be known. */
export const withSeries = (blocks: Blocks, bound: BoundDefinition, series: SeriesBySide): Map<number, Block> => {
  const extended = new Map<number, Block>();
  for (const [index, block] of blocks) {
    let tallies: Map<number, MetricTally> | undefined;
    for (const metric of bound.metrics) {
      const known = block.tallies.get(metric.id);
      const tally = tallyWith(known, series, bound, metric, index, block);
      if (tally !== undefined && tally !== known) (tallies ??= new Map(block.tallies)).set(metric.id, tally);
    }
    extended.set(index, tallies === undefined ? block : { ...block, tallies });
  }
  return extended;
};

/** Adds what is settled of the days before the first exposure. */
const addDaily = (block: Block, { metrics, definition }: BoundDefinition, { daily }: UnitState): void => {
  if (daily.size === 0 || definition.window_ms !== null) return;
  const from = dayOf(block.at) - COVARIATE_DAYS;
  const addSide = (metric: number, side: number | undefined, isDenominator: boolean): void => {
    for (const [day, { events, sum }] of (side === undefined ? undefined : daily.get(side)) ?? []) {
      if (day < from) continue;
      const tally = block.tallies.get(metric) ?? newMetricTally();
      block.tallies.set(metric, tally);
      addEvents(tally.before, isDenominator, events, sum);
    }
  };
  for (const { metric, id, numerator, denominator } of metrics) {
    if (!isAdditive(metric.type)) continue;
    addSide(id, numerator, false);
    addSide(id, denominator, true);
  }
};

/**
 * The blocks of one of a unit's experiments by what is settled and by some of its recent events: first exposures, then what
 * the events add up to.
 */
export const blocksBy = (
  state: UnitState,
  place: number,
  bound: BoundDefinition,
  exposures: readonly RecentEvent[],
  series: SeriesBySide,
  terms: Terms,
): Map<number, Block> => {
  const settled = state.experiments[place]?.blocks ?? new Map<number, Block>();
  const blocks = new Map<number, Block>();
  for (const [index, block] of settled)
    blocks.set(index, {
      ...block,
      variants: [...block.variants],
      dimensions: new Map(block.dimensions),
      members: new Set(block.members),
    });
  for (const event of exposures)
    if (event.kind === "exposure" && event.experiment === place) addExposure(blocks, bound, event, terms);
  for (const [index, block] of blocks) if (!settled.has(index)) addDaily(block, bound, state);
  return withSeries(blocks, bound, series);
};
