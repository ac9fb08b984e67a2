import type { JsonValue } from "../contract/json.ts";
import type { RulesetAudience } from "../contract/ruleset.ts";
import type { Condition, Rule, SimpleCondition } from "../contract/targeting.ts";
import { type Subject, attributeAt } from "./attribute.ts";
import { idListOf } from "./id-list.ts";
import { instantOf } from "./instant.ts";
import { patternOf } from "./pattern.ts";
import { compareSemver, parseSemver } from "./semver.ts";

export type { Subject } from "./attribute.ts";

/** Whether a subject is eligible. */
export type Predicate = (subject: Subject) => boolean;

/** The predicate of an audience, by key; `undefined` for one that does not exist. */
export type FindAudience = (key: string) => Predicate | undefined;

/** What an operator says of an attribute, which is never null; `undefined` is a missing one. */
type Comparison = (actual: Exclude<JsonValue, null> | undefined) => boolean;

type AttributeCondition = Extract<SimpleCondition, { attribute: string }>;

const nobody: Predicate = () => false;
export const everyone: Predicate = () => true;

const not =
  (comparison: Comparison): Comparison =>
  (actual) =>
    !comparison(actual);

/** How many values are compared one by one faster than a set finds one. */
const FEW_VALUES = 8;

const isOneOf = (values: readonly JsonValue[]): Comparison => {
  if (values.length <= FEW_VALUES)
    return (actual) => {
      for (const value of values) if (value === actual) return true;
      return false;
    };
  const wanted = new Set<JsonValue | undefined>(values);
  return (actual) => wanted.has(actual);
};

const contains =
  (wanted: string | number | boolean): Comparison =>
  (actual) =>
    typeof actual === "string"
      ? typeof wanted === "string" && actual.includes(wanted)
      : Array.isArray(actual) && actual.includes(wanted);

const semver = (value: string, isInOrder: (order: number) => boolean): Comparison => {
  const wanted = parseSemver(value);
  if (!wanted) throw new Error(`${JSON.stringify(value)} is no version.`);
  return (actual) => {
    const version = typeof actual === "string" ? parseSemver(actual) : undefined;
    return version !== undefined && isInOrder(compareSemver(version, wanted));
  };
};

const instant = (value: string, isInOrder: (actual: number, wanted: number) => boolean): Comparison => {
  const wanted = instantOf(value);
  if (wanted === undefined) throw new Error(`${JSON.stringify(value)} is no instant.`);
  return (actual) => {
    const at = instantOf(actual);
    return at !== undefined && isInOrder(at, wanted);
  };
};

const compileComparison = (condition: AttributeCondition): Comparison => {
  const { operator } = condition;
  switch (operator) {
    case "eq": {
      const { value } = condition;
      return (actual) => actual === value;
    }
    case "neq": {
      const { value } = condition;
      return (actual) => actual !== value;
    }
    case "in":
      return isOneOf(condition.value);
    case "not_in":
      return not(isOneOf(condition.value));
    case "gt":
      return (actual) => typeof actual === "number" && actual > condition.value;
    case "gte":
      return (actual) => typeof actual === "number" && actual >= condition.value;
    case "lt":
      return (actual) => typeof actual === "number" && actual < condition.value;
    case "lte":
      return (actual) => typeof actual === "number" && actual <= condition.value;
    case "contains":
      return contains(condition.value);
    case "not_contains":
      return not(contains(condition.value));
    case "starts_with":
      return (actual) => typeof actual === "string" && actual.startsWith(condition.value);
    case "ends_with":
      return (actual) => typeof actual === "string" && actual.endsWith(condition.value);
    case "matches": {
      const matches = patternOf(condition.value);
      return (actual) => typeof actual === "string" && matches(actual);
    }
    case "exists":
      return (actual) => actual !== undefined;
    case "not_exists":
      return (actual) => actual === undefined;
    case "semver_eq":
      return semver(condition.value, (order) => order === 0);
    case "semver_gt":
      return semver(condition.value, (order) => order > 0);
    case "semver_gte":
      return semver(condition.value, (order) => order >= 0);
    case "semver_lt":
      return semver(condition.value, (order) => order < 0);
    case "semver_lte":
      return semver(condition.value, (order) => order <= 0);
    case "before":
      return instant(condition.value, (actual, wanted) => actual < wanted);
    case "after":
      return instant(condition.value, (actual, wanted) => actual > wanted);
    default:
      throw new Error(`Unknown operator ${JSON.stringify(operator satisfies never)}.`);
  }
};

/**
 * A condition, or a group of them. Types are strict. A missing attribute, null, and one of a type that the operator does not
 * read make the negative operators hold and all others fail: a table of it is in ARCHITECTURE.md. `not` turns the result of
 * its group around, whatever that came of. An audience that does not exist has no members.
 *
 * Throws for what this version does not know, and for a pattern, version or instant that is none.
 */
export const compileCondition = (condition: Condition, findAudience: FindAudience): Predicate => {
  if ("all" in condition) return allOf(condition.all.map((each) => compileCondition(each, findAudience)));
  if ("any" in condition) return anyOf(condition.any.map((each) => compileCondition(each, findAudience)));
  if ("not" in condition) {
    const holds = compileCondition(condition.not, findAudience);
    return (subject) => !holds(subject);
  }
  if (!("attribute" in condition)) {
    const { operator } = condition;
    const isMember = findAudience(condition.value) ?? nobody;
    switch (operator) {
      case "in_audience":
        return isMember;
      case "not_in_audience":
        return (subject) => !isMember(subject);
      default:
        throw new Error(`Unknown operator ${JSON.stringify(operator satisfies never)}.`);
    }
  }
  const compare = compileComparison(condition);
  const read = attributeAt(condition.attribute);
  return (subject) => compare(read(subject));
};

/** One that holds when all do. Two, which is the most common, are asked without a loop. */
export const allOf = (predicates: readonly Predicate[]): Predicate => {
  const [first, second] = predicates;
  if (first && predicates.length === 1) return first;
  if (first && second && predicates.length === 2) return (subject) => first(subject) && second(subject);
  return (subject) => predicates.every((holds) => holds(subject));
};

export const anyOf = (predicates: readonly Predicate[]): Predicate => {
  const [only] = predicates;
  return only && predicates.length === 1 ? only : (subject) => predicates.some((holds) => holds(subject));
};

/** Rules are OR-ed, the conditions of one are AND-ed, and no rules at all means everyone. */
export const compileRules = (rules: readonly Rule[], findAudience: FindAudience): Predicate =>
  rules.length === 0
    ? everyone
    : anyOf(
        rules.map(({ conditions }) => allOf(conditions.map((condition) => compileCondition(condition, findAudience)))),
      );

const compileIds = ({ attribute, list }: NonNullable<RulesetAudience["ids"]>): Predicate => {
  const read = attributeAt(attribute);
  const ids = idListOf(list);
  return (subject) => {
    const id = read(subject);
    return typeof id === "string" && ids.has(id);
  };
};

/** Members are those whom a rule matches and those on the list; an audience with neither has none. Ids are strings. */
const compileAudience = ({ rules, ids }: RulesetAudience, findAudience: FindAudience): Predicate =>
  anyOf([...(ids ? [compileIds(ids)] : []), ...(rules.length > 0 ? [compileRules(rules, findAudience)] : [])]);

/**
 * Audiences by key, each compiled once, when it is first asked for. An audience may refer to others; where the references
 * come back to themselves, the audience inside itself has no members.
 */
export const compileAudiences = (audiences: readonly RulesetAudience[]): FindAudience => {
  const byKey = new Map(audiences.map((audience) => [audience.key, audience]));
  const compiled = new Map<string, Predicate>();
  const find: FindAudience = (key) => {
    const known = compiled.get(key);
    const audience = byKey.get(key);
    if (known || !audience) return known;
    compiled.set(key, nobody);
    try {
      compiled.set(key, compileAudience(audience, find));
    } catch (error) {
      compiled.delete(key);
      throw error;
    }
    return compiled.get(key);
  };
  return find;
};
