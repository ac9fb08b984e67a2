import murmurhash from "murmurhash";
import type { Condition } from "../../contract/targeting.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import type { User } from "../harness/a-large-ruleset.ts";
import { type MakePeer, at } from "./peer.ts";

interface Assigned {
  readonly experiment_key: string;
  readonly experiment_id: string;
  readonly variant_key: string;
  readonly variant_id: string;
  readonly payload: unknown;
}

/** An experiment as that project publishes it: variants, and ranges of buckets that name them by id. */
interface Published {
  readonly id: string;
  readonly key: string;
  readonly salt: string;
  readonly rules: Ruleset["experiments"][number]["rules"];
  readonly variants: readonly { readonly id: string; readonly key: string; readonly payload: unknown }[];
  readonly allocations: readonly { readonly from: number; readonly to: number; readonly variant_id: string }[];
}

type Context = Readonly<Record<string, unknown>>;

const publishedOf = ({ id, key, salt, rules, variants }: Ruleset["experiments"][number]): Published => {
  let next = 0;
  return {
    id,
    key,
    salt,
    rules,
    variants: variants.map((variant) => ({ id: variant.id, key: variant.key, payload: variant.config })),
    allocations: variants.map((variant) => ({
      variant_id: variant.id,
      from: next,
      to: (next += variant.weight_bp) - 1,
    })),
  };
};

/** An attribute is looked up by its exact key first, then as a path with dots. */
const attributeOf = (context: Context, path: string): unknown => {
  if (path in context) return context[path];
  let value: unknown = context;
  for (const segment of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Context)[segment];
  }
  return value;
};

const holds = (condition: Condition, context: Context): boolean => {
  if (!("operator" in condition) || !("attribute" in condition)) return false;
  const { operator } = condition;
  const value = attributeOf(context, condition.attribute);
  if (operator === "eq") return value === condition.value;
  if (operator === "neq") return value !== condition.value;
  if (operator === "in") return Array.isArray(condition.value) && condition.value.includes(value as string);
  return operator === "not_in" && Array.isArray(condition.value) && !condition.value.includes(value as string);
};

const decide = (experiment: Published, unit: string, context: Context): Assigned | undefined => {
  const { rules } = experiment;
  if (rules.length > 0 && !rules.some((rule) => rule.conditions.every((condition) => holds(condition, context))))
    return undefined;
  const bucket = murmurhash.v3(`${unit}:${experiment.salt}`) % 10_000;
  const allocation = experiment.allocations.find(({ from, to }) => bucket >= from && bucket <= to);
  const variant = allocation && experiment.variants.find(({ id }) => id === allocation.variant_id);
  return (
    variant && {
      experiment_key: experiment.key,
      experiment_id: experiment.id,
      variant_key: variant.key,
      variant_id: variant.id,
      payload: variant.payload,
    }
  );
};

/**
 * The algorithm of williamgrosset/experiments, written anew from its description: for each experiment in turn, any rule whose
 * conditions all hold (an attribute by its exact key, then by a path), then MurmurHash3 (npm) of the unit and the salt, modulo
 * 10,000, the range that the bucket is in, and the variant that the range names.
 */
export const experiments: MakePeer = (ruleset: Ruleset, users: readonly User[]) => {
  const parsed: readonly Published[] = JSON.parse(JSON.stringify(ruleset.experiments.map(publishedOf)));
  const byKey = new Map(parsed.map((experiment) => [experiment.key, experiment]));
  const keys = ruleset.experiments.map(({ key }) => key);
  const contexts = users.map(({ id, country, plan }) => ({ id, context: { country, plan } }));
  const all = (user: number): Assigned[] => {
    const { id, context } = at(contexts, user);
    const assignments: Assigned[] = [];
    for (const experiment of parsed) {
      const assigned = decide(experiment, id, context);
      if (assigned) assignments.push(assigned);
    }
    return assignments;
  };
  return {
    name: "williamgrosset/experiments",
    all,
    one(user, experiment) {
      const found = byKey.get(at(keys, experiment));
      const { id, context } = at(contexts, user);
      return found && decide(found, id, context);
    },
    matches: (user) => all(user).length,
  };
};
