import { keyOf } from "../../contract/key.ts";
import type { ProblemError } from "../../contract/problem.ts";
import { Problem } from "../http/problem.ts";

/** Throws 400 `invalid_request` with the mistakes, when there are any. */
export const refuse = (errors: readonly ProblemError[]): void => {
  const [first] = errors;
  if (first) throw new Problem(400, "invalid_request", `${first.path}: ${first.message}`, { errors });
};

export const notFound = (kind: string, reference: string): Problem =>
  new Problem(404, "not_found", `There is no ${kind} ${JSON.stringify(reference)}.`);

export const keyTaken = (kind: string, key: string): Problem =>
  new Problem(409, "key_taken", `There is already one ${kind} with the key ${key}; choose another key.`, {
    errors: [{ path: "key", message: `The key ${key} is taken.` }],
  });

/** The key that was given, or the one that the name suggests; 400 when the name suggests none. */
export const keyFrom = ({ key, name }: { readonly key?: string | undefined; readonly name: string }): string => {
  const chosen = key ?? keyOf(name);
  if (chosen === "")
    throw new Problem(400, "invalid_request", "The name has no letter or digit to make a key of; give a key.", {
      errors: [{ path: "key", message: "Give a key: the name has no letter or digit to make one of." }],
    });
  return chosen;
};
