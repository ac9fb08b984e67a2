import { ByteReader, ByteWriter } from "./bytes.ts";
import { readRecent, writeRecent } from "./recent-codec.ts";
import { readDaily, readExperiment, writeDaily, writeExperiment } from "./settled-codec.ts";
import type { Terms } from "./terms.ts";
import type { ExperimentState, UnitState } from "./unit-state.ts";

/** Never to be changed without reading what the others wrote. */
const FORMAT = 2;

/** One for all: it grows to the size of the largest unit. */
const writer = new ByteWriter(4096);

/** The state in few bytes, of which some refer to terms: new ones may be added. */
export const encodeUnit = (state: UnitState, terms: Terms): Uint8Array => {
  const { newest, recent, experiments, daily } = state;
  writer.clear();
  writer.byte(FORMAT);
  writer.uint(newest);
  writer.uint(experiments.length);
  for (const experiment of experiments) writeExperiment(writer, experiment, newest, terms);
  writeDaily(writer, daily);
  writeRecent(writer, recent, newest, terms);
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
