import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { shareBp } from "../../core/share.ts";
import { compileRulesets } from "../../d1/ruleset.ts";
import type { Env } from "./env.ts";

/**
 * Compiles and publishes every environment. Safe to repeat at any time: a publisher ignores what is older than what it has,
 * and makes no new version of the same. Throws when a publisher could not be reached; the cron of each minute tries again.
 */
export const publishAll = async (env: Pick<Env, "DB" | "PUBLISHER">): Promise<void> => {
  const { revision, rulesets } = await compileRulesets(env.DB, shareBp);
  const outcomes = await Promise.allSettled(
    rulesets.map((ruleset) =>
      env.PUBLISHER.getByName(ruleset.environment).publish({
        environment: ruleset.environment,
        text: JSON.stringify(encodeRuleset(ruleset)),
        source_revision: revision,
      }),
    ),
  );
  const failures = outcomes.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason as unknown);
  if (failures.length > 0) throw new AggregateError(failures, "Some environments could not be published.");
};
