import type { EventMessage } from "../contract/event-message.ts";
import { LATE_AFTER_MS } from "../contract/event.ts";
import { type CountingPlan, countingPlan } from "../counting/counting-plan.ts";
import { createRulesetSource, type RulesetBindings } from "./ruleset-source.ts";

/** The events queue keeps a message for 4 days; a day of slack for clocks that disagree. */
const QUEUE_DELAY_MS = 5 * 24 * 3_600_000;

const plans = createRulesetSource({
  compile: (ruleset, pointer) =>
    countingPlan(ruleset, pointer.version, { lateAfterMs: LATE_AFTER_MS, queueDelayMs: QUEUE_DELAY_MS }),
});

/** Whether a message speaks of what this plan cannot know: it was decided by a newer one, or makes no sense at all. */
const isAhead = ({ events }: EventMessage, plan: CountingPlan): boolean =>
  events.some(
    ({ type, experiment_key = "", variant_key = "", config_version = 0 }) =>
      type === "exposure" &&
      (config_version > plan.version || plan.byKey.get(experiment_key)?.variants.has(variant_key) !== true),
  );

/**
 * A plan to count these messages of one environment by: the one in memory or, if they are ahead of it, the newest there
 * is. Throws when there is none; the messages stay in the queue.
 */
export const planFor = async (
  env: RulesetBindings,
  environment: string,
  messages: readonly EventMessage[],
  waitUntil: (promise: Promise<unknown>) => void,
): Promise<CountingPlan> => {
  const known = (await plans.get(env, environment, waitUntil))?.compiled;
  const plan =
    known && messages.some((message) => isAhead(message, known))
      ? (await plans.refresh(env, environment))?.compiled
      : known;
  if (!plan) throw new Error(`There is no ruleset of ${environment} to count by.`);
  return plan;
};
