import type { Ruleset } from "../../contract/ruleset.ts";
import type { User } from "../harness/a-large-ruleset.ts";

/** An evaluator that has read the experiments and made what it needs of each user. Both arguments are places in its lists. */
export interface Peer {
  readonly name: string;
  /** What a user gets of all experiments at once; with reasons, if the evaluator gives any. */
  all(user: number): unknown;
  /** What a user gets of one experiment. */
  one(user: number, experiment: number): unknown;
  /** Of how many experiments the user gets a variant. */
  matches(user: number): number;
}

export type MakePeer = (ruleset: Ruleset, users: readonly User[]) => Peer | Promise<Peer>;

/** The item at a place, which goes round. */
export const at = <T>(items: readonly T[], place: number): T => {
  const item = items[place % items.length];
  if (item === undefined) throw new Error("The list is empty.");
  return item;
};

/** The countries and the plan of an experiment of `aLargeRuleset`. */
export const predicateOf = (
  experiment: Ruleset["experiments"][number],
): { readonly countries: readonly string[]; readonly plan: string } => {
  const [country, plan] = experiment.rules[0]?.conditions ?? [];
  if (
    country === undefined ||
    !("operator" in country) ||
    country.operator !== "in" ||
    plan === undefined ||
    !("operator" in plan) ||
    plan.operator !== "eq"
  )
    throw new Error("The peers know only country in […] and plan eq ….");
  return { countries: country.value.map(String), plan: String(plan.value) };
};
