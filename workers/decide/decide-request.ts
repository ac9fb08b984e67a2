import type { DecideRequest } from "../../contract/decision.ts";
import type { ProblemError } from "../../contract/problem.ts";
import { Problem } from "../http/problem.ts";

/** Lengths of `contract/decision.ts`, in UTF-16 code units as there. */
const MAX_UNIT = 256;
const MAX_UNIT_TYPE = 60;
const MAX_NAME = 140;
const MAX_NAMES = 1_000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

const textProblem = (value: unknown, maxLength: number): string | undefined => {
  if (typeof value !== "string") return "Use a string.";
  if (value.length < 1 || value.length > maxLength) return `Use 1 to ${maxLength} characters.`;
  return undefined;
};

function* unitErrors(units: unknown): Iterable<ProblemError> {
  if (units === undefined) return;
  if (!isObject(units)) {
    yield { path: "units", message: 'Use an object of units by type, such as {"device_id": "d1"}.' };
    return;
  }
  for (const [type, unit] of Object.entries(units)) {
    if (type === "__proto__") continue;
    const message = textProblem(type, MAX_UNIT_TYPE)
      ? `Name the unit type with 1 to ${MAX_UNIT_TYPE} characters.`
      : textProblem(unit, MAX_UNIT);
    if (message !== undefined) yield { path: `units.${type}`, message };
  }
}

function* nameErrors(field: string, names: unknown): Iterable<ProblemError> {
  if (names === undefined) return;
  if (!Array.isArray(names)) {
    yield { path: field, message: "Use a list of keys." };
    return;
  }
  if (names.length > MAX_NAMES) yield { path: field, message: `Ask for at most ${MAX_NAMES}.` };
  for (const [index, name] of names.entries()) {
    const message = textProblem(name, MAX_NAME);
    if (message !== undefined) yield { path: `${field}.${index}`, message };
  }
}

const knownFields: ReadonlySet<string> = new Set(["user_key", "units", "context", "experiments", "flags"]);

function* errorsOf(body: Record<string, unknown>): Iterable<ProblemError> {
  for (const field of Object.keys(body))
    if (!knownFields.has(field)) yield { path: field, message: "There is no such field; leave it out." };
  if (body.user_key !== undefined) {
    const message = textProblem(body.user_key, MAX_UNIT);
    if (message !== undefined) yield { path: "user_key", message };
  }
  yield* unitErrors(body.units);
  if (body.context !== undefined && !isObject(body.context))
    yield { path: "context", message: 'Use an object of attributes, such as {"country": "US"}.' };
  yield* nameErrors("experiments", body.experiments);
  yield* nameErrors("flags", body.flags);
}

/** The problem with these mistakes; the first one makes the sentence. */
export const invalidRequest = (errors: readonly ProblemError[]): Problem => {
  const [first] = errors;
  const where = first?.path === "" ? "" : `${first?.path}: `;
  return new Problem(400, "invalid_request", `${where}${first?.message}`, { errors });
};

/**
 * The value as a request to decide, or a thrown 400 that names every mistake. Written by hand because it runs for every
 * decision; it takes what `DecideRequest` of `contract/decision.ts` takes, which the tests compare.
 */
export const parseDecideRequest = (value: unknown): DecideRequest => {
  if (!isObject(value)) throw invalidRequest([{ path: "", message: "Send a JSON object." }]);
  const errors = [...errorsOf(value)];
  if (errors.length > 0) throw invalidRequest(errors);
  return value;
};
