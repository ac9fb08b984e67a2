import type { EventRejection } from "../../contract/event.ts";
import type { AcceptedEvent } from "../../contract/event-message.ts";
import type { EncodedRuleset } from "../../contract/encoded-ruleset.ts";
import type { RulesetKey } from "../../contract/ruleset.ts";
import { decodeRuleset } from "../../core/decode-ruleset.ts";
import { unitHash } from "../../core/unit-hash.ts";
import { createRulesetSource } from "../../durable-objects/ruleset-source.ts";
import type { Env } from "./env.ts";

interface CountedExperiment {
  readonly unitType: string;
  readonly variants: ReadonlySet<string>;
  /** Units whose variant a person chose, by their type: hashes as `core/unit-hash.ts` makes them. */
  readonly overridden: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What taking events needs of a ruleset. */
export interface IntakeRules {
  readonly environment: string;
  readonly generation: number;
  readonly shards: number;
  /** SDK keys by their SHA-256. */
  readonly keys: ReadonlyMap<string, RulesetKey>;
  /** Where it is there, units are counted and kept as hashes with this salt only. */
  readonly unitIdSalt: string | undefined;
  readonly experiments: ReadonlyMap<string, CountedExperiment>;
}

const intakeRules = (encoded: EncodedRuleset): IntakeRules => {
  const { environment, generation, shards, unit_id_salt, keys, experiments, overrides } = decodeRuleset(encoded);
  const overridesOf = Map.groupBy(overrides, ({ experiment }) => experiment);
  return {
    environment,
    generation,
    shards,
    keys: new Map(keys.map((key) => [key.hash, key])),
    unitIdSalt: unit_id_salt,
    experiments: new Map(
      experiments.map(({ key, unit_type, variants }) => {
        const variantKeys = new Set(variants.map((variant) => variant.key));
        // As in a decision, an override to a variant that is gone is none.
        const own = overridesOf.get(key)?.filter(({ variant = "" }) => variantKeys.has(variant)) ?? [];
        const byType = Map.groupBy(own, (override) => override.unit_type);
        const overridden = new Map(
          [...byType].map(([type, each]) => [type, new Set(each.map(({ unit_hash }) => unit_hash))]),
        );
        return [key, { unitType: unit_type, variants: variantKeys, overridden }];
      }),
    ),
  };
};

const source = createRulesetSource({ compile: intakeRules });

/** Between two refreshes that requests ask for. */
const REFRESH_INTERVAL_MS = 500;
const POLL_MS = 50;

interface Refresh {
  readonly beganAt: number;
  /** Of the last refresh that has finished. */
  readonly finished: { readonly beganAt: number; readonly isNewest: boolean };
}
const NEVER: Refresh = { beganAt: -Infinity, finished: { beganAt: -Infinity, isNewest: false } };

/** The last refresh, by environment. */
const refreshes = new Map<string, Refresh>();

type Context = Pick<ExecutionContext, "waitUntil">;

/** The rules in memory. Undefined when there are none to be had. */
export const findRules = async (env: Env, environment: string, ctx: Context): Promise<IntakeRules | undefined> =>
  (await source.get(env, environment, (promise) => ctx.waitUntil(promise)))?.compiled;

/** Whether this environment has nothing published, and thus no keys. Known once its rules were looked for. */
export const isAbsent = (environment: string): boolean => source.isAbsent(environment);

/**
 * Rules that were current at `since` or later, ms since 1970: before something is refused as unknown, it must be unknown
 * to a ruleset that was read after the request came. However many ask, there is one refresh per interval, and the others
 * wait for it: a page that sends the same typing error all day costs nothing but its own time.
 *
 * They wait by looking again, not on the refreshing request's promise, which would be lost with that request. Undefined
 * when the newest ruleset cannot be read, so that nobody knows what is unknown.
 */
export const rulesSince = async (
  env: Env,
  environment: string,
  since: number,
  ctx: Context,
): Promise<IntakeRules | undefined> => {
  for (;;) {
    const { beganAt, finished } = refreshes.get(environment) ?? NEVER;
    if (finished.beganAt >= since) return finished.isNewest ? findRules(env, environment, ctx) : undefined;
    const waitMs = beganAt + REFRESH_INTERVAL_MS - Date.now();
    if (waitMs > 0) {
      await scheduler.wait(Math.min(waitMs, POLL_MS));
      continue;
    }
    const mine = Date.now();
    refreshes.set(environment, { beganAt: mine, finished });
    const { loaded, isNewest } = await source.refresh(env, environment);
    const later = refreshes.get(environment) ?? NEVER;
    refreshes.set(environment, { beganAt: Math.max(mine, later.beganAt), finished: { beganAt: mine, isNewest } });
    return isNewest ? loaded?.compiled : undefined;
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
      message: `experiment_key: No experiment called ${JSON.stringify(experiment_key)} is counted in ${environment}: it was never started there, or has been archived.`,
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
  const overridden = units.find(([type, unit]) => experiment.overridden.get(type)?.has(unitHash(type, unit)) === true);
  if (overridden)
    return {
      code: "overridden_unit",
      message: `units.${overridden[0]}: an override chose the variant of the experiment ${experiment_key} for this unit, so it is not analysed; do not expose decisions with reason override.`,
    };
  return undefined;
};
