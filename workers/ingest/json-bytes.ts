const encoder = new TextEncoder();

/** Written over by each measurement: an array for each text would cost more than counting its bytes. */
const scratch = new Uint8Array(128 * 1024);

/** The size of a text in UTF-8. */
export const jsonBytes = (json: string): number =>
  // A UTF-16 unit is three bytes at most.
  json.length * 3 <= scratch.length ? encoder.encodeInto(json, scratch).written : encoder.encode(json).byteLength;
