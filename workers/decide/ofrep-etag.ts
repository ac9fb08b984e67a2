/** The strong entity tag of a body, in its quotes: a hash of every byte, since the same flags differ by context and key. */
export const etagOf = async (body: Uint8Array): Promise<string> => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const base64 = btoa(String.fromCharCode(...digest));
  return `"${base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}"`;
};

const TAGS = /(?:W\/)?"([^"]*)"|([^\s,"]+)/g;

/**
 * Whether a list of tags as in `If-None-Match` names this one. Compared weakly, because what compresses an answer on its way
 * may weaken its tag; tags without quotes count, because clients send them. `*` is no tag: it asks for no particular body.
 */
export const isNamedIn = (list: string | null, etag: string): boolean =>
  list !== null && [...list.matchAll(TAGS)].some(([, quoted, bare]) => `"${quoted ?? bare}"` === etag);
