import type { Condition, Rule, SimpleCondition } from "../../contract/targeting.ts";

const value = (one: string | number | boolean): string => (typeof one === "string" ? `“${one}”` : String(one));

const list = (values: readonly (string | number | boolean)[]): string => values.map(value).join(", ");

/** What is said of the attribute, before the value where there is one. */
const COMPARISON: Readonly<Record<Exclude<SimpleCondition["operator"], "in_audience" | "not_in_audience">, string>> = {
  eq: "is",
  neq: "is not",
  in: "is one of",
  not_in: "is none of",
  exists: "is known",
  not_exists: "is not known",
  gt: "is more than",
  gte: "is at least",
  lt: "is less than",
  lte: "is at most",
  contains: "contains",
  not_contains: "does not contain",
  starts_with: "starts with",
  ends_with: "ends with",
  matches: "matches",
  semver_eq: "is version",
  semver_gt: "is a version after",
  semver_gte: "is a version from",
  semver_lt: "is a version before",
  semver_lte: "is a version up to",
  before: "is before",
  after: "is after",
};

const simpleWords = (condition: SimpleCondition): string => {
  if (!("attribute" in condition))
    return `${condition.operator === "in_audience" ? "in" : "not in"} the audience ${condition.value}`;
  const words = `${condition.attribute} ${COMPARISON[condition.operator]}`;
  if (!("value" in condition)) return words;
  return `${words} ${Array.isArray(condition.value) ? list(condition.value) : value(condition.value)}`;
};

/** Several in brackets, so that nobody has to know which of and and or goes first. */
const groupWords = (members: readonly Condition[], joint: "and" | "or"): string => {
  const words = members.map(conditionWords).join(` ${joint} `);
  return members.length > 1 ? `(${words})` : words;
};

/** A condition as a person would say it: `country is one of “US”, “CA”`. */
export function conditionWords(condition: Condition): string {
  if ("all" in condition) return groupWords(condition.all, "and");
  if ("any" in condition) return groupWords(condition.any, "or");
  if ("not" in condition) return `not: ${conditionWords(condition.not)}`;
  return simpleWords(condition);
}

/** A rule in one sentence part; its conditions must all hold. */
export const ruleWords = (rule: Rule): string => rule.conditions.map(conditionWords).join(" and ");
