import type { DecideRequest } from "../../contract/decision.ts";
import { Problem } from "../http/problem.ts";
import { invalidRequest, parseDecideRequest } from "./decide-request.ts";
import type { Target } from "./route.ts";

export type QueryPairs = readonly (readonly [name: string, value: string])[];

/** Path and query of a request's URL, taken apart by hand: `new URL` and its `searchParams` cost more than a decision. */
export const targetOf = (url: string): Target => {
  const path = url.indexOf("/", url.indexOf("//") + 2);
  const mark = url.indexOf("?", path);
  return mark === -1
    ? { pathname: url.slice(path), query: "" }
    : { pathname: url.slice(path, mark), query: url.slice(mark + 1) };
};

const decoded = (text: string): string =>
  text.includes("%") || text.includes("+") ? decodeURIComponent(text.replaceAll("+", " ")) : text;

/** The pairs of a query, exactly as `URLSearchParams` reads them. */
export const queryPairs = (query: string): QueryPairs => {
  if (query === "") return [];
  try {
    return query
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair) => {
        const equals = pair.indexOf("=");
        return equals === -1 ? [decoded(pair), ""] : [decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))];
      });
  } catch {
    // Not well-formed UTF-8 in percent signs, of which URLSearchParams makes what can be made.
    return [...new URLSearchParams(query)];
  }
};

const parseJson = (name: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `Use valid JSON, percent-encoded: ${error instanceof Error ? error.message : String(error)}`;
    throw new Problem(400, "invalid_json", `${name}: ${message}`, { errors: [{ path: name, message }], cause: error });
  }
};

/**
 * The request in a query string: `user_key` as it stands, `units` and `context` as JSON, `experiments` and `flags` as keys
 * with commas between them. `env` is left to the caller. Throws a 400 as {@link parseDecideRequest} does.
 */
export const parseQuery = (pairs: QueryPairs): DecideRequest => {
  const fields = new Map<string, unknown>();
  for (const [name, text] of pairs) {
    if (name === "env") continue;
    if (fields.has(name)) throw invalidRequest([{ path: name, message: "Send it once." }]);
    if (name === "units" || name === "context") fields.set(name, parseJson(name, text));
    else if (name === "experiments" || name === "flags") fields.set(name, text === "" ? [] : text.split(","));
    else fields.set(name, text);
  }
  return parseDecideRequest(Object.fromEntries(fields));
};
