const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

const scramble = (word: number): number => Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);

const mix = (state: number, word: number): number =>
  (Math.imul(rotate(state ^ scramble(word), 13), 5) + 0xe6546b64) | 0;

/**
 * MurmurHash3_x86_32 of the text's UTF-8, as an unsigned 32-bit number (Austin Appleby, `MurmurHash3.cpp`, public domain).
 *
 * Part of the assignment contract, so it can never change. A lone surrogate counts as U+FFFD, as `TextEncoder` has it. The
 * bytes are made while hashing, because encoding a key first costs several times the hash.
 */
export const hash32 = (text: string, seed = 0): number => {
  let state = seed | 0;
  let word = 0;
  let bytes = 0;
  const push = (byte: number): void => {
    word |= byte << ((bytes & 3) * 8);
    bytes++;
    if ((bytes & 3) === 0) {
      state = mix(state, word);
      word = 0;
    }
  };

  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code < 0x80) {
      push(code);
      continue;
    }
    if (code < 0x800) {
      push(0xc0 | (code >> 6));
      push(0x80 | (code & 0x3f));
      continue;
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = code < 0xdc00 && index + 1 < text.length ? text.charCodeAt(index + 1) : 0;
      if (next >= 0xdc00 && next <= 0xdfff) {
        index++;
        code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        push(0xf0 | (code >> 18));
        push(0x80 | ((code >> 12) & 0x3f));
        push(0x80 | ((code >> 6) & 0x3f));
        push(0x80 | (code & 0x3f));
        continue;
      }
      code = 0xfffd;
    }
    push(0xe0 | (code >> 12));
    push(0x80 | ((code >> 6) & 0x3f));
    push(0x80 | (code & 0x3f));
  }

  if ((bytes & 3) !== 0) state ^= scramble(word);
  state ^= bytes;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
};
