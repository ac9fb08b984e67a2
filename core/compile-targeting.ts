import type { EncodedRuleset } from "../contract/encoded-ruleset.ts";
import type { RulesetAudience } from "../contract/ruleset.ts";
import type { Condition, Rule } from "../contract/targeting.ts";
import { decodeTargeting } from "./decode-targeting.ts";
import { type Lists, membersOf } from "./lists.ts";
import {
  type FindAudience,
  type Predicate,
  type Subject,
  allOf,
  anyOf,
  compileAudiences,
  compileCondition,
  everyone,
} from "./targeting.ts";

/**
 * What targeting says. A condition that cannot be evaluated, because this version does not know it or because it throws, is
 * neither true nor false. Kleene's logic goes on from there: a rule with a false condition is false all the same, and a list
 * with a rule that holds is true. So the answer never depends on the order in which conditions are evaluated.
 */
export type Truth = typeof FALSE | typeof TRUE | typeof UNKNOWN;
export const FALSE = 0;
export const TRUE = 1;
export const UNKNOWN = 2;

/** A condition as a function of the subject; `undefined` for one that does not compile. */
export type Compiled = Predicate | undefined;

export const truthOf = (predicate: Compiled, subject: Subject): Truth => {
  if (predicate === undefined) return UNKNOWN;
  try {
    return predicate(subject) ? TRUE : FALSE;
  } catch {
    return UNKNOWN;
  }
};

/** Distinct conditions and lists of rules by number. */
export interface CompiledTargeting {
  readonly conditionCount: number;
  /** The terms of each `eq` and `in`; these conditions come first. */
  readonly lookups: Lists;
  /** The conditions of each rule. */
  readonly rules: Lists;
  /** The rules of each list. */
  readonly lists: Lists;
  /** Begins with a new subject: what is remembered of the one before is forgotten. Gives the number that stands for it. */
  readonly begin: () => number;
  /** Whether a condition holds for a subject that has begun. Evaluated once a subject. */
  readonly condition: (number: number, subject: Subject, generation: number) => Truth;
  /** The same of a list of rules. */
  readonly list: (number: number, subject: Subject, generation: number) => Truth;
  /** A list of rules as one function, which may throw; `undefined` when one of its conditions does not compile. */
  readonly predicateOf: (list: number) => Predicate | undefined;
  /** A list's rules, as they are defined. */
  readonly rulesOf: (list: number) => readonly Rule[];
  /** Conditions that are not among the numbered ones, such as a flag's. */
  readonly compile: (condition: Condition) => Compiled;
  /** An audience by key, as it is defined. Looks through all of them: nothing that a decision needs. */
  readonly audience: (key: string) => RulesetAudience | undefined;
}

export const compileTargeting = (encoded: EncodedRuleset): CompiledTargeting => {
  const decoded = decodeTargeting(encoded.targeting);
  const { rules, lists } = decoded;
  const predicates: (Compiled | null)[] = Array.from({ length: decoded.conditionCount }, () => null);
  /** `generation * 4 + truth` of the subject that was evaluated last. */
  const known = new Uint32Array(decoded.conditionCount);
  const listPredicates = new Map<number, Predicate>();
  let generation = 0;
  let audiences: FindAudience | undefined;

  const compile = (condition: Condition): Compiled => {
    try {
      audiences ??= compileAudiences(encoded.audiences);
      return compileCondition(condition, audiences);
    } catch {
      return undefined;
    }
  };

  const predicate = (number: number): Compiled => {
    const known = predicates[number];
    return known === null ? (predicates[number] = compile(decoded.condition(number))) : known;
  };

  const conditionTruth = (number: number, subject: Subject, of: number): Truth => {
    const remembered = known[number] ?? 0;
    if (remembered >>> 2 === of) return (remembered & 3) as Truth;
    const truth = truthOf(predicate(number), subject);
    known[number] = of * 4 + truth;
    return truth;
  };

  const ruleTruth = (number: number, subject: Subject, of: number): Truth => {
    let truth: Truth = TRUE;
    const end = rules.starts[number + 1] ?? 0;
    for (let at = rules.starts[number] ?? 0; at < end; at++) {
      const each = conditionTruth(rules.members[at] ?? 0, subject, of);
      if (each === FALSE) return FALSE;
      if (each === UNKNOWN) truth = UNKNOWN;
    }
    return truth;
  };

  return {
    conditionCount: decoded.conditionCount,
    lookups: decoded.lookups,
    rules,
    lists,
    begin: () => {
      if (generation === MAX_GENERATION) {
        generation = 0;
        known.fill(0);
      }
      return ++generation;
    },
    condition: conditionTruth,
    list: (number, subject, of) => {
      const start = lists.starts[number] ?? 0;
      const end = lists.starts[number + 1] ?? 0;
      let truth: Truth = start === end ? TRUE : FALSE;
      for (let at = start; at < end; at++) {
        const each = ruleTruth(lists.members[at] ?? 0, subject, of);
        if (each === TRUE) return TRUE;
        if (each === UNKNOWN) truth = UNKNOWN;
      }
      return truth;
    },
    predicateOf: (list) => {
      const known = listPredicates.get(list);
      if (known) return known;
      const alternatives: Predicate[] = [];
      for (const rule of membersOf(lists, list)) {
        const conditions = Array.from(membersOf(rules, rule), predicate);
        if (conditions.includes(undefined)) return undefined;
        alternatives.push(allOf(conditions.filter((each) => each !== undefined)));
      }
      const matches = alternatives.length === 0 ? everyone : anyOf(alternatives);
      listPredicates.set(list, matches);
      return matches;
    },
    rulesOf: decoded.rulesOf,
    compile,
    audience: (key) => encoded.audiences.findLast((audience) => audience.key === key),
  };
};

/** So that a generation and a truth fit into 32 bits. */
const MAX_GENERATION = 2 ** 30 - 1;
