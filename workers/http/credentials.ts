/** The key in the text of a header: after `Bearer`, or one of ours by itself, as some OpenFeature clients send it. */
export const keyIn = (text: string): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(text)?.[1] ?? /^\s*(ew_\S+)\s*$/.exec(text)?.[1];

/** The key of a request: `Authorization: Bearer <key>` or `Authorization: <key>` first, then `X-API-Key: <key>`. */
export const readCredential = (request: Request): string | undefined => {
  const authorization = request.headers.get("authorization");
  const bearer = authorization === null ? undefined : keyIn(authorization);
  if (bearer !== undefined) return bearer;
  const key = request.headers.get("x-api-key")?.trim();
  return key === "" ? undefined : key;
};

const sdkKey = /^ew_(?:client|server)_([a-z0-9][a-z0-9-]{0,39})_[0-9A-Za-z]{32}$/;

/** The environment that an SDK key names, `ew_<client|server>_<environment>_<32 base62>`. Says nothing about its validity. */
export const environmentOfKey = (key: string): string | undefined => sdkKey.exec(key)?.[1];

/** SHA-256 of the text's UTF-8 in lower-case hex: how keys are stored and compared. */
export const sha256Hex = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
};
