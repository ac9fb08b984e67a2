/** Headers of every `/v1` answer: SDKs call from any origin, with a key and never with cookies. */
export const corsHeaders = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "x-request-id, retry-after, server-timing",
  "timing-allow-origin": "*",
} as const;

/** The answer to a CORS preflight, kept by browsers for a day. `methods` as in `GET, POST`; headers beyond the usual alike. */
export const preflight = (methods: string, headers = ""): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...corsHeaders,
      "access-control-allow-methods": `${methods}, OPTIONS`,
      "access-control-allow-headers": `authorization, content-type, x-api-key${headers && `, ${headers}`}`,
      "access-control-max-age": "86400",
    },
  });

/** The same response, readable from any origin. */
export const withCors = (response: Response): Response => {
  for (const [name, value] of Object.entries(corsHeaders)) response.headers.set(name, value);
  return response;
};
