import { GrowthBookClient } from "@growthbook/growthbook";
import { type MakePeer, at, predicateOf } from "./peer.ts";

/** One client for all users with a parsed payload, and a context a user: its form for servers. */
export const growthbook: MakePeer = (ruleset, users) => {
  const features = Object.fromEntries(
    ruleset.experiments.map((experiment) => {
      const { countries, plan } = predicateOf(experiment);
      return [
        experiment.key,
        {
          defaultValue: null,
          rules: [
            {
              condition: { country: { $in: [...countries] }, plan },
              key: experiment.key,
              seed: experiment.salt,
              hashAttribute: "id",
              hashVersion: 2,
              coverage: 1,
              weights: experiment.variants.map(({ weight_bp }) => weight_bp / 10_000),
              variations: experiment.variants.map(({ config }) => config),
            },
          ],
        },
      ];
    }),
  );
  const client = new GrowthBookClient().initSync({ payload: { features } });
  const keys = Object.keys(features);
  const contexts = users.map(({ id, country, plan }) => ({ attributes: { id, country, plan } }));
  const all = (user: number) => keys.map((key) => client.evalFeature(key, at(contexts, user)));
  return {
    name: "@growthbook/growthbook",
    all,
    one: (user, experiment) => client.evalFeature(at(keys, experiment), at(contexts, user)),
    matches: (user) => all(user).filter(({ source }) => source === "experiment").length,
  };
};
