import type { JsonValue } from "../contract/json.ts";
import type { Condition, Rule } from "../contract/targeting.ts";
import { attributeAt } from "./attribute.ts";
import { TRUE, UNKNOWN, type Compiled, truthOf } from "./compile-targeting.ts";
import { type ExplainedValues, shownList, shownValue } from "./explain-values.ts";
import type { Subject } from "./targeting.ts";

/** How each condition came out, with what it compared. */
export interface TargetingExplainer {
  readonly conditions: (name: string, conditions: readonly Condition[]) => ExplainedValues;
  readonly rules: (rules: readonly Rule[]) => ExplainedValues;
}

/**
 * Explains conditions by evaluating them, and the members of groups, each by itself. One that cannot be evaluated has not
 * passed and says `is_broken`.
 */
export const explainTargetingFor = (
  subject: Subject,
  compile: (condition: Condition) => Compiled,
): TargetingExplainer => {
  const explainCondition = (condition: Condition): JsonValue => {
    const truth = truthOf(compile(condition), subject);
    return {
      ...shownCondition(condition),
      passed: truth === TRUE,
      ...(truth === UNKNOWN && { is_broken: true }),
    };
  };

  const shownCondition = (condition: Condition): ExplainedValues => {
    if ("all" in condition) return shownList("all", condition.all, explainCondition);
    if ("any" in condition) return shownList("any", condition.any, explainCondition);
    if ("not" in condition) return { not: explainCondition(condition.not) };
    if (!("attribute" in condition)) return { operator: condition.operator, value: condition.value };
    return {
      attribute: condition.attribute,
      operator: condition.operator,
      ...("value" in condition && shownValue("value", condition.value)),
      ...shownValue("actual", attributeAt(condition.attribute)(subject)),
    };
  };

  const conditions = (name: string, all: readonly Condition[]): ExplainedValues =>
    shownList(name, all, explainCondition);

  return {
    conditions,
    rules: (rules) =>
      shownList("rules", rules, (rule) => ({
        ...conditions("conditions", rule.conditions),
        passed: rule.conditions.every((condition) => truthOf(compile(condition), subject) === TRUE),
      })),
  };
};
