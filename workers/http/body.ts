import { Problem } from "./problem.ts";

const tooLarge = (maxBytes: number): Problem =>
  new Problem(413, "body_too_large", `Send at most ${maxBytes} bytes.`, {
    errors: [{ path: "", message: `The body is larger than ${maxBytes} bytes.` }],
  });

/**
 * What `use` makes of the whole body, of which never more than `maxBytes` are held. A body with a `Content-Length` is no
 * longer than that, for HTTP ends it there, so it is read in one piece, and used in the promise that reads it: chunks take
 * workerd twice as long, and so does a chain of async functions.
 */
const withBytes = <T>(request: Request, maxBytes: number, use: (bytes: Uint8Array) => T): Promise<T> => {
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  if (declared > maxBytes) return Promise.reject(tooLarge(maxBytes));
  if (declared <= maxBytes)
    return request.arrayBuffer().then((buffer) => {
      if (buffer.byteLength > maxBytes) throw tooLarge(maxBytes);
      return use(new Uint8Array(buffer));
    });
  return readChunks(request.body, maxBytes).then(use);
};

const readChunks = async (stream: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (stream ?? []) as AsyncIterable<Uint8Array>) {
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

/** The whole body. Throws a {@link Problem}, 413 `body_too_large`, past `maxBytes`. */
export const readBytes = (request: Request, maxBytes: number): Promise<Uint8Array> =>
  withBytes(request, maxBytes, (bytes) => bytes);

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
export const readJson = (request: Request, maxBytes: number): Promise<unknown> => withBytes(request, maxBytes, jsonOf);

/**
 * {@link readJson} of a body that may be packed, by its `Content-Encoding`. `maxBytes` are of the unpacked one, of which never
 * more are held: what would unpack to a thousand times its size is given up on the way.
 *
 * Throws a {@link Problem} as `readJson` does, and 415 `unsupported_media_type` for any encoding but gzip.
 */
export const readPackedJson = async (request: Request, maxBytes: number): Promise<unknown> => {
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return readJson(request, maxBytes);
  if (encoding !== "gzip" && encoding !== "x-gzip")
    throw new Problem(
      415,
      "unsupported_media_type",
      `Send the body as plain JSON or with Content-Encoding: gzip; ${encoding} is not unpacked here.`,
      {
        headers: { "accept-encoding": "gzip, identity" },
        errors: [{ path: "content-encoding", message: "Use gzip or identity." }],
      },
    );
  if (!request.body) throw invalidJson("the body is empty.");
  let bytes: Uint8Array;
  try {
    bytes = await readChunks(request.body.pipeThrough(new DecompressionStream("gzip")), maxBytes);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw invalidJson("the body is not gzip, as its Content-Encoding says.");
  }
  return jsonOf(bytes);
};

const jsonOf = (bytes: Uint8Array): unknown => {
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
