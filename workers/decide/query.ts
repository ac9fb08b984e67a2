import type { DecideRequest } from "../../contract/decision.ts";
import { Problem } from "../http/problem.ts";
import { invalidRequest, parseDecideRequest } from "./decide-request.ts";

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
export const parseQuery = (query: URLSearchParams): DecideRequest => {
  const fields = new Map<string, unknown>();
  for (const [name, text] of query) {
    if (name === "env") continue;
    if (fields.has(name)) throw invalidRequest([{ path: name, message: "Send it once." }]);
    if (name === "units" || name === "context") fields.set(name, parseJson(name, text));
    else if (name === "experiments" || name === "flags") fields.set(name, text === "" ? [] : text.split(","));
    else fields.set(name, text);
  }
  return parseDecideRequest(Object.fromEntries(fields));
};
