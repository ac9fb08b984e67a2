import type { ByteReader, ByteWriter } from "./bytes.ts";
import type { Terms } from "./terms.ts";

/**
 * Values of dimensions become terms while there are fewer than this many; then they are stored as they are. Terms are kept in
 * memory for good, and there is no end of values.
 */
const MAX_TERMS_FOR_VALUES = 20_000;

/** Writes the value of a dimension. */
export const writeValue = (writer: ByteWriter, value: string, terms: Terms): void => {
  const term = terms.size < MAX_TERMS_FOR_VALUES ? terms.idOf(value) : terms.findId(value);
  writer.uint(term === undefined ? 0 : term + 1);
  if (term === undefined) writer.text(value);
};

/** The opposite of {@link writeValue}. */
export const readValue = (reader: ByteReader, terms: Terms): string => {
  const term = reader.uint();
  return term === 0 ? reader.text() : terms.textOf(term - 1);
};
