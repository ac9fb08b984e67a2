import type { ProblemError } from "../../contract/problem.ts";
import type { SchemaIssue } from "../../contract/schema.ts";
import { Problem } from "./problem.ts";

const tooLarge = (maxBytes: number): Problem =>
  new Problem(413, "body_too_large", `Send at most ${maxBytes} bytes.`, {
    errors: [{ path: "", message: `The body is larger than ${maxBytes} bytes.` }],
  });

/** The whole body, never holding more than `maxBytes` of it; `Content-Length` is believed only when it says too much. */
const readBytes = async (request: Request, maxBytes: number): Promise<Uint8Array> => {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
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
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw invalidJson("it is not UTF-8.");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidJson(error instanceof Error ? error.message : String(error));
  }
};

/**
 * The issues of a zod error as a problem's errors: path `["variants", 1, "weight"]` becomes `variants.1.weight`. Fields that
 * nobody knows are one error each, at their own path; zod names them all in one, at their parent's.
 */
export const issuesOf = (error: { readonly issues: readonly SchemaIssue[] }): ProblemError[] =>
  error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          path: [...issue.path, key].map(String).join("."),
          message: "There is no such field; remove it or check its spelling.",
        }))
      : [{ path: issue.path.map(String).join("."), message: issue.message }],
  );
