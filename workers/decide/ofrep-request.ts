import type { Context, Units } from "../../contract/decision.ts";
import { readBytes } from "../http/body.ts";
import { OfrepError } from "./ofrep-error.ts";

/** Room for 10,000 attributes. */
const MAX_BODY_BYTES = 131_072;

/** As long as a unit may be anywhere: see `contract/decision.ts`. */
const MAX_TARGETING_KEY = 256;

/** What is asked for: a flag by its key, or all of them. */
export type Asked =
  | { readonly kind: "single"; readonly key: string }
  | { readonly kind: "bulk" }
  | { readonly kind: "nothing" };

const PATH = /^\/+ofrep\/v1\/evaluate\/flags(?:\/(.*?))?\/?$/;

/**
 * What the path asks for. Clients made from a base URL that ends in a slash send two at the beginning, some end the bulk
 * path with one, and some leave a key as it is where others percent-encode it. Throws an {@link OfrepError} for a key whose
 * percent-encoding is broken.
 */
export const askedFor = (pathname: string): Asked => {
  const match = PATH.exec(pathname);
  if (!match) return { kind: "nothing" };
  const [, encoded = ""] = match;
  if (encoded === "") return { kind: "bulk" };
  try {
    return { kind: "single", key: decodeURIComponent(encoded) };
  } catch (cause) {
    throw new OfrepError(400, "PARSE_ERROR", `The flag key ${encoded} is not percent-encoded UTF-8.`, { cause });
  }
};

export interface OfrepInput {
  readonly units: Units;
  readonly context: Context;
}

/**
 * The context in a request's body and the unit `user_id` that its targeting key is. Clients without a context send no body,
 * `{}` or a null; a targeting key that is no text is none. Throws an {@link OfrepError} for what cannot be read.
 */
export const readInput = async (request: Request): Promise<OfrepInput> => {
  const body = await readOptionalJson(request);
  if (body === undefined || body === null) return { units: {}, context: {} };
  if (typeof body !== "object" || Array.isArray(body))
    throw new OfrepError(400, "PARSE_ERROR", 'Send a JSON object, such as {"context": {"targetingKey": "user-1"}}.');
  const context: unknown = Object.hasOwn(body, "context") ? Reflect.get(body, "context") : undefined;
  if (context === undefined || context === null) return { units: {}, context: {} };
  if (typeof context !== "object" || Array.isArray(context))
    throw new OfrepError(400, "INVALID_CONTEXT", "Make the context an object of attributes.");
  // What came out of JSON.parse is JSON.
  const attributes = context as Context;
  const key = Object.hasOwn(attributes, "targetingKey") ? attributes["targetingKey"] : undefined;
  if (typeof key !== "string" || key === "") return { units: {}, context: attributes };
  if (key.length > MAX_TARGETING_KEY)
    throw new OfrepError(400, "INVALID_CONTEXT", `Use a targetingKey of at most ${MAX_TARGETING_KEY} characters.`);
  return { units: { user_id: key }, context: attributes };
};

/** The body as JSON; `undefined` when there is none. */
const readOptionalJson = async (request: Request): Promise<unknown> => {
  const bytes = await readBytes(request, MAX_BODY_BYTES);
  if (bytes.byteLength === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OfrepError(400, "PARSE_ERROR", `Send a body that is JSON in UTF-8: ${why}`, { cause });
  }
};
