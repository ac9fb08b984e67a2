import type { ByteReader, ByteWriter } from "./bytes.ts";
import type { Terms } from "./terms.ts";
import type { DimensionValue, Reading, RecentEvent } from "./unit-state.ts";
import { readValue, writeValue } from "./value-codec.ts";

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

const writeReading = (writer: ByteWriter, { side, value }: Reading): void => {
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

const writeHead = (
  writer: ByteWriter,
  kind: number,
  isReceivedApart: boolean,
  count: number,
  hasMore: boolean,
): void => {
  writer.byte(kind | (isReceivedApart ? RECEIVED : 0) | (Math.min(count, MANY) << COUNT_SHIFT) | (hasMore ? MORE : 0));
  if (count >= MANY) writer.uint(count);
};

/** Writes recent events, which come last: times are differences from the event before. */
export const writeRecent = (writer: ByteWriter, recent: readonly RecentEvent[], newest: number, terms: Terms): void => {
  let at = newest;
  let received = newest;
  let isFirst = true;
  for (const event of recent) {
    const isReceivedApart = event.received_at !== received;
    if (event.kind === "metric")
      writeHead(writer, METRIC, isReceivedApart, event.readings.length, event.team !== undefined);
    else if (event.kind === "exposure")
      writeHead(writer, EXPOSURE, isReceivedApart, event.dimensions.length, event.member !== undefined);
    else writeHead(writer, ELSEWHERE, isReceivedApart, 0, false);
    writer.id(event.id);
    if (isFirst) writer.int(newest - event.at);
    else writer.uint(event.at - at);
    if (isReceivedApart) writer.int(event.received_at - received);
    if (event.kind === "metric") {
      for (const reading of event.readings) writeReading(writer, reading);
      if (event.team !== undefined) writer.uint(event.team);
    } else if (event.kind === "exposure") {
      writer.uint(event.experiment);
      writer.uint(event.variant);
      for (const { name, value } of event.dimensions) {
        writer.uint(name);
        writeValue(writer, value, terms);
      }
      if (event.member !== undefined) writer.id(event.member);
    }
    isFirst = false;
    ({ at, received_at: received } = event);
  }
};

/** The opposite of {@link writeRecent}. */
export const readRecent = (reader: ByteReader, newest: number, terms: Terms): RecentEvent[] => {
  const recent: RecentEvent[] = [];
  let at = newest;
  let received_at = newest;
  while (!reader.isAtEnd) {
    const head = reader.byte();
    const kind = head & KIND;
    let count = (head >> COUNT_SHIFT) & MANY;
    if (count === MANY) count = reader.uint();
    const id = reader.id();
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
      const member = head & MORE ? reader.id() : undefined;
      recent.push({ kind: "exposure", id, at, received_at, experiment, variant, dimensions, member });
    } else recent.push({ kind: "elsewhere", id, at, received_at });
  }
  return recent;
};
