import { Problem } from "./problem.ts";

const tooLarge = (maxBytes: number): Problem =>
  new Problem(413, "body_too_large", `Send at most ${maxBytes} bytes.`, {
    errors: [{ path: "", message: `The body is larger than ${maxBytes} bytes.` }],
  });

/**
 * The whole body, never holding more than `maxBytes` of it. A body with a `Content-Length` is no longer than that, for HTTP
 * ends it there, so it is read in one piece: that takes workerd half of what chunks take.
 */
export const readBytes = async (request: Request, maxBytes: number): Promise<Uint8Array> => {
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  if (declared <= maxBytes) {
    const bytes = new Uint8Array(await request.arrayBuffer());
    if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
    return bytes;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
};

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

const invalidJson = (why: string): Problem =>
  new Problem(400, "invalid_json", `Send a body that is valid JSON: ${why}`, {
    errors: [{ path: "", message: why }],
  });

/**
 * The body as JSON, whatever its media type is said to be.
 *
 * Throws a {@link Problem}: 413 `body_too_large` past `maxBytes`, 400 `invalid_json` for anything that is not JSON in UTF-8.
 */
export const readJson = async (request: Request, maxBytes: number): Promise<unknown> => {
  const bytes = await readBytes(request, maxBytes);
  if (bytes.byteLength === 0) throw invalidJson("the body is empty.");
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw invalidJson("it is not UTF-8.");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidJson(error instanceof Error ? error.message : String(error));
  }
};
