const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HASHED = /^h_[0-9a-f]{32}$/;

export type UnitKey = string | Uint8Array;

/** A unit as a key of the database: the ids that are long and common as their bytes, any other as its text. One to one. */
export const unitKey = (unit: string): UnitKey => {
  if (unit.length === 36 && UUID.test(unit)) return bytesOf(unit.replaceAll("-", ""), 0);
  // The byte before them tells them from a UUID.
  if (unit.length === 34 && HASHED.test(unit)) return bytesOf(unit.slice(2), 1);
  return unit;
};

const bytesOf = (hex: string, from: number): Uint8Array => {
  const bytes = new Uint8Array(from + hex.length / 2);
  for (let index = from; index < bytes.length; index++)
    bytes[index] = Number.parseInt(hex.slice(2 * (index - from), 2 * (index - from) + 2), 16);
  return bytes;
};
