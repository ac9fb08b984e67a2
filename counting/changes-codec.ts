import { ByteReader, ByteWriter } from "./bytes.ts";
import type { SumsChange } from "./sums.ts";
import { readKind, readNumbers, TextReader, TextWriter, writeKind, writeNumbers } from "./sums-codec.ts";

const FORMAT = 1;

/** Changes to the sums as bytes, for a journal. */
export const encodeChanges = (changes: readonly SumsChange[]): Uint8Array => {
  const writer = new ByteWriter(1024);
  const texts = new TextWriter(writer);
  writer.byte(FORMAT);
  for (const { key, n, sums } of changes) {
    texts.write(key.experiment_id);
    writer.uint(key.phase);
    texts.write(key.variant_id);
    texts.write(key.metric_id);
    writeKind(writer, key.kind);
    texts.write(key.name);
    writer.byte(key.slice === null ? 0 : 1);
    if (key.slice !== null) texts.write(key.slice);
    writeNumbers(writer, n, sums);
  }
  return writer.take();
};

/** The opposite of {@link encodeChanges}. Throws for bytes that it did not write. */
export const decodeChanges = (bytes: Uint8Array): SumsChange[] => {
  const reader = new ByteReader(bytes);
  const texts = new TextReader(reader);
  if (reader.byte() !== FORMAT) throw new Error("Changes to the sums are stored in a format that is not known.");
  const changes: SumsChange[] = [];
  while (!reader.isAtEnd) {
    const experiment_id = texts.read();
    const phase = reader.uint();
    const variant_id = texts.read();
    const metric_id = texts.read();
    const kind = readKind(reader);
    const name = texts.read();
    const slice = reader.byte() === 0 ? null : texts.read();
    changes.push({ key: { experiment_id, phase, variant_id, metric_id, kind, name, slice }, ...readNumbers(reader) });
  }
  return changes;
};
