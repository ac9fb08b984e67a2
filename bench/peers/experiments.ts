import murmurhash from "murmurhash";
import type { Condition } from "../../contract/targeting.ts";
import type { Ruleset, RulesetExperiment } from "../../contract/ruleset.ts";
import type { User } from "../harness/a-large-ruleset.ts";
import { type MakePeer, at } from "./peer.ts";

interface Assigned {
  readonly experiment_key: string;
  readonly experiment_id: string;
  readonly variant_key: string;
  readonly variant_id: string;
  readonly payload: unknown;
}

type Context = Readonly<Record<string, unknown>>;

const holds = (condition: Condition, context: Context): boolean => {
  if (!("operator" in condition)) return false;
  if (condition.operator === "eq") return context[condition.attribute] === condition.value;
  if (condition.operator === "in") return condition.value.includes(context[condition.attribute] as string);
  if (condition.operator === "neq") return context[condition.attribute] !== condition.value;
  return condition.operator === "not_in" && !condition.value.includes(context[condition.attribute] as string);
};

const decide = (experiment: RulesetExperiment, unit: string, context: Context): Assigned | undefined => {
  const { rules } = experiment;
  if (rules.length > 0 && !rules.some((rule) => rule.conditions.every((condition) => holds(condition, context))))
    return undefined;
  const bucket = murmurhash.v3(`${unit}:${experiment.salt}`) % 10_000;
  let end = 0;
  const variant = experiment.variants.find(({ weight_bp }) => bucket < (end += weight_bp));
  return (
    variant && {
      experiment_key: experiment.key,
      experiment_id: experiment.id,
      variant_key: variant.key,
      variant_id: variant.id,
      payload: variant.config,
    }
  );
};

/**
 * The algorithm of williamgrosset/experiments, written anew from its description: for each experiment in turn, any rule whose
 * conditions all hold, then MurmurHash3 (npm) of the unit and the salt, modulo 10,000, against ranges of the variants.
 */
export const experiments: MakePeer = (ruleset: Ruleset, users: readonly User[]) => {
  const parsed: Ruleset["experiments"] = JSON.parse(JSON.stringify(ruleset.experiments));
  const byKey = new Map(parsed.map((experiment) => [experiment.key, experiment]));
  const keys = [...byKey.keys()];
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
