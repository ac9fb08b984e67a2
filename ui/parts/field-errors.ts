import type { ProblemError } from "../../contract/problem.ts";

/** The DOM id of the control for a field of the request, `variants.1.weight`; `form` keeps two forms on a page apart. */
export const fieldId = (form: string, field: string): string => `${form}-${field.replaceAll(/[^a-zA-Z0-9]+/g, "-")}`;

/** The field on screen that a mistake belongs to: the one at its path, or the nearest around it; undefined when there is none. */
export function fieldOfPath(path: string, fields: readonly string[]): string | undefined {
  const around = fields.filter((field) => path === field || path.startsWith(`${field}.`));
  return around.sort((a, b) => b.length - a.length)[0];
}

/** Mistakes by the field on screen; those that belong to none are under `""`. */
export function mistakesByField(
  errors: readonly ProblemError[],
  fields: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const byField = new Map<string, string[]>();
  for (const error of errors) {
    const field = fieldOfPath(error.path, fields) ?? "";
    byField.set(field, [...(byField.get(field) ?? []), error.message]);
  }
  return byField;
}
