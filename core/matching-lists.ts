import type { EncodedTargeting } from "../contract/encoded-ruleset.ts";
import type { Scalar } from "../contract/targeting.ts";
import { type Attribute, type Subject, attributeAt } from "./attribute.ts";
import type { CompiledTargeting } from "./compile-targeting.ts";
import { TRUE } from "./compile-targeting.ts";
import { type Lists, listsOf } from "./lists.ts";

/** The lists of rules that match a subject. */
export interface MatchingLists {
  /** Their numbers are in `numbers` up to the count that is given back, in no particular order. */
  readonly find: (subject: Subject, generation: number) => number;
  readonly numbers: Int32Array;
  /** Whether a list was among the last ones found, which were those of `generation`. */
  readonly isFound: (list: number, generation: number) => boolean;
}

/**
 * An index from a subject to the lists that match. Each rule hangs on one of its conditions, the one that seems to hold for
 * the fewest: a rule whose condition does not hold is never looked at. Where a rule has an `eq` or `in`, it hangs on that, and
 * those are found by the attribute's value. `live` says which lists matter.
 */
export const indexLists = (
  encoded: EncodedTargeting,
  targeting: CompiledTargeting,
  live: Uint8Array,
): MatchingLists => {
  const { rules, lists, lookups } = targeting;
  const ruleCount = rules.starts.length - 1;
  const listsOfRule = invert(lists, ruleCount, (list) => live[list] === 1);
  const alwaysMatching: number[] = [];
  for (let list = 0; list < live.length; list++)
    if (live[list] === 1 && lists.starts[list] === lists.starts[list + 1]) alwaysMatching.push(list);

  const hangsOn = new Int32Array(ruleCount).fill(-1);
  const selectivity = selectivityOf(encoded, lookups);
  const unconditional: number[] = [];
  for (let rule = 0; rule < ruleCount; rule++) {
    if (listsOfRule.starts[rule] === listsOfRule.starts[rule + 1]) continue;
    const end = rules.starts[rule + 1] ?? 0;
    let best = Infinity;
    for (let at = rules.starts[rule] ?? 0; at < end; at++) {
      const condition = rules.members[at] ?? 0;
      const share = selectivity[condition] ?? 1;
      if (share >= best) continue;
      best = share;
      hangsOn[rule] = condition;
    }
    if (best === Infinity) unconditional.push(rule);
  }
  const rulesOn = listsOf(targeting.conditionCount, ruleCount, (rule) => hangsOn[rule] ?? -1);
  const isHook = (condition: number): boolean => rulesOn.starts[condition] !== rulesOn.starts[condition + 1];
  const lookupsOfTerm = invert(
    lookups,
    encoded.terms.reduce((sum, [, values]) => sum + values.length, 0),
    isHook,
  );
  const otherHooks: number[] = [];
  for (let condition = encoded.lookups.length; condition < targeting.conditionCount; condition++)
    if (isHook(condition)) otherHooks.push(condition);
  const readers = termReaders(encoded.terms);

  const numbers = new Int32Array(live.length);
  const foundBy = new Uint32Array(live.length);
  let count = 0;

  const findList = (list: number, generation: number): void => {
    if (foundBy[list] === generation) return;
    foundBy[list] = generation;
    numbers[count++] = list;
  };

  const findListsOf = (rule: number, generation: number): void => {
    const end = listsOfRule.starts[rule + 1] ?? 0;
    for (let at = listsOfRule.starts[rule] ?? 0; at < end; at++) findList(listsOfRule.members[at] ?? 0, generation);
  };

  /** Finds the rules that hang on a condition that holds, as far as their other conditions hold, too. */
  const follow = (hook: number, subject: Subject, generation: number): void => {
    const end = rulesOn.starts[hook + 1] ?? 0;
    for (let at = rulesOn.starts[hook] ?? 0; at < end; at++) {
      const rule = rulesOn.members[at] ?? 0;
      let member = rules.starts[rule] ?? 0;
      const last = rules.starts[rule + 1] ?? 0;
      for (; member < last; member++) {
        const condition = rules.members[member] ?? 0;
        if (condition !== hook && targeting.condition(condition, subject, generation) !== TRUE) break;
      }
      if (member === last) findListsOf(rule, generation);
    }
  };

  return {
    numbers,
    isFound: (list, generation) => foundBy[list] === generation,
    find: (subject, generation) => {
      count = 0;
      // The numbers have begun anew: what earlier requests left would look like this one's.
      if (generation === 1) foundBy.fill(0);
      for (const list of alwaysMatching) findList(list, generation);
      for (const rule of unconditional) findListsOf(rule, generation);
      for (const { read, terms } of readers) {
        const value = readOr(read, subject);
        const term = value === undefined ? undefined : terms.get(value);
        if (term === undefined) continue;
        const end = lookupsOfTerm.starts[term + 1] ?? 0;
        for (let at = lookupsOfTerm.starts[term] ?? 0; at < end; at++)
          follow(lookupsOfTerm.members[at] ?? 0, subject, generation);
      }
      for (const hook of otherHooks)
        if (targeting.condition(hook, subject, generation) === TRUE) follow(hook, subject, generation);
      return count;
    },
  };
};

/** An attribute that cannot be read is nobody's: whatever asks for it is unknown, and does not match. */
const readOr = (read: Attribute, subject: Subject): unknown => {
  try {
    return read(subject);
  } catch {
    return undefined;
  }
};

/** The attributes that terms are about, each with the number of the term for a value. */
const termReaders = (
  terms: EncodedTargeting["terms"],
): readonly { readonly read: Attribute; readonly terms: ReadonlyMap<unknown, number> }[] => {
  let next = 0;
  return terms.map(([attribute, values]) => ({
    read: attributeAt(attribute),
    terms: new Map<Scalar, number>(values.map((value) => [value, next++])),
  }));
};

/**
 * Whom each condition may hold for, as a share: of the values that anybody asks an attribute for, or of any other, a lookup
 * takes so many. Of the others nothing is known; they come last.
 */
const selectivityOf = (encoded: EncodedTargeting, lookups: Lists): Float64Array => {
  const valuesOfTerm = encoded.terms.flatMap(([, values]) => values.map(() => values.length + 1));
  const selectivity = new Float64Array(encoded.lookups.length + encoded.conditions.length).fill(1);
  for (let lookup = 0; lookup < encoded.lookups.length; lookup++) {
    const start = lookups.starts[lookup] ?? 0;
    selectivity[lookup] =
      ((lookups.starts[lookup + 1] ?? 0) - start) / (valuesOfTerm[lookups.members[start] ?? 0] ?? 1);
  }
  return selectivity;
};

/** For each of `count` members, the lists that have it and are `wanted`. */
const invert = ({ starts, members }: Lists, count: number, wanted: (list: number) => boolean): Lists => {
  const owner = new Int32Array(members.length).fill(-1);
  const listOf = new Int32Array(members.length);
  for (let list = 0; list < starts.length - 1; list++) {
    if (!wanted(list)) continue;
    const end = starts[list + 1] ?? 0;
    for (let at = starts[list] ?? 0; at < end; at++) {
      owner[at] = members[at] ?? 0;
      listOf[at] = list;
    }
  }
  const inverted = listsOf(count, members.length, (at) => owner[at] ?? -1);
  for (let at = 0; at < inverted.members.length; at++) inverted.members[at] = listOf[inverted.members[at] ?? 0] ?? 0;
  return inverted;
};
