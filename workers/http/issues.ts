import { NEEDED } from "../../contract/messages.ts";
import type { ProblemError } from "../../contract/problem.ts";
import type { SchemaIssue } from "../../contract/schema.ts";

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
