import { FlagdCore } from "@openfeature/flagd-core";
import { type MakePeer, at, predicateOf } from "./peer.ts";

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/**
 * One core with the parsed flags, and targeting compiled to functions, which is its default. Resolves flag by flag, because
 * that is an eighth faster than its `resolveAll`.
 */
export const flagd: MakePeer = (ruleset, users) => {
  const core = new FlagdCore(undefined, silent);
  const flags = ruleset.experiments.map((experiment) => {
    const { countries, plan } = predicateOf(experiment);
    const isEligible = { and: [{ in: [{ var: "country" }, countries] }, { "===": [{ var: "plan" }, plan] }] };
    const split = { fractional: experiment.variants.map(({ key, weight_bp }) => [key, weight_bp]) };
    return [
      experiment.key,
      {
        state: "ENABLED",
        variants: {
          ...Object.fromEntries(experiment.variants.map(({ key, config }) => [key, config])),
          none: {},
        },
        defaultVariant: "none",
        targeting: { if: [isEligible, split, null] },
      },
    ];
  });
  core.setConfigurations(JSON.stringify({ flags: Object.fromEntries(flags) }));
  const keys = ruleset.experiments.map(({ key }) => key);
  const contexts = users.map(({ id, country, plan }) => ({ targetingKey: id, country, plan }));
  const all = (user: number) => keys.map((key) => core.resolveObjectEvaluation(key, {}, at(contexts, user)));
  return {
    name: "@openfeature/flagd-core",
    all,
    one: (user, experiment) => core.resolveObjectEvaluation(at(keys, experiment), {}, at(contexts, user)),
    matches: (user) => all(user).filter(({ reason }) => reason === "TARGETING_MATCH").length,
  };
};
