const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * A new id, `<prefix>_<ULID>`: 48 bits of time in ms, then 80 random bits. Ids sort by time of creation, and their upper
 * case keeps them apart from keys, so that either can stand in a reference.
 */
export const newId = (prefix: string): string => {
  let time = Date.now();
  let timePart = "";
  for (let i = 0; i < 10; i++) {
    timePart = CROCKFORD.charAt(time % 32) + timePart;
    time = Math.floor(time / 32);
  }
  const randomPart = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => CROCKFORD.charAt(byte % 32));
  return `${prefix}_${timePart}${randomPart.join("")}`;
};
