import type { EncodedRuleset } from "../contract/encoded-ruleset.ts";
import type { EventMessage } from "../contract/event-message.ts";
import { LATE_AFTER_MS } from "../contract/event.ts";
import type { RulesetPointer } from "../contract/ruleset.ts";
import { decodeRuleset } from "../core/decode-ruleset.ts";
import { type CountingPlan, countingPlan, type Horizon } from "../counting/counting-plan.ts";
import { createRulesetSource, type RulesetBindings } from "./ruleset-source.ts";

/** The events queue keeps a message for 4 days; a day of slack for clocks that disagree. */
const QUEUE_DELAY_MS = 5 * 24 * 3_600_000;

/** How long events may be on their way. */
const horizon: Horizon = { lateAfterMs: LATE_AFTER_MS, queueDelayMs: QUEUE_DELAY_MS };

export const compilePlan = (encoded: EncodedRuleset, { version }: Pick<RulesetPointer, "version">): CountingPlan =>
  countingPlan(decodeRuleset(encoded), version, horizon);

const plans = createRulesetSource({ compile: compilePlan });

/** Whether a message speaks of what this plan cannot know: it was decided by a newer one, or makes no sense at all. */
export const isAhead = ({ events }: EventMessage, plan: CountingPlan): boolean =>
  events.some(
    ({ type, experiment_key = "", variant_key = "", config_version = 0 }) =>
      type === "exposure" &&
      (config_version > plan.version || plan.byKey.get(experiment_key)?.variants.has(variant_key) !== true),
  );

/** A plan that was read longer ago is read again first: nobody waits for the counting, so it need not be behind. */
const MAX_AGE_MS = 2_000;

/** By environment: when the newest plan was last asked for, ms since 1970. */
const askedAt = new Map<string, number>();

/**
 * A plan to count these messages of one environment by: one that was the newest 2 s ago or later or, if the messages are
 * ahead of it, one that is the newest now. Throws when there is none to be had; the messages stay in the queue.
 */
export const planFor = async (
  env: RulesetBindings,
  environment: string,
  messages: readonly EventMessage[],
  waitUntil: (promise: Promise<unknown>) => void,
): Promise<CountingPlan> => {
  const isOld = Date.now() - (askedAt.get(environment) ?? -Infinity) > MAX_AGE_MS;
  const known = isOld ? undefined : (await plans.get(env, environment, waitUntil))?.compiled;
  if (known !== undefined && !messages.some((message) => isAhead(message, known))) return known;

  const asked = Date.now();
  const { loaded, isNewest } = await plans.refresh(env, environment);
  if (isNewest) askedAt.set(environment, asked);
  const plan = loaded?.compiled;
  if (!plan) throw new Error(`There is no ruleset of ${environment} to count by.`);
  // What only seems unknown, because the newest ruleset cannot be read, must not be refused for good.
  if (!isNewest && messages.some((message) => isAhead(message, plan)))
    throw new Error(`The newest ruleset of ${environment} cannot be read, and the messages may be ahead of this one.`);
  return plan;
};
