import type { EncodedTargeting } from "../contract/encoded-ruleset.ts";
import type { Condition, Rule, Scalar } from "../contract/targeting.ts";
import { type Lists, membersOf, unpackLists } from "./lists.ts";

/** Conditions and rules by number. Objects are made when they are asked for: most never are. */
export interface DecodedTargeting {
  /** The terms of each `eq` and `in`; these conditions come first. */
  readonly lookups: Lists;
  readonly rules: Lists;
  readonly lists: Lists;
  readonly conditionCount: number;
  readonly condition: (number: number) => Condition;
  /** The rules of a list, as they were before they were encoded. */
  readonly rulesOf: (list: number) => Rule[];
}

export const decodeTargeting = (encoded: EncodedTargeting): DecodedTargeting => {
  const lookupCount = encoded.lookups.length;
  const lookups = unpackLists(encoded.lookup_sizes, lookupCount, encoded.lookup_terms, encoded.lookup_term_count);
  const rules = unpackLists(
    encoded.rule_sizes,
    encoded.rule_count,
    encoded.rule_conditions,
    encoded.rule_condition_count,
  );
  const lists = unpackLists(encoded.list_sizes, encoded.list_count, encoded.list_rules, encoded.list_rule_count);

  const termAt = (term: number): readonly [attribute: string, value: Scalar] => {
    let before = 0;
    for (const [attribute, values] of encoded.terms) {
      const value = values[term - before];
      if (value !== undefined) return [attribute, value];
      before += values.length;
    }
    throw new Error(`No term has the number ${term}.`);
  };

  const condition = (number: number): Condition => {
    if (number >= lookupCount) {
      const other = encoded.conditions[number - lookupCount];
      if (other === undefined) throw new Error(`No condition has the number ${number}.`);
      return other;
    }
    const terms = [...membersOf(lookups, number)].map(termAt);
    const [[attribute, value] = ["", ""]] = terms;
    return encoded.lookups.charAt(number) === "e"
      ? { attribute, operator: "eq", value }
      : { attribute, operator: "in", value: terms.map(([, each]) => each) };
  };

  return {
    lookups,
    rules,
    lists,
    conditionCount: lookupCount + encoded.conditions.length,
    condition,
    rulesOf: (list) =>
      Array.from(membersOf(lists, list), (rule) => ({
        conditions: Array.from(membersOf(rules, rule), condition),
      })),
  };
};
