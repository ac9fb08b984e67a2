const encoder = new TextEncoder();

/** The size of a text in UTF-8. */
export const jsonBytes = (json: string): number => encoder.encode(json).byteLength;
