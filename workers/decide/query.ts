import type { DecideRequest } from "../../contract/decision.ts";
import type { ProblemError } from "../../contract/problem.ts";
import { Problem } from "../http/problem.ts";
import { checkDecideRequest, invalidRequest } from "./decide-request.ts";
import type { Target } from "./route.ts";

/** Path and query of a request's URL, taken apart by hand: `new URL` and its `searchParams` cost more than a decision. */
export const targetOf = (url: string): Target => {
  const path = url.indexOf("/", url.indexOf("//") + 2);
  const mark = url.indexOf("?", path);
  return mark === -1
    ? { pathname: url.slice(path), query: "" }
    : { pathname: url.slice(path, mark), query: url.slice(mark + 1) };
};

const decoded = (text: string): string => {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // Not well-formed UTF-8 in percent signs, of which URLSearchParams makes what can be made.
    return new URLSearchParams(`text=${text}`).get("text") ?? "";
  }
};

/** Calls `visit` with the pairs of a query, exactly as `URLSearchParams` reads them. */
export const forEachPair = (query: string, visit: (name: string, value: string) => void): void => {
  let equals = query.indexOf("=");
  for (let start = 0, end = 0; start < query.length; start = end + 1) {
    end = query.indexOf("&", start);
    if (end === -1) end = query.length;
    if (end === start) continue;
    // Looked for again only once it is passed, so that a query without any is not read once for each pair.
    if (equals !== -1 && equals < start) equals = query.indexOf("=", start);
    if (equals === -1 || equals > end) visit(decoded(query.slice(start, end)), "");
    else visit(decoded(query.slice(start, equals)), decoded(query.slice(equals + 1, end)));
  }
};

/** What only a query string can say. */
export interface QueryOptions {
  /** The environment that the caller believes its key to be of. */
  readonly env: string | undefined;
  readonly isExplained: boolean;
}

/** A request to decide, with what only its query can say. */
export interface Asked extends QueryOptions {
  readonly input: DecideRequest;
}

const isYes = (explain: string | undefined, errors: ProblemError[]): boolean => {
  if (explain !== undefined && explain !== "0" && explain !== "1")
    errors.push({ path: "explain", message: "Use 1 or 0." });
  return explain === "1";
};

const parseJson = (name: string, text: string | undefined): unknown => {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `Use valid JSON, percent-encoded: ${error instanceof Error ? error.message : String(error)}`;
    throw new Problem(400, "invalid_json", `${name}: ${message}`, { errors: [{ path: name, message }], cause: error });
  }
};

/** The keys before, and those of one more parameter. None at all is a list without keys, which asks for nothing. */
const withKeys = (before: string[] | undefined, text: string): string[] => {
  const keys = text === "" ? [] : text.split(",");
  if (!before) return keys;
  for (const key of keys) before.push(key);
  return before;
};

/**
 * The request in a query string: `user_key` as it stands; `units`, `context`, `sticky` and `rankings` as JSON; `experiments`
 * and `flags` as keys with commas between them, which may be sent more than once. Throws a 400 that names every mistake.
 */
export const parseQuery = (query: string): Asked => {
  const errors: ProblemError[] = [];
  // All fields from the start: an object that grows costs more than one that is filled.
  const texts = {
    user_key: undefined as string | undefined,
    env: undefined as string | undefined,
    explain: undefined as string | undefined,
    units: undefined as string | undefined,
    context: undefined as string | undefined,
    sticky: undefined as string | undefined,
    rankings: undefined as string | undefined,
  };
  const names = { experiments: undefined as string[] | undefined, flags: undefined as string[] | undefined };
  forEachPair(query, (name, text) => {
    switch (name) {
      case "user_key":
      case "env":
      case "explain":
      case "units":
      case "context":
      case "sticky":
      case "rankings":
        if (texts[name] === undefined) texts[name] = text;
        else errors.push({ path: name, message: "Send it once." });
        break;
      case "experiments":
      case "flags":
        names[name] = withKeys(names[name], text);
        break;
      default:
        errors.push({ path: name, message: "There is no such parameter; leave it out." });
    }
  });
  const isExplained = isYes(texts.explain, errors);
  const fields = {
    user_key: texts.user_key,
    units: parseJson("units", texts.units),
    context: parseJson("context", texts.context),
    experiments: names.experiments,
    flags: names.flags,
    sticky: parseJson("sticky", texts.sticky),
    rankings: parseJson("rankings", texts.rankings),
  };
  return { env: texts.env, isExplained, input: checkDecideRequest(fields, errors) };
};

/** What the query of a request with a body may say. Throws a 400 that names all that belongs in the body. */
export const parseOptions = (query: string): QueryOptions => {
  if (query === "") return { env: undefined, isExplained: false };
  const errors: ProblemError[] = [];
  const texts = { env: undefined as string | undefined, explain: undefined as string | undefined };
  forEachPair(query, (name, text) => {
    if (name !== "env" && name !== "explain") errors.push({ path: name, message: "Send it in the body." });
    else if (texts[name] === undefined) texts[name] = text;
    else errors.push({ path: name, message: "Send it once." });
  });
  const isExplained = isYes(texts.explain, errors);
  if (errors.length > 0) throw invalidRequest(errors);
  return { env: texts.env, isExplained };
};
