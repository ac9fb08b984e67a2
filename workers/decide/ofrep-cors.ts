/**
 * Headers of every OFREP answer, errors and 304 included: browsers call from any origin, with a key and never with cookies,
 * and read `ETag` and `Retry-After` only where they are exposed.
 */
export const ofrepHeaders = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "ETag, Retry-After",
  vary: "Origin",
  "cache-control": "no-store",
} as const;

const ALLOWED = ["authorization", "content-type", "if-none-match", "x-api-key"];
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/;

/** What a preflight may ask for beside the headers that we read: clients let their users add some, such as `traceparent`. */
const requested = (request: Request): readonly string[] =>
  (request.headers.get("access-control-request-headers") ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => HEADER_NAME.test(name))
    .slice(0, 50);

/** The answer to a CORS preflight, kept for as long as Chromium keeps one. */
export const ofrepPreflight = (request: Request): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...ofrepHeaders,
      vary: "Origin, Access-Control-Request-Headers",
      "access-control-allow-methods": "POST, OPTIONS",
      "access-control-allow-headers": [...new Set([...ALLOWED, ...requested(request)])].join(", "),
      "access-control-max-age": "7200",
    },
  });
