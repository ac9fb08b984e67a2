import type { BoundDefinition, Use } from "./bound-definition.ts";
import { isAdditive } from "./counting-plan.ts";
import { plus } from "./int.ts";
import { addEvents, copyOfMetricTally, type MetricTally, newMetricTally, newSides } from "./tally.ts";
import type { Terms } from "./terms.ts";
import type { Block, RecentEvent, RecentExposure, RecentMetric, UnitState } from "./unit-state.ts";

const DAY_MS = 86_400_000;
/** Events of the day of first exposure and of so many days before, all up to the exposure, make the covariates. */
export const COVARIATE_DAYS = 14;
/** Days since exposure that are told apart. */
const AGES = 28;

export const dayOf = (at: number): number => Math.floor(at / DAY_MS);

/** Which block of an experiment an instant is in: the window of a switchback test, otherwise 0. */
export const blockOf = ({ definition: { window_ms } }: BoundDefinition, at: number): number =>
  window_ms === null ? 0 : Math.floor(at / window_ms);

const copyOfBlock = (block: Block): Block => ({
  ...block,
  variants: [...block.variants],
  dimensions: new Map(block.dimensions),
  members: new Set(block.members),
  tallies: new Map(Array.from(block.tallies, ([metric, tally]) => [metric, copyOfMetricTally(tally)])),
});

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
export const addExposure = (
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

const tallyOf = ({ tallies }: Block, metric: number): MetricTally => {
  let tally = tallies.get(metric);
  if (tally === undefined) tallies.set(metric, (tally = newMetricTally()));
  return tally;
};

const addReading = (
  block: Block,
  definition: BoundDefinition,
  { bound, isDenominator }: Use,
  { at, team }: RecentMetric,
  value: number | undefined,
): void => {
  const { metric, id } = bound;
  // An event without a number is no event to whom asks for a number, except that a sum knows that it happened.
  if (value === undefined && metric.type !== "sum") return;
  const worth = value ?? 0;
  if (definition.definition.window_ms !== null) {
    if (metric.type === "retention" || metric.type === "time_to_event") return;
    addEvents(tallyOf(block, id).counted, isDenominator, 1, worth);
    return;
  }
  const age = at - block.at;
  if (age < 0) {
    if (isAdditive(metric.type) && dayOf(at) >= dayOf(block.at) - COVARIATE_DAYS)
      addEvents(tallyOf(block, id).before, isDenominator, 1, worth);
    return;
  }
  if (age < metric.from_ms || (metric.to_ms !== null && age >= metric.to_ms)) return;
  const tally = tallyOf(block, id);
  addEvents(tally.counted, isDenominator, 1, worth);
  tally.first = Math.min(tally.first, at);
  const days = dayOf(age);
  if (isAdditive(metric.type) && days < AGES) {
    let sides = tally.ages.get(days);
    if (sides === undefined) tally.ages.set(days, (sides = newSides()));
    addEvents(sides, isDenominator, 1, worth);
  }
  const place = team === undefined || isDenominator ? -1 : definition.teams.indexOf(team);
  if (place === 0 || place === 1) tally.credit[place] = plus(tally.credit[place], worth);
};

/** Takes an event into account that comes once, when all exposures are known. */
export const addMetric = (blocks: ReadonlyMap<number, Block>, bound: BoundDefinition, event: RecentMetric): void => {
  const index = blockOf(bound, event.at);
  const block = blocks.get(index);
  if (!block) return;
  const { window_ms, burn_in_ms } = bound.definition;
  if (window_ms !== null && event.at < index * window_ms + burn_in_ms) return;
  for (const { side, value } of event.readings)
    for (const use of bound.uses.get(side) ?? []) addReading(block, bound, use, event, value);
};

/** Adds what is settled of the days before the first exposure. */
const addDaily = (block: Block, { uses, definition }: BoundDefinition, { daily }: UnitState): void => {
  if (definition.window_ms !== null) return;
  const from = dayOf(block.at) - COVARIATE_DAYS;
  for (const [side, days] of daily)
    for (const { bound, isDenominator } of uses.get(side) ?? [])
      if (isAdditive(bound.metric.type))
        for (const [day, { events, sum }] of days)
          if (day >= from) addEvents(tallyOf(block, bound.id).before, isDenominator, events, sum);
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
  events: readonly RecentEvent[],
  terms: Terms,
): Map<number, Block> => {
  const experiment = state.experiments[place];
  const blocks = new Map<number, Block>();
  if (!experiment) return blocks;
  for (const [index, block] of experiment.blocks) blocks.set(index, copyOfBlock(block));
  for (const event of exposures)
    if (event.kind === "exposure" && event.experiment === place) addExposure(blocks, bound, event, terms);
  for (const [index, block] of blocks) if (!experiment.blocks.has(index)) addDaily(block, bound, state);
  if (blocks.size > 0) for (const event of events) if (event.kind === "metric") addMetric(blocks, bound, event);
  return blocks;
};
