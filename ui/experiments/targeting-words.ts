import type { Condition, Rule } from "../../contract/targeting.ts";

const value = (one: string | number | boolean): string => (typeof one === "string" ? `“${one}”` : String(one));

const list = (values: readonly (string | number | boolean)[]): string => values.map(value).join(", ");

/** A condition as a person would say it: `country is one of “US”, “CA”`. */
// oxlint-disable-next-line typescript/consistent-return -- every operator returns, and the exhaustiveness rule checks it
export function conditionWords(condition: Condition): string {
  switch (condition.operator) {
    case "eq":
      return `${condition.attribute} is ${value(condition.value)}`;
    case "neq":
      return `${condition.attribute} is not ${value(condition.value)}`;
    case "in":
      return `${condition.attribute} is one of ${list(condition.value)}`;
    case "not_in":
      return `${condition.attribute} is none of ${list(condition.value)}`;
    case "gt":
      return `${condition.attribute} is more than ${condition.value}`;
    case "lt":
      return `${condition.attribute} is less than ${condition.value}`;
    case "contains":
      return `${condition.attribute} contains ${value(condition.value)}`;
    case "in_audience":
      return `in the audience ${condition.value}`;
    case "not_in_audience":
      return `not in the audience ${condition.value}`;
  }
}

/** A rule in one sentence part; its conditions must all hold. */
export const ruleWords = (rule: Rule): string => rule.conditions.map(conditionWords).join(" and ");
