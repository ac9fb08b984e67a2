import type { ProblemError } from "../../contract/problem.ts";
import type { Rule } from "../../contract/targeting.ts";
import { listExperimentsTargeting } from "../../d1/dependencies.ts";
import { Problem } from "../http/problem.ts";
import { audiencesIn } from "./references.ts";

type RulesByKey = ReadonlyMap<string, readonly Rule[]>;

/** The audience and those that ask for it, straight or through others. */
const askingFor = (key: string, rulesOf: RulesByKey): Set<string> => {
  const found = new Set([key]);
  // A set is walked to its end, what is added on the way included.
  for (const each of found)
    for (const [other, rules] of rulesOf) if (audiencesIn(rules).includes(each)) found.add(other);
  return found;
};

/**
 * Refuses with 409 `locked_while_running` to change who is in an audience that decides who is in an experiment: the people
 * of a running or paused one would no longer be comparable. While paused, a list may grow.
 */
export const checkUnused = async (
  d1: D1Database,
  key: string,
  rulesOf: RulesByKey,
  change: { readonly fields: readonly string[]; readonly onlyGrows: boolean },
): Promise<void> => {
  const users = (await listExperimentsTargeting(d1, [...askingFor(key, rulesOf)])).filter(
    ({ status }) => !(change.onlyGrows && status === "paused"),
  );
  if (users.length === 0) return;
  const names = users.map((user) => `${user.key} (${user.status})`).join(", ");
  const message = `The audience ${key} targets ${names}. Complete ${users.length === 1 ? "it" : "them"} first, or make another audience.`;
  const errors = change.fields.map((path): ProblemError => ({ path, message }));
  throw new Problem(409, "locked_while_running", message, { errors });
};

/** Refuses with 422 `audience_cycle` rules that come back to the audience that they are of. */
export const checkNoCircle = (key: string, rules: readonly Rule[], rulesOf: RulesByKey): void => {
  for (const asked of audiencesIn(rules)) {
    if (asked !== key && !askingFor(key, rulesOf).has(asked)) continue;
    const message = `The audience ${asked} ${asked === key ? "is this one" : `asks for ${key} already`}, so this goes round in a circle.`;
    throw new Problem(422, "audience_cycle", message, { errors: [{ path: "rules", message }] });
  }
};
