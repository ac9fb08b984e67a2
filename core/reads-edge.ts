import type { EncodedRuleset } from "../contract/encoded-ruleset.ts";
import type { Condition, Rule } from "../contract/targeting.ts";

type IsWanted = (attribute: string) => boolean;

const isEdge: IsWanted = (attribute) => attribute === "edge" || attribute.startsWith("edge.");
const isEdgeOrCountry: IsWanted = (attribute) => attribute === "country" || isEdge(attribute);

/** Whether a condition reads what is wanted. */
const conditionReads = (condition: Condition, isWanted: IsWanted): boolean => {
  if ("all" in condition) return condition.all.some((part) => conditionReads(part, isWanted));
  if ("any" in condition) return condition.any.some((part) => conditionReads(part, isWanted));
  if ("not" in condition) return conditionReads(condition.not, isWanted);
  return "attribute" in condition && isWanted(condition.attribute);
};

/** Whether anything in a ruleset reads what is wanted: a condition, a unit type, or an audience's list. */
const reads = ({ targeting, experiments, audiences, holdouts, flags }: EncodedRuleset, isWanted: IsWanted): boolean => {
  const ruleReads = ({ conditions }: Pick<Rule, "conditions">): boolean =>
    conditions.some((condition) => conditionReads(condition, isWanted));
  return (
    targeting.terms.some(([attribute]) => isWanted(attribute)) ||
    targeting.conditions.some((condition) => conditionReads(condition, isWanted)) ||
    experiments.unit_types.some(isWanted) ||
    audiences.some(({ rules, ids }) => rules.some(ruleReads) || (ids !== undefined && isWanted(ids.attribute))) ||
    holdouts.some(({ unit_type }) => isWanted(unit_type)) ||
    flags.some(({ rules }) =>
      rules.some((rule) => ruleReads(rule) || (rule.rollout !== undefined && isWanted(rule.rollout.unit_type))),
    )
  );
};

/** What of a request's edge a ruleset reads: nothing, `country` alone, or something of `edge.*` too. */
export type EdgeUse = "nothing" | "country" | "edge";

export const edgeUse = (encoded: EncodedRuleset): EdgeUse => {
  if (!reads(encoded, isEdgeOrCountry)) return "nothing";
  return reads(encoded, isEdge) ? "edge" : "country";
};
