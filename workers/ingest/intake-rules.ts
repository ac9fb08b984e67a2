import type { EventRejection } from "../../contract/event.ts";
import type { AcceptedEvent } from "../../contract/event-message.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import { createRulesetSource, type Loaded } from "../../durable-objects/ruleset-source.ts";
import type { Env } from "./env.ts";

interface CountedExperiment {
  readonly unitType: string;
  readonly variants: ReadonlySet<string>;
}

/** What taking events needs of a ruleset. */
export interface IntakeRules {
  readonly environment: string;
  readonly generation: number;
  readonly shards: number;
  /** SHA-256 of every SDK key. */
  readonly keyHashes: ReadonlySet<string>;
  readonly experiments: ReadonlyMap<string, CountedExperiment>;
}

const intakeRules = (ruleset: Ruleset): IntakeRules => ({
  environment: ruleset.environment,
  generation: ruleset.generation,
  shards: ruleset.shards,
  keyHashes: new Set(ruleset.keys.map(({ hash }) => hash)),
  experiments: new Map(
    ruleset.experiments.map(({ key, unit_type, variants }) => [
      key,
      { unitType: unit_type, variants: new Set(variants.map((variant) => variant.key)) },
    ]),
  ),
});

const source = createRulesetSource({ compile: intakeRules });

/** Between two refreshes that requests ask for. */
const REFRESH_INTERVAL_MS = 500;
const POLL_MS = 50;

/** By environment: when the last refresh began, and when the last finished one did. */
const refreshes = new Map<string, { beganAt: number; finishedBeganAt: number }>();

type Context = Pick<ExecutionContext, "waitUntil">;

/** The rules in memory. Undefined when there are none to be had. */
export const findRules = async (env: Env, environment: string, ctx: Context): Promise<IntakeRules | undefined> =>
  (await source.get(env, environment, (promise) => ctx.waitUntil(promise)))?.compiled;

/**
 * Rules that were current at `since` or later, ms since 1970: before something is refused as unknown, it must be unknown
 * to a ruleset that was read after the request came. However many ask, there is one refresh per interval, and the others
 * wait for it: a page that sends the same typing error all day costs nothing but its own time.
 *
 * They wait by looking again, not on the refreshing request's promise, which would be lost with that request.
 */
export const rulesSince = async (
  env: Env,
  environment: string,
  since: number,
  ctx: Context,
): Promise<IntakeRules | undefined> => {
  for (;;) {
    const last = refreshes.get(environment) ?? { beganAt: -Infinity, finishedBeganAt: -Infinity };
    if (last.finishedBeganAt >= since) return findRules(env, environment, ctx);
    const waitMs = last.beganAt + REFRESH_INTERVAL_MS - Date.now();
    if (waitMs > 0) {
      await scheduler.wait(Math.min(waitMs, POLL_MS));
      continue;
    }
    const mine = { ...last, beganAt: Date.now() };
    refreshes.set(environment, mine);
    const loaded: Loaded<IntakeRules> | undefined = await source.refresh(env, environment);
    mine.finishedBeganAt = mine.beganAt;
    return loaded?.compiled;
  }
};

/** Why an event cannot be counted by these rules; undefined when it can. */
export const refusalOf = (
  event: AcceptedEvent,
  { experiments, environment }: IntakeRules,
): { readonly code: EventRejection; readonly message: string } | undefined => {
  if (event.type !== "exposure") return undefined;
  const { experiment_key = "", variant_key = "", units } = event;
  const experiment = experiments.get(experiment_key);
  if (!experiment)
    return {
      code: "unknown_experiment",
      message: `experiment_key: no experiment called ${JSON.stringify(experiment_key)} has been started in ${environment}.`,
    };
  if (!experiment.variants.has(variant_key))
    return {
      code: "unknown_variant",
      message: `variant_key: the experiment ${experiment_key} has no variant called ${JSON.stringify(variant_key)}.`,
    };
  if (!units.some(([type]) => type === experiment.unitType))
    return {
      code: "invalid_event",
      message: `units: the experiment ${experiment_key} counts by ${experiment.unitType}; name that unit.`,
    };
  return undefined;
};
