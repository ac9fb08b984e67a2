import { ByteReader, ByteWriter } from "./bytes.ts";
import { isZero } from "./int.ts";
import { hasEvent, type MetricTally, newMetricTally, newSides, type Sides } from "./tally.ts";
import type { Terms } from "./terms.ts";
import type {
  Block,
  Blocks,
  DayTotal,
  DimensionValue,
  ExperimentState,
  Reading,
  RecentEvent,
  UnitState,
} from "./unit-state.ts";

/** Never to be changed without reading what the others wrote. */
const FORMAT = 2;

/**
 * Values of dimensions become terms while there are fewer than this many; then they are stored as they are. Terms are kept in
 * memory for good, and there is no end of values.
 */
const MAX_TERMS_FOR_VALUES = 20_000;

const FROZEN = 1;
const SETTLED = 2;

const KIND = 3;
const METRIC = 0;
const EXPOSURE = 1;
const ELSEWHERE = 2;
/** Received at another time than the event before. */
const RECEIVED = 4;
const COUNT_SHIFT = 3;
/** So many readings or dimensions, or more: then how many follows. */
const MANY = 7;
/** Has a team or a member. */
const MORE = 64;

const ONE = 1_000_000;
const CENT = 10_000;
/** How a reading's value is stored: not at all for one, in hundredths or in millionths otherwise. */
const IS_ONE = 0;
const IN_CENTS = 1;
const IS_UNREADABLE = 2;
const IN_MILLIONTHS = 3;

/** What a tally has, in the order in which it is stored. */
const HAS_DENOMINATORS = 1;
const HAS_BEFORE = 2;
const HAS_AGES = 4;
const HAS_FIRST = 8;
const HAS_CREDIT = 16;

const writer = new ByteWriter(4096);

const writeHash = (hash: number): void => {
  const high = Math.floor(hash / 2 ** 32);
  writer.word(hash % 2 ** 32);
  writer.byte(high);
  writer.byte(high >>> 8);
  writer.byte(high >>> 16);
};

const readHash = (reader: ByteReader): number => {
  const low = reader.word() >>> 0;
  return (reader.byte() + reader.byte() * 2 ** 8 + reader.byte() * 2 ** 16) * 2 ** 32 + low;
};

const writeValue = (value: string, terms: Terms): void => {
  const term = terms.size < MAX_TERMS_FOR_VALUES ? terms.idOf(value) : terms.findId(value);
  writer.uint(term === undefined ? 0 : term + 1);
  if (term === undefined) writer.text(value);
};

const readValue = (reader: ByteReader, terms: Terms): string => {
  const term = reader.uint();
  return term === 0 ? reader.text() : terms.textOf(term - 1);
};

const writeSides = ({ events, sum, denominatorEvents, denominatorSum }: Sides, hasDenominators: boolean): void => {
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

const writeMetricTally = ({ counted, before, ages, first, credit }: MetricTally, at: number): void => {
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
  writeSides(counted, hasDenominators);
  if (hasBefore) writeSides(before, hasDenominators);
  if (ages.size > 0) {
    writer.uint(ages.size);
    for (const [age, sides] of ages) {
      writer.byte(age);
      writeSides(sides, hasDenominators);
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

const writeBlock = (block: Block, newest: number, terms: Terms): void => {
  const { at, variant, variants, dimensions, members, tallies } = block;
  writer.int(newest - at);
  writer.uint(variant);
  writer.uint(variants.length - 1);
  for (const other of variants) if (other !== variant) writer.uint(other);
  writer.uint(dimensions.size);
  for (const [name, value] of dimensions) {
    writer.uint(name);
    writeValue(value, terms);
  }
  writer.uint(members.size);
  for (const member of members) writeHash(member);
  writer.uint(tallies.size);
  for (const [metric, tally] of tallies) {
    writer.uint(metric);
    writeMetricTally(tally, at);
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
  for (let count = reader.uint(); count > 0; count--) members.add(readHash(reader));
  const tallies = new Map<number, MetricTally>();
  for (let count = reader.uint(); count > 0; count--) tallies.set(reader.uint(), readMetricTally(reader, at));
  return { at, variant, variants, dimensions, members, tallies };
};

const writeBlocks = (blocks: Blocks, newest: number, terms: Terms): void => {
  writer.uint(blocks.size);
  for (const [index, block] of blocks) {
    writer.int(index);
    writeBlock(block, newest, terms);
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

const writeExperiment = ({ definition, blocks, frozen }: ExperimentState, newest: number, terms: Terms): void => {
  writer.uint(definition);
  writer.byte((frozen === null ? 0 : FROZEN) | (blocks.size === 0 ? 0 : SETTLED));
  if (blocks.size > 0) writeBlocks(blocks, newest, terms);
  if (frozen === null) return;
  writeBlocks(frozen.blocks, newest, terms);
  writer.uint(frozen.places.size);
  for (const [experiment, variant] of frozen.places) {
    writer.uint(experiment);
    writer.uint(variant);
  }
};

const readExperiment = (reader: ByteReader, newest: number, terms: Terms): ExperimentState => {
  const definition = reader.uint();
  const has = reader.byte();
  const blocks = has & SETTLED ? readBlocks(reader, newest, terms) : new Map<number, Block>();
  if (!(has & FROZEN)) return { definition, blocks, frozen: null };
  const places = new Map<number, number>();
  const frozen = { blocks: readBlocks(reader, newest, terms), places };
  for (let count = reader.uint(); count > 0; count--) places.set(reader.uint(), reader.uint());
  return { definition, blocks, frozen };
};

const writeDaily = (daily: UnitState["daily"]): void => {
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

const readDaily = (reader: ByteReader): UnitState["daily"] => {
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

const writeReading = ({ side, value }: Reading): void => {
  if (value === ONE) writer.uint(side * 4 + IS_ONE);
  else if (value === undefined) writer.uint(side * 4 + IS_UNREADABLE);
  else if (value % CENT === 0) {
    writer.uint(side * 4 + IN_CENTS);
    writer.int(value / CENT);
  } else {
    writer.uint(side * 4 + IN_MILLIONTHS);
    writer.int(value);
  }
};

const readReading = (reader: ByteReader): Reading => {
  const packed = reader.uint();
  const how = packed % 4;
  const side = (packed - how) / 4;
  if (how === IS_ONE) return { side, value: ONE };
  if (how === IS_UNREADABLE) return { side, value: undefined };
  return { side, value: Number(reader.int()) * (how === IN_CENTS ? CENT : 1) };
};

const writeHead = (kind: number, isReceivedApart: boolean, count: number, hasMore: boolean): void => {
  writer.byte(kind | (isReceivedApart ? RECEIVED : 0) | (Math.min(count, MANY) << COUNT_SHIFT) | (hasMore ? MORE : 0));
  if (count >= MANY) writer.uint(count);
};

const writeRecent = (recent: readonly RecentEvent[], newest: number, terms: Terms): void => {
  let at = newest;
  let received = newest;
  let isFirst = true;
  for (const event of recent) {
    const isReceivedApart = event.received_at !== received;
    if (event.kind === "metric") writeHead(METRIC, isReceivedApart, event.readings.length, event.team !== undefined);
    else if (event.kind === "exposure")
      writeHead(EXPOSURE, isReceivedApart, event.dimensions.length, event.member !== undefined);
    else writeHead(ELSEWHERE, isReceivedApart, 0, false);
    writeHash(event.id);
    if (isFirst) writer.int(newest - event.at);
    else writer.uint(event.at - at);
    if (isReceivedApart) writer.int(event.received_at - received);
    if (event.kind === "metric") {
      for (const reading of event.readings) writeReading(reading);
      if (event.team !== undefined) writer.uint(event.team);
    } else if (event.kind === "exposure") {
      writer.uint(event.experiment);
      writer.uint(event.variant);
      for (const { name, value } of event.dimensions) {
        writer.uint(name);
        writeValue(value, terms);
      }
      if (event.member !== undefined) writeHash(event.member);
    }
    isFirst = false;
    ({ at, received_at: received } = event);
  }
};

const readRecent = (reader: ByteReader, newest: number, terms: Terms): RecentEvent[] => {
  const recent: RecentEvent[] = [];
  let at = newest;
  let received_at = newest;
  while (!reader.isAtEnd) {
    const head = reader.byte();
    const kind = head & KIND;
    let count = (head >> COUNT_SHIFT) & MANY;
    if (count === MANY) count = reader.uint();
    const id = readHash(reader);
    at = recent.length === 0 ? newest - Number(reader.int()) : at + reader.uint();
    if (head & RECEIVED) received_at += Number(reader.int());
    if (kind === METRIC) {
      const readings: Reading[] = [];
      while (readings.length < count) readings.push(readReading(reader));
      const team = head & MORE ? reader.uint() : undefined;
      recent.push({ kind: "metric", id, at, received_at, readings, team });
    } else if (kind === EXPOSURE) {
      const experiment = reader.uint();
      const variant = reader.uint();
      const dimensions: DimensionValue[] = [];
      while (dimensions.length < count) dimensions.push({ name: reader.uint(), value: readValue(reader, terms) });
      const member = head & MORE ? readHash(reader) : undefined;
      recent.push({ kind: "exposure", id, at, received_at, experiment, variant, dimensions, member });
    } else recent.push({ kind: "elsewhere", id, at, received_at });
  }
  return recent;
};

/** The state in few bytes, of which some refer to terms: new ones may be added. */
export const encodeUnit = (state: UnitState, terms: Terms): Uint8Array => {
  const { newest, recent, experiments, daily } = state;
  writer.clear();
  writer.byte(FORMAT);
  writer.uint(newest);
  writer.uint(experiments.length);
  for (const experiment of experiments) writeExperiment(experiment, newest, terms);
  writeDaily(daily);
  writeRecent(recent, newest, terms);
  return writer.take();
};

/** The opposite of {@link encodeUnit}. Throws for bytes that it did not write. */
export const decodeUnit = (bytes: Uint8Array, terms: Terms): UnitState => {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== FORMAT) throw new Error("A unit is stored in a format that is not known.");
  const newest = reader.uint();
  const experiments: ExperimentState[] = [];
  for (let count = reader.uint(); count > 0; count--) experiments.push(readExperiment(reader, newest, terms));
  const daily = readDaily(reader);
  return { newest, experiments, daily, recent: readRecent(reader, newest, terms) };
};
