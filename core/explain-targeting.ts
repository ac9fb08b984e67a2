import type { JsonValue } from "../contract/json.ts";
import type { RulesetAudience } from "../contract/ruleset.ts";
import type { Condition, Rule } from "../contract/targeting.ts";
import { attributeAt } from "./attribute.ts";
import { type CompiledTargeting, TRUE, UNKNOWN, truthOf } from "./compile-targeting.ts";
import { type ExplainedValues, shownList, shownValue } from "./explain-values.ts";
import { idListOf } from "./id-list.ts";
import type { Subject } from "./targeting.ts";

/** How deep audiences inside audiences are shown. */
const SHOWN_DEPTH = 4;
/** How many audiences are shown with a list of rules or conditions. */
const SHOWN_AUDIENCES = 20;

/** How each condition came out, with what it compared. */
export interface TargetingExplainer {
  readonly conditions: (name: string, conditions: readonly Condition[]) => ExplainedValues;
  readonly rules: (rules: readonly Rule[]) => ExplainedValues;
}

/**
 * Explains conditions by evaluating them, and the members of groups and the rules of audiences, each by itself. One that cannot
 * be evaluated has not passed and says `is_broken`. Audiences that are too many, too deep or inside themselves say `is_cut`.
 */
export const explainTargetingFor = (
  subject: Subject,
  { compile, audience: findAudience }: Pick<CompiledTargeting, "compile" | "audience">,
): TargetingExplainer => {
  /** Of the list that is being explained. */
  let audiencesLeft = 0;

  /** `inside` are the audiences around what is explained, outermost first. */
  const conditionInside =
    (inside: readonly string[]) =>
    (condition: Condition): JsonValue => {
      const truth = truthOf(compile(condition), subject);
      return {
        ...shownCondition(condition, inside),
        passed: truth === TRUE,
        ...(truth === UNKNOWN && { is_broken: true }),
      };
    };

  const shownCondition = (condition: Condition, inside: readonly string[]): ExplainedValues => {
    if ("all" in condition) return shownList("all", condition.all, conditionInside(inside));
    if ("any" in condition) return shownList("any", condition.any, conditionInside(inside));
    if ("not" in condition) return { not: conditionInside(inside)(condition.not) };
    if (!("attribute" in condition))
      return {
        operator: condition.operator,
        value: condition.value,
        audience: shownAudience(condition.value, inside),
      };
    return {
      attribute: condition.attribute,
      operator: condition.operator,
      ...("value" in condition && shownValue("value", condition.value)),
      ...shownValue("actual", attributeAt(condition.attribute)(subject)),
    };
  };

  /** Null for one that does not exist. */
  const shownAudience = (key: string, inside: readonly string[]): JsonValue => {
    const audience = findAudience(key);
    if (!audience) return null;
    if (inside.length === SHOWN_DEPTH || inside.includes(key) || audiencesLeft === 0) return { is_cut: true };
    audiencesLeft--;
    return {
      is_member: truthOf(compile({ operator: "in_audience", value: key }), subject) === TRUE,
      ...(audience.rules.length > 0 && shownRules(audience.rules, [...inside, key])),
      ...(audience.ids && { ids: shownIds(audience.ids) }),
    };
  };

  const shownIds = ({ attribute, list }: NonNullable<RulesetAudience["ids"]>): ExplainedValues => {
    const id = attributeAt(attribute)(subject);
    return { attribute, ...shownValue("actual", id), is_on_list: typeof id === "string" && idListOf(list).has(id) };
  };

  const shownRules = (rules: readonly Rule[], inside: readonly string[]): ExplainedValues =>
    shownList("rules", rules, ({ conditions }) => ({
      ...shownList("conditions", conditions, conditionInside(inside)),
      passed: conditions.every((condition) => truthOf(compile(condition), subject) === TRUE),
    }));

  return {
    conditions: (name, conditions) => {
      audiencesLeft = SHOWN_AUDIENCES;
      return shownList(name, conditions, conditionInside([]));
    },
    rules: (rules) => {
      audiencesLeft = SHOWN_AUDIENCES;
      return shownRules(rules, []);
    },
  };
};
