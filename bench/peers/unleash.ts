import { once } from "node:events";
import { InMemStorageProvider, PayloadType, Unleash } from "unleash-client";
import { type MakePeer, at, predicateOf } from "./peer.ts";

/**
 * One client with bootstrapped toggles, in memory, without metrics and without polling. Its one attempt to reach a server ends
 * at a closed port of this machine. Variants hang on the strategy, as Unleash has them today, and the strategy is the plain one,
 * so that only one hash is taken.
 */
export const unleash: MakePeer = async (ruleset, users) => {
  const client = new Unleash({
    url: "http://127.0.0.1:9/api/",
    appName: "bench",
    refreshInterval: 0,
    disableMetrics: true,
    skipInstanceCountWarning: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: {
      data: ruleset.experiments.map((experiment) => {
        const { countries, plan } = predicateOf(experiment);
        return {
          name: experiment.key,
          type: "experiment",
          enabled: true,
          project: "default",
          stale: false,
          impressionData: false,
          strategies: [
            {
              name: "default",
              parameters: { groupId: experiment.salt, stickiness: "userId" },
              segments: [],
              constraints: [
                { contextName: "country", operator: "IN", inverted: false, values: [...countries] },
                { contextName: "plan", operator: "IN", inverted: false, values: [plan] },
              ],
              variants: experiment.variants.map(({ key, weight_bp, config }) => ({
                name: key,
                weight: weight_bp / 10,
                weightType: "variable",
                stickiness: "userId",
                payload: { type: PayloadType.JSON, value: JSON.stringify(config) },
              })),
            },
          ],
          variants: [],
        };
      }) as never,
    },
  });
  client.on("error", () => undefined).on("warn", () => undefined);
  await once(client, "synchronized");
  const keys = ruleset.experiments.map(({ key }) => key);
  const contexts = users.map(({ id, country, plan }) => ({ userId: id, properties: { country, plan } }));
  const all = (user: number) => keys.map((key) => client.getVariant(key, at(contexts, user)));
  return {
    name: "unleash-client",
    all,
    one: (user, experiment) => client.getVariant(at(keys, experiment), at(contexts, user)),
    matches: (user) => all(user).filter(({ featureEnabled }) => featureEnabled).length,
  };
};
