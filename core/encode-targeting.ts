import type { EncodedTargeting } from "../contract/encoded-ruleset.ts";
import type { Condition, Rule, Scalar } from "../contract/targeting.ts";
import { packNumbers } from "./columns.ts";
import { type Interner, makeInterner } from "./interner.ts";

/** `eq` and `in` can be looked up by the value that an attribute has. */
type Lookup =
  | { readonly attribute: string; readonly operator: "eq"; readonly value: Scalar }
  | { readonly attribute: string; readonly operator: "in"; readonly value: Scalar[] };

const isLookup = (condition: Condition): condition is Lookup =>
  "operator" in condition &&
  (condition.operator === "eq" || (condition.operator === "in" && condition.value.length > 0));

const sizes = (lists: readonly (readonly number[])[]): number[] => lists.map(({ length }) => length);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Takes lists of rules one after another, and numbers them. */
export interface TargetingEncoder {
  readonly listOf: (rules: readonly Rule[]) => number;
  readonly encoded: () => EncodedTargeting;
}

export const makeTargetingEncoder = (): TargetingEncoder => {
  const lookups = makeInterner<Lookup>();
  const others = makeInterner<Condition>();
  /** Places among lookups as they are, among the others as −1 − place: how many lookups there are is known at the end. */
  const rules = makeInterner<readonly number[]>();
  const lists = makeInterner<readonly number[]>();

  const conditionOf = (condition: Condition): number =>
    isLookup(condition)
      ? lookups.numberOf(JSON.stringify([condition.attribute, condition.operator, condition.value]), () => condition)
      : -1 - others.numberOf(JSON.stringify(condition), () => condition);

  const ruleOf = ({ conditions }: Rule): number => {
    const numbers = conditions.map(conditionOf);
    return rules.numberOf(numbers.join(), () => numbers);
  };

  const listOf = (list: readonly Rule[]): number => {
    const numbers = list.map(ruleOf);
    return lists.numberOf(numbers.join(), () => numbers);
  };
  listOf([]);

  return {
    listOf,
    encoded: () => {
      const { terms, termsOf } = encodeTerms(lookups.items);
      const ruleSizes = sizes(rules.items);
      const listSizes = sizes(lists.items);
      return {
        terms,
        lookups: lookups.items.map(({ operator }) => operator.charAt(0)).join(""),
        lookup_sizes: packNumbers(sizes(termsOf)),
        lookup_terms: packNumbers(termsOf.flat()),
        lookup_term_count: sum(sizes(termsOf)),
        conditions: others.items,
        rule_count: ruleSizes.length,
        rule_sizes: packNumbers(ruleSizes),
        rule_conditions: packNumbers(
          rules.items.flat().map((number) => (number < 0 ? lookups.items.length - 1 - number : number)),
        ),
        rule_condition_count: sum(ruleSizes),
        list_count: listSizes.length,
        list_sizes: packNumbers(listSizes),
        list_rules: packNumbers(lists.items.flat()),
        list_rule_count: sum(listSizes),
      };
    },
  };
};

const encodeTerms = (
  lookups: readonly Lookup[],
): { readonly terms: EncodedTargeting["terms"]; readonly termsOf: readonly (readonly number[])[] } => {
  const attributes = makeInterner<Interner<Scalar>>();
  const places = lookups.map(({ attribute, value }) => {
    const number = attributes.numberOf(attribute, () => makeInterner());
    const values = attributes.items[number] ?? makeInterner();
    return { number, places: [value].flat().map((scalar) => values.numberOf(scalar, () => scalar)) };
  });
  const names = [...new Set(lookups.map(({ attribute }) => attribute))];
  let next = 0;
  const first = attributes.items.map(({ items }) => {
    const start = next;
    next += items.length;
    return start;
  });
  return {
    terms: attributes.items.map(({ items }, number) => [names[number] ?? "", items]),
    termsOf: places.map(({ number, places: all }) => all.map((place) => (first[number] ?? 0) + place)),
  };
};
