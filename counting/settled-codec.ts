import type { ByteReader, ByteWriter } from "./bytes.ts";
import { isZero } from "./int.ts";
import { hasEvent, type MetricTally, newMetricTally, newSides, type Sides } from "./tally.ts";
import type { Terms } from "./terms.ts";
import type { Block, Blocks, DayTotal, ExperimentState, UnitState } from "./unit-state.ts";
import { readValue, writeValue } from "./value-codec.ts";

const FROZEN = 1;
const SETTLED = 2;

/** What a tally has, in the order in which it is stored. */
const HAS_DENOMINATORS = 1;
const HAS_BEFORE = 2;
const HAS_AGES = 4;
const HAS_FIRST = 8;
const HAS_CREDIT = 16;

const writeSides = (
  writer: ByteWriter,
  { events, sum, denominatorEvents, denominatorSum }: Sides,
  hasDenominators: boolean,
): void => {
  writer.uint(events);
  writer.int(sum);
  if (!hasDenominators) return;
  writer.uint(denominatorEvents);
  writer.int(denominatorSum);
};

const readSides = (reader: ByteReader, sides: Sides, hasDenominators: boolean): Sides => {
  sides.events = reader.uint();
  sides.sum = reader.int();
  if (!hasDenominators) return sides;
  sides.denominatorEvents = reader.uint();
  sides.denominatorSum = reader.int();
  return sides;
};

const writeMetricTally = (
  writer: ByteWriter,
  { counted, before, ages, first, credit }: MetricTally,
  at: number,
): void => {
  const hasDenominators = counted.denominatorEvents + before.denominatorEvents > 0;
  const hasBefore = hasEvent(before);
  const hasFirst = first !== Infinity;
  const hasCredit = !isZero(credit[0]) || !isZero(credit[1]);
  writer.byte(
    (hasDenominators ? HAS_DENOMINATORS : 0) |
      (hasBefore ? HAS_BEFORE : 0) |
      (ages.size > 0 ? HAS_AGES : 0) |
      (hasFirst ? HAS_FIRST : 0) |
      (hasCredit ? HAS_CREDIT : 0),
  );
  writeSides(writer, counted, hasDenominators);
  if (hasBefore) writeSides(writer, before, hasDenominators);
  if (ages.size > 0) {
    writer.uint(ages.size);
    for (const [age, sides] of ages) {
      writer.byte(age);
      writeSides(writer, sides, hasDenominators);
    }
  }
  if (hasFirst) writer.int(first - at);
  if (hasCredit) for (const sum of credit) writer.int(sum);
};

const readMetricTally = (reader: ByteReader, at: number): MetricTally => {
  const has = reader.byte();
  const hasDenominators = (has & HAS_DENOMINATORS) !== 0;
  const tally = newMetricTally();
  readSides(reader, tally.counted, hasDenominators);
  if (has & HAS_BEFORE) readSides(reader, tally.before, hasDenominators);
  if (has & HAS_AGES)
    for (let count = reader.uint(); count > 0; count--)
      tally.ages.set(reader.byte(), readSides(reader, newSides(), hasDenominators));
  if (has & HAS_FIRST) tally.first = at + Number(reader.int());
  if (has & HAS_CREDIT) {
    tally.credit[0] = reader.int();
    tally.credit[1] = reader.int();
  }
  return tally;
};

const writeBlock = (writer: ByteWriter, block: Block, newest: number, terms: Terms): void => {
  const { at, variant, variants, dimensions, members, tallies } = block;
  writer.int(newest - at);
  writer.uint(variant);
  writer.uint(variants.length - 1);
  for (const other of variants) if (other !== variant) writer.uint(other);
  writer.uint(dimensions.size);
  for (const [name, value] of dimensions) {
    writer.uint(name);
    writeValue(writer, value, terms);
  }
  writer.uint(members.size);
  for (const member of members) writer.id(member);
  writer.uint(tallies.size);
  for (const [metric, tally] of tallies) {
    writer.uint(metric);
    writeMetricTally(writer, tally, at);
  }
};

const readBlock = (reader: ByteReader, newest: number, terms: Terms): Block => {
  const at = newest - Number(reader.int());
  const variant = reader.uint();
  const variants = [variant];
  for (let count = reader.uint(); count > 0; count--) variants.push(reader.uint());
  const dimensions = new Map<number, string>();
  for (let count = reader.uint(); count > 0; count--) dimensions.set(reader.uint(), readValue(reader, terms));
  const members = new Set<number>();
  for (let count = reader.uint(); count > 0; count--) members.add(reader.id());
  const tallies = new Map<number, MetricTally>();
  for (let count = reader.uint(); count > 0; count--) tallies.set(reader.uint(), readMetricTally(reader, at));
  return { at, variant, variants, dimensions, members, tallies };
};

const writeBlocks = (writer: ByteWriter, blocks: Blocks, newest: number, terms: Terms): void => {
  writer.uint(blocks.size);
  for (const [index, block] of blocks) {
    writer.int(index);
    writeBlock(writer, block, newest, terms);
  }
};

const readBlocks = (reader: ByteReader, newest: number, terms: Terms): Map<number, Block> => {
  const blocks = new Map<number, Block>();
  for (let count = reader.uint(); count > 0; count--) {
    const index = Number(reader.int());
    blocks.set(index, readBlock(reader, newest, terms));
  }
  return blocks;
};

/** Writes what is settled of an experiment. */
export const writeExperiment = (
  writer: ByteWriter,
  { definition, blocks, frozen }: ExperimentState,
  newest: number,
  terms: Terms,
): void => {
  writer.uint(definition);
  writer.byte((frozen === null ? 0 : FROZEN) | (blocks.size === 0 ? 0 : SETTLED));
  if (blocks.size > 0) writeBlocks(writer, blocks, newest, terms);
  if (frozen === null) return;
  writeBlocks(writer, frozen.blocks, newest, terms);
  writer.uint(frozen.places.size);
  for (const [experiment, variant] of frozen.places) {
    writer.uint(experiment);
    writer.uint(variant);
  }
};

/** The opposite of {@link writeExperiment}. */
export const readExperiment = (reader: ByteReader, newest: number, terms: Terms): ExperimentState => {
  const definition = reader.uint();
  const has = reader.byte();
  const blocks = has & SETTLED ? readBlocks(reader, newest, terms) : new Map<number, Block>();
  if (!(has & FROZEN)) return { definition, blocks, frozen: null };
  const places = new Map<number, number>();
  const frozen = { blocks: readBlocks(reader, newest, terms), places };
  for (let count = reader.uint(); count > 0; count--) places.set(reader.uint(), reader.uint());
  return { definition, blocks, frozen };
};

/** Writes daily totals. */
export const writeDaily = (writer: ByteWriter, daily: UnitState["daily"]): void => {
  writer.uint(daily.size);
  for (const [side, days] of daily) {
    writer.uint(side);
    writer.uint(days.size);
    let last = 0;
    for (const [day, { events, sum }] of days) {
      writer.int(day - last);
      writer.uint(events);
      writer.int(sum);
      last = day;
    }
  }
};

/** The opposite of {@link writeDaily}. */
export const readDaily = (reader: ByteReader): UnitState["daily"] => {
  const daily = new Map<number, Map<number, DayTotal>>();
  for (let count = reader.uint(); count > 0; count--) {
    const side = reader.uint();
    const days = new Map<number, DayTotal>();
    let day = 0;
    for (let left = reader.uint(); left > 0; left--) {
      day += Number(reader.int());
      days.set(day, { events: reader.uint(), sum: reader.int() });
    }
    daily.set(side, days);
  }
  return daily;
};
