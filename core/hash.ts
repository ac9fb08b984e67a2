/**
 * The hash of everything that was hashed so far, to be continued: MurmurHash3's state after the whole words, the bytes that
 * do not fill a word yet (the first one lowest), and how many bytes there were in all.
 */
export interface HashState {
  readonly state: number;
  readonly pending: number;
  readonly bytes: number;
}

/** The UTF-8 of many texts as 32-bit words, the first byte lowest; a text's last word is filled up with zeros. */
export interface PackedTexts {
  readonly words: Int32Array;
  /** Where each text begins in `words`. */
  readonly first: Uint32Array;
  /** How many bytes each text has. */
  readonly bytes: Uint32Array;
}

const scramble = (word: number): number => {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
};

const mix = (state: number, word: number): number => {
  const mixed = state ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
};

/**
 * The finished hash, or the bucket that it stands for. The remainder is taken here: as the result of a function, a hash would
 * be put on the heap and divided as a float. `BUCKETS` is written out, because dividing by a variable costs as much as
 * all the rest.
 */
const finish = (state: number, pending: number, bytes: number, isBucket: boolean): number => {
  let hash = state ^ scramble(pending) ^ bytes;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return isBucket ? (hash >>> 0) % 10_000 : hash >>> 0;
};

/** Where {@link absorb} leaves its three numbers: an object for each hash would cost more than the hash. */
const absorbed = new Int32Array(3);

/**
 * Continues a hash with a text's UTF-8. The bytes are made while hashing, because encoding a text first costs several times
 * its hash, and ASCII is taken four characters at a time. A lone surrogate counts as U+FFFD, as `TextEncoder` has it.
 */
const absorb = (text: string, from: number, pendingFrom: number, bytesFrom: number): void => {
  let state = from;
  let pending = pendingFrom;
  let bytes = bytesFrom;
  let index = 0;
  const { length } = text;
  while (index < length) {
    let encoded = text.charCodeAt(index++);
    let size = 1;
    const shift = (bytes & 3) << 3;
    if (encoded < 0x80) {
      if (index + 3 <= length) {
        const second = text.charCodeAt(index);
        const third = text.charCodeAt(index + 1);
        const fourth = text.charCodeAt(index + 2);
        if ((second | third | fourth) < 0x80) {
          encoded |= (second << 8) | (third << 16) | (fourth << 24);
          size = 4;
          index += 3;
        }
      }
    } else if (encoded < 0x800) {
      encoded = 0x80c0 | (encoded >> 6) | ((encoded & 0x3f) << 8);
      size = 2;
    } else {
      let code = encoded;
      if (code >= 0xd800 && code <= 0xdfff) {
        const next = code < 0xdc00 && index < length ? text.charCodeAt(index) : 0;
        if (next >= 0xdc00 && next <= 0xdfff) {
          index++;
          code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        } else code = 0xfffd;
      }
      const lastTwo = 0x80 | ((code >> 6) & 0x3f) | ((0x80 | (code & 0x3f)) << 8);
      if (code > 0xffff) {
        encoded = 0xf0 | (code >> 18) | ((0x80 | ((code >> 12) & 0x3f)) << 8) | (lastTwo << 16);
        size = 4;
      } else {
        encoded = 0xe0 | (code >> 12) | (lastTwo << 8);
        size = 3;
      }
    }
    pending |= encoded << shift;
    if (shift + (size << 3) >= 32) {
      state = mix(state, pending);
      pending = (encoded >>> 1) >>> (31 - shift);
    }
    bytes += size;
  }
  absorbed[0] = state;
  absorbed[1] = pending;
  absorbed[2] = bytes;
};

/** {@link absorb} and {@link finish} of a text that should be ASCII, at two thirds of their cost; others go the long way. */
const hashFrom = (from: number, pendingFrom: number, bytes: number, text: string, isBucket: boolean): number => {
  const { length } = text;
  const shift = (bytes & 3) << 3;
  // A word's upper part goes into the next one. It is shifted twice, because a shift by 32 would be none.
  const back = 31 - shift;
  let state = from;
  let pending = pendingFrom;
  let index = 0;
  let seen = 0;
  for (; index + 4 <= length; index += 4) {
    const first = text.charCodeAt(index);
    const second = text.charCodeAt(index + 1);
    const third = text.charCodeAt(index + 2);
    const fourth = text.charCodeAt(index + 3);
    seen |= first | second | third | fourth;
    const word = first | (second << 8) | (third << 16) | (fourth << 24);
    state = mix(state, pending | (word << shift));
    pending = (word >>> 1) >>> back;
  }
  if (index < length) {
    let word = 0;
    for (let place = 0; index < length; index++, place += 8) {
      const code = text.charCodeAt(index);
      seen |= code;
      word |= code << place;
    }
    pending |= word << shift;
    if (shift + ((length & 3) << 3) >= 32) {
      state = mix(state, pending);
      pending = (word >>> 1) >>> back;
    }
  }
  if (seen < 0x80) return finish(state, pending, bytes + length, isBucket);
  absorb(text, from, pendingFrom, bytes);
  return finish(absorbed[0] ?? 0, absorbed[1] ?? 0, absorbed[2] ?? 0, isBucket);
};

/**
 * MurmurHash3_x86_32 of the text's UTF-8, as an unsigned 32-bit number (Austin Appleby, `MurmurHash3.cpp`, public domain).
 *
 * Part of the assignment contract, so it can never change.
 */
export const hash32 = (text: string, seed = 0): number => hashFrom(seed | 0, 0, 0, text, false);

/** Leaves the state after a unit and a colon in {@link absorbed}. Most units are ASCII: no character needs to be encoded. */
const absorbUnit = (unit: string): void => {
  const { length } = unit;
  let state = 0;
  let index = 0;
  let seen = 0;
  for (; index + 4 <= length; index += 4) {
    const first = unit.charCodeAt(index);
    const second = unit.charCodeAt(index + 1);
    const third = unit.charCodeAt(index + 2);
    const fourth = unit.charCodeAt(index + 3);
    seen |= first | second | third | fourth;
    state = mix(state, first | (second << 8) | (third << 16) | (fourth << 24));
  }
  let pending = 0;
  let shift = 0;
  for (; index < length; index++, shift += 8) {
    const code = unit.charCodeAt(index);
    seen |= code;
    pending |= code << shift;
  }
  pending |= COLON << shift;
  if (shift === 24) {
    state = mix(state, pending);
    pending = 0;
  }
  absorbed[0] = state;
  absorbed[1] = pending;
  absorbed[2] = length + 1;
  if (seen < 0x80) return;
  absorb(unit, 0, 0, 0);
  absorb(":", absorbed[0], absorbed[1], absorbed[2]);
};

const COLON = 0x3a;

/** The state after a unit and a colon: {@link bucketFrom} with a salt then gives the unit's bucket. */
export const unitState = (unit: string): HashState => {
  absorbUnit(unit);
  return { state: absorbed[0] ?? 0, pending: absorbed[1] ?? 0, bytes: absorbed[2] ?? 0 };
};

/** `hash32(unit + ":" + salt)` modulo 10,000. */
export const bucketFrom = (unit: HashState, salt: string): number =>
  hashFrom(unit.state, unit.pending, unit.bytes, salt, true);

/** {@link bucketFrom} of a unit that is asked about once: a state that is not kept need not be an object. */
export const bucketOnce = (unit: string, salt: string): number => {
  absorbUnit(unit);
  return hashFrom(absorbed[0] ?? 0, absorbed[1] ?? 0, absorbed[2] ?? 0, salt, true);
};

/** Each UTF-8 byte of the text as a character. */
const byteText = (text: string): string => {
  for (let index = 0; index < text.length; index++)
    if (text.charCodeAt(index) >= 0x80)
      return encodeURIComponent(text.toWellFormed()).replaceAll(/%(..)/g, (_, byte: string) =>
        String.fromCharCode(Number.parseInt(byte, 16)),
      );
  return text;
};

/** For salts, which are hashed again and again: a packed one of 8 bytes costs less than half of the text. */
export const packTexts = (texts: readonly string[]): PackedTexts => {
  const encoded = texts.map(byteText);
  const words = new Int32Array(encoded.reduce((sum, { length }) => sum + ((length + 3) >> 2), 0));
  const first = new Uint32Array(texts.length);
  const bytes = new Uint32Array(texts.length);
  let next = 0;
  for (const [text, utf8] of encoded.entries()) {
    first[text] = next;
    bytes[text] = utf8.length;
    for (let index = 0; index < utf8.length; index += 4)
      words[next++] =
        utf8.charCodeAt(index) |
        (utf8.charCodeAt(index + 1) << 8) |
        (utf8.charCodeAt(index + 2) << 16) |
        (utf8.charCodeAt(index + 3) << 24);
  }
  return { words, first, bytes };
};

/** {@link bucketFrom} under a packed salt: the `bytes` bytes from `words[first]` on. */
export const packedBucketFrom = (unit: HashState, words: Int32Array, first: number, bytes: number): number => {
  const shift = (unit.bytes & 3) << 3;
  const back = 31 - shift;
  const end = first + (bytes >> 2);
  let state = unit.state;
  let pending = unit.pending;
  for (let index = first; index < end; index++) {
    const word = words[index] ?? 0;
    state = mix(state, pending | (word << shift));
    pending = (word >>> 1) >>> back;
  }
  const rest = (bytes & 3) << 3;
  if (rest !== 0) {
    const word = words[end] ?? 0;
    pending |= word << shift;
    if (shift + rest >= 32) {
      state = mix(state, pending);
      pending = (word >>> 1) >>> back;
    }
  }
  return finish(state, pending, unit.bytes + bytes, true);
};

const pairBucket = (from: number, pending: number, bytes: number, first: number, second: number): number => {
  const shift = (bytes & 3) << 3;
  const back = 31 - shift;
  const state = mix(from, pending | (first << shift));
  return finish(mix(state, ((first >>> 1) >>> back) | (second << shift)), (second >>> 1) >>> back, bytes + 8, true);
};

/** {@link packedBucketFrom} under a salt of exactly 8 bytes, given as its two words: most salts are such. */
export const pairBucketFrom = ({ state, pending, bytes }: HashState, first: number, second: number): number =>
  pairBucket(state, pending, bytes, first, second);

/** {@link pairBucketFrom} of a unit that is asked about once. */
export const pairBucketOnce = (unit: string, first: number, second: number): number => {
  absorbUnit(unit);
  return pairBucket(absorbed[0] ?? 0, absorbed[1] ?? 0, absorbed[2] ?? 0, first, second);
};
