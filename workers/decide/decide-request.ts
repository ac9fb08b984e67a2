import type { DecideRequest } from "../../contract/decision.ts";
import type { ProblemError } from "../../contract/problem.ts";
import { Problem } from "../http/problem.ts";

/** Lengths of `contract/decision.ts`, in UTF-16 code units as there. */
const MAX_UNIT = 256;
const MAX_UNIT_TYPE = 60;
const MAX_NAME = 140;
const MAX_NAMES = 1_000;
const MAX_VARIANT = 100;
const MAX_ITEM = 256;
const MAX_ITEMS = 1_000;

/** The fields of a request before anybody has looked at them. */
export type Unchecked = { readonly [Field in keyof DecideRequest]?: unknown };

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

const textProblem = (value: unknown, maxLength: number): string | undefined => {
  if (typeof value !== "string") return "Use a string.";
  if (value.length < 1 || value.length > maxLength) return `Use 1 to ${maxLength} characters.`;
  return undefined;
};

const checkText = (errors: ProblemError[], path: string, value: unknown, maxLength: number): void => {
  const message = textProblem(value, maxLength);
  if (message !== undefined) errors.push({ path, message });
};

/** Calls `check` for each entry whose name is good. An own property called `__proto__` is passed over, as zod does. */
const checkRecord = (
  errors: ProblemError[],
  path: string,
  value: unknown,
  maxNameLength: number,
  check: (path: string, value: unknown) => void,
): void => {
  if (!isObject(value)) {
    errors.push({ path, message: "Use an object." });
    return;
  }
  for (const name of Object.keys(value)) {
    if (name === "__proto__") continue;
    const entryPath = `${path}.${name}`;
    if (textProblem(name, maxNameLength) === undefined) check(entryPath, value[name]);
    else errors.push({ path: entryPath, message: `Use a name of 1 to ${maxNameLength} characters.` });
  }
};

const checkList = (
  errors: ProblemError[],
  path: string,
  value: unknown,
  maxLength: number,
  maxTextLength: number,
): void => {
  if (!Array.isArray(value)) {
    errors.push({ path, message: "Use a list of strings." });
    return;
  }
  if (value.length > maxLength) errors.push({ path, message: `Send at most ${maxLength}.` });
  for (let index = 0; index < value.length; index++) {
    const message = textProblem(value[index], maxTextLength);
    if (message !== undefined) errors.push({ path: `${path}.${index}`, message });
  }
};

const checkRankings = (errors: ProblemError[], rankings: unknown): void =>
  checkRecord(errors, "rankings", rankings, MAX_NAME, (path, lists) =>
    checkRecord(errors, path, lists, MAX_VARIANT, (listPath, list) =>
      checkList(errors, listPath, list, MAX_ITEMS, MAX_ITEM),
    ),
  );

/**
 * The fields as a request to decide, or a thrown 400 that names every mistake, those of `errors` too. Written by hand
 * because it runs for every decision; it takes what `DecideRequest` of `contract/decision.ts` takes, which the tests compare.
 */
export const checkDecideRequest = (fields: Unchecked, errors: ProblemError[] = []): DecideRequest => {
  const { user_key, units, context, experiments, flags, sticky, rankings } = fields;
  if (user_key !== undefined) checkText(errors, "user_key", user_key, MAX_UNIT);
  if (units !== undefined)
    checkRecord(errors, "units", units, MAX_UNIT_TYPE, (path, unit) => checkText(errors, path, unit, MAX_UNIT));
  if (context !== undefined && !isObject(context))
    errors.push({ path: "context", message: 'Use an object of attributes, such as {"country": "US"}.' });
  if (experiments !== undefined) checkList(errors, "experiments", experiments, MAX_NAMES, MAX_NAME);
  if (flags !== undefined) checkList(errors, "flags", flags, MAX_NAMES, MAX_NAME);
  if (sticky !== undefined)
    checkRecord(errors, "sticky", sticky, MAX_NAME, (path, key) => checkText(errors, path, key, MAX_VARIANT));
  if (rankings !== undefined) checkRankings(errors, rankings);
  if (errors.length > 0) throw invalidRequest(errors);
  return fields as DecideRequest;
};

const knownFields: ReadonlySet<string> = new Set<keyof DecideRequest>([
  "user_key",
  "units",
  "context",
  "experiments",
  "flags",
  "sticky",
  "rankings",
]);

/** The body of a request, checked as {@link checkDecideRequest} does. */
export const parseDecideRequest = (body: unknown): DecideRequest => {
  if (!isObject(body)) throw invalidRequest([{ path: "", message: "Send a JSON object." }]);
  const errors: ProblemError[] = [];
  for (const field of Object.keys(body))
    if (!knownFields.has(field)) errors.push({ path: field, message: "There is no such field; leave it out." });
  return checkDecideRequest(body, errors);
};

/** The problem with these mistakes; the first one makes the sentence. */
export const invalidRequest = (errors: readonly ProblemError[]): Problem => {
  const [first] = errors;
  const where = first?.path === "" ? "" : `${first?.path}: `;
  return new Problem(400, "invalid_request", `${where}${first?.message}`, { errors });
};
