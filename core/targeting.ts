import type { Context } from "../contract/decision.ts";
import type { JsonValue } from "../contract/json.ts";
import type { Condition, Rule } from "../contract/targeting.ts";
import { attributeAt } from "./attribute.ts";

/** Whether a context is eligible. */
export type Predicate = (context: Context) => boolean;

/** The predicate of an audience, by key; `undefined` for one that does not exist. */
export type FindAudience = (key: string) => Predicate | undefined;

const nobody: Predicate = () => false;
const everyone: Predicate = () => true;

const containsValue = (value: JsonValue | undefined, wanted: string): boolean =>
  (typeof value === "string" || Array.isArray(value)) && value.includes(wanted);

/**
 * Types are strict, and a missing attribute is unequal to everything: the negative operators hold, all others fail.
 * `contains` finds a part of a text or an element of a list. An audience that does not exist has no members.
 * Throws for an operator that this version does not know.
 */
const compileCondition = (condition: Condition, findAudience: FindAudience): Predicate => {
  switch (condition.operator) {
    case "eq": {
      const read = attributeAt(condition.attribute);
      return (context) => read(context) === condition.value;
    }
    case "neq": {
      const read = attributeAt(condition.attribute);
      return (context) => read(context) !== condition.value;
    }
    case "in": {
      const read = attributeAt(condition.attribute);
      const values = new Set<JsonValue | undefined>(condition.value);
      return (context) => values.has(read(context));
    }
    case "not_in": {
      const read = attributeAt(condition.attribute);
      const values = new Set<JsonValue | undefined>(condition.value);
      return (context) => !values.has(read(context));
    }
    case "gt": {
      const read = attributeAt(condition.attribute);
      return (context) => {
        const value = read(context);
        return typeof value === "number" && value > condition.value;
      };
    }
    case "lt": {
      const read = attributeAt(condition.attribute);
      return (context) => {
        const value = read(context);
        return typeof value === "number" && value < condition.value;
      };
    }
    case "contains": {
      const read = attributeAt(condition.attribute);
      return (context) => containsValue(read(context), condition.value);
    }
    case "in_audience":
      return findAudience(condition.value) ?? nobody;
    case "not_in_audience": {
      const isMember = findAudience(condition.value) ?? nobody;
      return (context) => !isMember(context);
    }
    default:
      throw new Error(`Unknown operator ${JSON.stringify((condition satisfies never as Condition).operator)}.`);
  }
};

const compileRule = (rule: Rule, findAudience: FindAudience): Predicate => {
  const conditions = rule.conditions.map((condition) => compileCondition(condition, findAudience));
  const [only] = conditions;
  return only && conditions.length === 1 ? only : (context) => conditions.every((holds) => holds(context));
};

/** Rules are OR-ed, the conditions of one are AND-ed, and no rules at all means everyone. */
export const compileRules = (rules: readonly Rule[], findAudience: FindAudience): Predicate => {
  if (rules.length === 0) return everyone;
  const predicates = rules.map((rule) => compileRule(rule, findAudience));
  const [only] = predicates;
  return only && predicates.length === 1 ? only : (context) => predicates.some((matches) => matches(context));
};

/**
 * Audiences by key, each compiled once. An audience may refer to others; where the references come back to
 * themselves, the audience inside itself has no members.
 */
export const compileAudiences = (
  audiences: readonly { readonly key: string; readonly rules: readonly Rule[] }[],
): FindAudience => {
  const rulesOf = new Map(audiences.map(({ key, rules }) => [key, rules]));
  const compiled = new Map<string, Predicate>();
  const find: FindAudience = (key) => {
    const known = compiled.get(key);
    const rules = rulesOf.get(key);
    if (known || !rules) return known;
    compiled.set(key, nobody);
    try {
      compiled.set(key, compileRules(rules, find));
    } catch (error) {
      compiled.delete(key);
      throw error;
    }
    return compiled.get(key);
  };
  return find;
};
