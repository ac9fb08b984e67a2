import type { JsonValue } from "../contract/json.ts";
import type { Prerequisite } from "../contract/prerequisite.ts";
import type { Ruleset, RulesetAudience, RulesetExperiment, RulesetFlag, RulesetHoldout } from "../contract/ruleset.ts";
import type { Condition, Rule, SimpleCondition } from "../contract/targeting.ts";
import { isPersonalAttribute } from "./personal-attribute.ts";

/** A ruleset that anybody may read, and the keys of what only `POST /v1/decide` can decide for a client. */
export interface ClientRuleset extends Ruleset {
  readonly remote: { readonly experiments: readonly string[]; readonly flags: readonly string[] };
}

/**
 * What a ruleset holds for client keys. There is nothing in it that is server-only, no SDK key, nothing that only says how
 * events are counted, and no audience with a list of ids. Left out is also what seems to name people or accounts: conditions that compare a unit or an attribute such
 * as `customer_id` or `email` (see `personal-attribute.ts`) or compare anything with a value that has an `@` in it, and flags
 * with a rule that has one in its name. So is whatever depends on something that is left out, by its targeting, a prerequisite
 * or a flag's experiment; unless that is itself server-only, it is named in `remote`. What is there decides as the whole ruleset
 * does. Overrides stay: they hold hashes of units only.
 *
 * That is a rule of thumb: an attribute `team` whose values are people's names is shown. The sure way to keep a list from
 * browsers is an audience with ids, or to make the flag or experiment server-only.
 */
export const clientRuleset = (ruleset: Ruleset): ClientRuleset => {
  const isPrivate = privateConditions(ruleset);
  const hidden = new Set([
    ...ruleset.experiments.filter(({ is_server_only }) => is_server_only).map(({ key }) => `experiment ${key}`),
    ...ruleset.flags.filter(({ is_server_only }) => is_server_only).map(({ key }) => `flag ${key}`),
  ]);
  const needsHidden = (prerequisite: Prerequisite): boolean =>
    hidden.has("flag" in prerequisite ? `flag ${prerequisite.flag}` : `experiment ${prerequisite.experiment}`);
  const isHiddenExperiment = ({ key, rules, prerequisites = [] }: RulesetExperiment): boolean =>
    hidden.has(`experiment ${key}`) || rules.some(hasAny(isPrivate)) || prerequisites.some(needsHidden);
  const isHiddenFlag = ({ key, rules, prerequisites }: RulesetFlag): boolean =>
    hidden.has(`flag ${key}`) ||
    rules.some(({ name }) => name.includes("@")) ||
    rules.some(hasAny(isPrivate)) ||
    rules.some(({ experiment }) => experiment && hidden.has(`experiment ${experiment.key}`)) ||
    prerequisites.some(needsHidden);

  // What is hidden hides what depends on it, until nothing more is.
  for (let before = -1; before < hidden.size;) {
    before = hidden.size;
    for (const experiment of ruleset.experiments)
      if (isHiddenExperiment(experiment)) hidden.add(`experiment ${experiment.key}`);
    for (const flag of ruleset.flags) if (isHiddenFlag(flag)) hidden.add(`flag ${flag.key}`);
  }

  const isShownExperiment = (key: string): boolean => !hidden.has(`experiment ${key}`);
  const isShownFlag = (key: string): boolean => !hidden.has(`flag ${key}`);
  const experiments = ruleset.experiments.filter(({ key }) => isShownExperiment(key));
  const flags = ruleset.flags.filter(({ key }) => isShownFlag(key));
  const shown = {
    experiments: new Set(experiments.map(({ key }) => key)),
    flags: new Set(flags.map(({ key }) => key)),
  };
  const { unit_id_salt: _, ...open } = ruleset;
  return {
    ...open,
    keys: [],
    metrics: [],
    experiments: experiments.map(decidedBy),
    flags,
    audiences: audiencesOf(ruleset.audiences, [...experiments, ...flags]),
    holdouts: ruleset.holdouts.flatMap<RulesetHoldout>(({ covers, ...holdout }) => {
      if (covers === null) return [{ ...holdout, covers }];
      const covered = {
        experiments: covers.experiments.filter((key) => shown.experiments.has(key)),
        flags: covers.flags.filter((key) => shown.flags.has(key)),
      };
      return covered.experiments.length + covered.flags.length === 0 ? [] : [{ ...holdout, covers: covered }];
    }),
    overrides: ruleset.overrides.filter(
      ({ experiment, flag }) =>
        (experiment !== undefined && shown.experiments.has(experiment)) ||
        (flag !== undefined && shown.flags.has(flag)),
    ),
    remote: {
      experiments: remoteKeys(ruleset.experiments, shown.experiments),
      flags: remoteKeys(ruleset.flags, shown.flags),
    },
  };
};

/** An experiment without what is read only to count. */
const decidedBy = ({
  burn_in_minutes: _burnIn,
  dimensions: _dimensions,
  watched: _watched,
  member_type: _memberType,
  ...experiment
}: RulesetExperiment): RulesetExperiment => ({ ...experiment, metrics: [] });

const remoteKeys = (
  all: readonly { readonly key: string; readonly is_server_only?: true | undefined }[],
  shown: ReadonlySet<string>,
): string[] => all.filter(({ key, is_server_only }) => !is_server_only && !shown.has(key)).map(({ key }) => key);

const hasAny =
  (test: (condition: SimpleCondition) => boolean) =>
  ({ conditions }: Pick<Rule, "conditions">): boolean =>
    conditions.flatMap(simpleConditions).some(test);

/** The conditions of a group, however deep. */
const simpleConditions = (condition: Condition): SimpleCondition[] => {
  if ("all" in condition) return condition.all.flatMap(simpleConditions);
  if ("any" in condition) return condition.any.flatMap(simpleConditions);
  return "not" in condition ? simpleConditions(condition.not) : [condition];
};

/** Everybody may know where he is. */
const isPlace = (attribute: string): boolean =>
  attribute === "country" || attribute === "edge" || attribute.startsWith("edge.");

/** Whether a condition seems to name people or accounts, or asks for an audience that does so somewhere. */
const privateConditions = (ruleset: Ruleset): ((condition: SimpleCondition) => boolean) => {
  const unitTypes = new Set(
    [
      "user_id",
      ...[...ruleset.experiments, ...ruleset.flags, ...ruleset.holdouts, ...ruleset.overrides].map(
        ({ unit_type }) => unit_type,
      ),
      ...ruleset.flags.flatMap(({ rules }) => rules.flatMap(({ rollout }) => (rollout ? [rollout.unit_type] : []))),
      ...ruleset.audiences.flatMap(({ ids }) => (ids ? [ids.attribute] : [])),
    ].filter((type) => !isPlace(type)),
  );
  const privateAudiences = new Set<string>();

  const isPrivate = (condition: SimpleCondition): boolean => {
    if (!("attribute" in condition)) return privateAudiences.has(condition.value);
    if (!("value" in condition)) return false;
    const { attribute, value } = condition;
    if (unitTypes.has(attribute) || (isPersonalAttribute(attribute) && !isPlace(attribute))) return true;
    return [attribute, value].flat().some((each: JsonValue) => typeof each === "string" && each.includes("@"));
  };

  for (let before = -1; before < privateAudiences.size;) {
    before = privateAudiences.size;
    for (const { key, rules, ids } of ruleset.audiences)
      if (ids || rules.some(hasAny(isPrivate))) privateAudiences.add(key);
  }
  return isPrivate;
};

/** The audiences that rules ask for, and those that these ask for in turn. */
const audiencesOf = (
  audiences: readonly RulesetAudience[],
  targeted: readonly { readonly rules: readonly Pick<Rule, "conditions">[] }[],
): RulesetAudience[] => {
  const byKey = new Map(audiences.map((audience) => [audience.key, audience]));
  const asked = new Set<string>();
  const ask = ({ rules }: { readonly rules: readonly Pick<Rule, "conditions">[] }): void => {
    for (const condition of rules.flatMap(({ conditions }) => conditions.flatMap(simpleConditions))) {
      if ("attribute" in condition || asked.has(condition.value)) continue;
      asked.add(condition.value);
      const audience = byKey.get(condition.value);
      if (audience) ask(audience);
    }
  };
  for (const each of targeted) ask(each);
  return audiences.filter(({ key }) => asked.has(key));
};
