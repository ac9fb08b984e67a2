import type { EventMessage } from "../contract/event-message.ts";
import type { RulesetPointer } from "../contract/ruleset.ts";
import type { CountingPlan } from "../counting/counting-plan.ts";
import { compilePlan, isAhead } from "./counting-plans.ts";
import { readRuleset, type RulesetBindings } from "./ruleset-source.ts";

/** Which published ruleset to count by. */
export type PlanVersion = Pick<RulesetPointer, "version" | "hash">;

/** Replays go through time, so few are needed at once. */
const MAX_PLANS = 4;

/** By environment and hash, the one used last at the end. Undefined for one that cannot be read any more. */
const plans = new Map<string, CountingPlan | undefined>();

/**
 * The plan of an old ruleset. Undefined when the messages are ahead of it, or when it is of a format that this version cannot
 * read: then they are counted by the newest one. Throws when it is out of reach.
 */
export const pastPlanFor = async (
  env: RulesetBindings,
  environment: string,
  messages: readonly EventMessage[],
  { version, hash }: PlanVersion,
): Promise<CountingPlan | undefined> => {
  const name = `${environment}:${hash}`;
  const isKnown = plans.has(name);
  const plan = isKnown ? plans.get(name) : await load(env, environment, { version, hash });
  plans.delete(name);
  plans.set(name, plan);
  const [oldest] = plans.keys();
  if (plans.size > MAX_PLANS && oldest !== undefined) plans.delete(oldest);
  return plan && !messages.some((message) => isAhead(message, plan)) ? plan : undefined;
};

const load = async (
  env: RulesetBindings,
  environment: string,
  version: PlanVersion,
): Promise<CountingPlan | undefined> => {
  const text = await readRuleset(env, environment, version.hash);
  try {
    return compilePlan(text, version);
  } catch (error) {
    console.error({ event: "past_plan_unreadable", environment, hash: version.hash, error: String(error) });
    return undefined;
  }
};
