const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * A new id, `<prefix>_<10><8>`: 48 bits of time in ms, then 40 random bits, in Crockford's base 32. Ids sort by time of
 * creation, and their upper case keeps them apart from keys, so that either can stand in a reference. They are primary keys, so
 * two that are the same cannot both be stored. Shorter than a ULID, because rulesets hold thousands of them.
 */
export const newId = (prefix: string): string => {
  let time = Date.now();
  let timePart = "";
  for (let i = 0; i < 10; i++) {
    timePart = CROCKFORD.charAt(time % 32) + timePart;
    time = Math.floor(time / 32);
  }
  const randomPart = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => CROCKFORD.charAt(byte % 32));
  return `${prefix}_${timePart}${randomPart.join("")}`;
};

/** The salt that goes with an id: its random part. A ruleset need not repeat it, and short salts hash faster. */
export const saltOf = (id: string): string => id.slice(-8).toLowerCase();
