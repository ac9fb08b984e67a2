/** Where {@link mixText} leaves its 64 bits: an object for each hash would cost more than the hash. */
const words = { low: 0, high: 0 };

const mixed = (hash: number): number => {
  let mixing = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixing = Math.imul(mixing ^ (mixing >>> 13), 0xc2b2ae35);
  return mixing ^ (mixing >>> 16);
};

/** 64 bits of a text, in two lanes of MurmurHash3's kind over its UTF-16. */
const mixText = (text: string): void => {
  const { length } = text;
  let low = 0x2c1b3c6d ^ length;
  let high = 0x297a2d39;
  for (let index = 0; index < length; index += 2) {
    // Past the end charCodeAt gives NaN, which the bit operators take for 0.
    const word = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16);
    const first = Math.imul(word, 0xcc9e2d51);
    low ^= Math.imul((first << 15) | (first >>> 17), 0x1b873593);
    low = (Math.imul((low << 13) | (low >>> 19), 5) + 0xe6546b64) | 0;
    const second = Math.imul(word, 0x239b961b);
    high ^= Math.imul((second << 16) | (second >>> 16), 0x38b34ae5);
    high = (Math.imul((high << 15) | (high >>> 17), 5) + 0x561ccd1b) | 0;
  }
  low = (low + high) | 0;
  high = (high + low) | 0;
  low = mixed(low);
  high = mixed(high);
  words.low = (low + high) | 0;
  words.high = (high + words.low) | 0;
};

/**
 * 53 bits of a text, as a safe integer. They stand for the text where it is compared with a few thousand others at most: two of
 * 1,000 ids are taken for one another in one of 10¹⁰ units. What is stored depends on it, so it can never change.
 */
export const idOfText = (text: string): number => {
  mixText(text);
  return (words.high & 0x1fffff) * 2 ** 32 + (words.low >>> 0);
};

/** 32 bits of a text, unsigned. */
export const hashOfText = (text: string): number => {
  mixText(text);
  return words.low >>> 0;
};
