import { NEEDED } from "../../contract/messages.ts";
import type { ProblemError } from "../../contract/problem.ts";
import type { SchemaIssue } from "../../contract/schema.ts";
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

/** Nobody reads more mistakes than this; a body may hold thousands. */
const MAX_ERRORS = 100;

/** More than a branch's fields can add up to. */
const ANOTHER_TYPE = 1_000_000;

/** How far a value is from the shape of a union's branch: what is missing, what is too much, or quite another type. */
const distanceOf = (branch: readonly SchemaIssue[]): number => {
  let distance = 0;
  for (const issue of branch) {
    if (issue.code === "unrecognized_keys" && issue.path.length === 0) distance += issue.keys.length;
    else if (issue.path.length === 0 && issue.code === "invalid_type") return ANOTHER_TYPE;
    else if (issue.path.length === 1 && (issue.message === NEEDED || isTag(issue))) distance += 1;
  }
  return distance;
};

/** Whether the field that tells the branches of a union apart is none of them. */
const isTag = (issue: SchemaIssue): boolean => issue.code === "invalid_union" && issue.discriminator !== undefined;

/**
 * The branch of a union that the sender meant: the one whose shape is nearest. None when the value is of a type that no
 * branch takes; the union's own message then says which they take.
 */
const meantBranch = (branches: readonly (readonly SchemaIssue[])[]): readonly SchemaIssue[] | undefined => {
  let meant: readonly SchemaIssue[] | undefined;
  let nearest = ANOTHER_TYPE;
  for (const branch of branches) {
    const distance = distanceOf(branch);
    if (distance < nearest) [meant, nearest] = [branch, distance];
  }
  return meant;
};

/** Adds the mistakes of the issues that lie under `path`, as far as there is room. */
const collect = (issues: readonly SchemaIssue[], path: readonly PropertyKey[], errors: ProblemError[]): void => {
  for (const issue of issues) {
    if (errors.length >= MAX_ERRORS) return;
    const here = [...path, ...issue.path];
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys.slice(0, MAX_ERRORS - errors.length))
        errors.push({
          path: [...here, key].map(String).join("."),
          message: "There is no such field; remove it or check its spelling.",
        });
      continue;
    }
    const meant = issue.code === "invalid_union" ? meantBranch(issue.errors) : undefined;
    if (meant) collect(meant, here, errors);
    else {
      const message = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
      errors.push({ path: here.map(String).join("."), message });
    }
  }
};

/**
 * The issues of a zod error as a problem's errors, at most 100: path `["variants", 1, "weight"]` becomes
 * `variants.1.weight`. Fields that nobody knows are one error each, at their own path; zod names them all in one, at their
 * parent's. Where a value fits no branch of a union, the errors are those of the branch that was meant.
 */
export const issuesOf = (error: { readonly issues: readonly SchemaIssue[] }): ProblemError[] => {
  const errors: ProblemError[] = [];
  collect(error.issues, [], errors);
  return errors;
};
