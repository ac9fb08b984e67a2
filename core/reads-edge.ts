import type { EncodedRuleset } from "../contract/encoded-ruleset.ts";
import type { Condition, Rule } from "../contract/targeting.ts";

const isEdge = (attribute: string): boolean =>
  attribute === "country" || attribute === "edge" || attribute.startsWith("edge.");

/** Whether a condition reads it. */
const conditionReads = (condition: Condition): boolean => {
  if ("all" in condition) return condition.all.some(conditionReads);
  if ("any" in condition) return condition.any.some(conditionReads);
  if ("not" in condition) return conditionReads(condition.not);
  return "attribute" in condition && isEdge(condition.attribute);
};

const ruleReads = ({ conditions }: Pick<Rule, "conditions">): boolean => conditions.some(conditionReads);

/** Whether anything in a ruleset reads `country` or what the edge knows: a condition, a unit type, or an audience's list. */
export const readsEdge = ({ targeting, experiments, audiences, holdouts, flags }: EncodedRuleset): boolean =>
  targeting.terms.some(([attribute]) => isEdge(attribute)) ||
  targeting.conditions.some(conditionReads) ||
  experiments.unit_types.some(isEdge) ||
  audiences.some(({ rules, ids }) => rules.some(ruleReads) || (ids !== undefined && isEdge(ids.attribute))) ||
  holdouts.some(({ unit_type }) => isEdge(unit_type)) ||
  flags.some(({ rules }) => rules.some((rule) => ruleReads(rule) || (rule.rollout && isEdge(rule.rollout.unit_type))));
