import { isDeepStrictEqual } from "node:util";
import murmurhash from "murmurhash";
import type { Assignment, DecisionReason, FlagDecision, FlagReason } from "../../contract/decision.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { Prerequisite } from "../../contract/prerequisite.ts";
import type { Ruleset, RulesetExperiment, RulesetFlag } from "../../contract/ruleset.ts";
import type { Condition, Rule } from "../../contract/targeting.ts";
import type { EvaluateInput } from "../../core/evaluate.ts";
import { idListOf } from "../../core/id-list.ts";
import { teamDraft } from "../../core/interleave.ts";
import { unitHash } from "../../core/unit-hash.ts";

const bucket = (unit: string, salt: string): number =>
  murmurhash.v3(new TextEncoder().encode(`${unit}:${salt}`), 0) % 10_000;

const own = (record: object, key: string): JsonValue | undefined =>
  Object.hasOwn(record, key) ? ((record as Record<string, JsonValue>)[key] ?? undefined) : undefined;

const isUnit = (value: JsonValue | undefined): value is string => typeof value === "string" && value !== "";

const served = (flag: RulesetFlag, value: JsonValue, name: string, reason: FlagReason): FlagDecision => {
  const named = Object.entries(flag.variants).find(([, each]) => isDeepStrictEqual(each, value));
  const variant = named?.[0] ?? (typeof value === "boolean" ? (value ? "on" : "off") : name);
  return { value, variant, reason };
};

/**
 * The contract of assignment, written to be read: no index, no column, nothing remembered, the hash of the npm package. It
 * knows the operators that `any-ruleset.ts` uses. `undefined` stands for a condition that it does not know.
 */
export const referenceEvaluator = (ruleset: Ruleset, input: EvaluateInput) => {
  const unitOf = (type: string): string | undefined => {
    return [own(input.units, type), own(input.context, type)].find(isUnit);
  };

  const attribute = (name: string): JsonValue | undefined => {
    const path = name
      .split(".")
      .reduce<JsonValue | undefined>(
        (value, key) =>
          value !== null && typeof value === "object" && !Array.isArray(value) ? own(value, key) : undefined,
        input.context,
      );
    return own(input.context, name) ?? path ?? own(input.units, name);
  };

  const isMember = (key: string): boolean | undefined => {
    const audience = ruleset.audiences.find((each) => each.key === key);
    if (!audience) return false;
    const conditions = audience.rules.flatMap((rule) => rule.conditions.map(holds));
    if (conditions.includes(undefined)) return undefined;
    const id = audience.ids && attribute(audience.ids.attribute);
    if (audience.ids && typeof id === "string" && idListOf(audience.ids.list).has(id)) return true;
    return audience.rules.some((rule) => rule.conditions.every(holds));
  };

  const holds = (condition: Condition): boolean | undefined => {
    if ("not" in condition) {
      const inner = holds(condition.not);
      return inner === undefined ? undefined : !inner;
    }
    if ("all" in condition || "any" in condition) {
      const members = ("all" in condition ? condition.all : condition.any).map(holds);
      if (members.includes(undefined)) return undefined;
      return "all" in condition ? members.every(Boolean) : members.some(Boolean);
    }
    if (!("attribute" in condition)) {
      const member = isMember(condition.value);
      return condition.operator === "in_audience" || member === undefined ? member : !member;
    }
    const actual = attribute(condition.attribute);
    const value = "value" in condition ? condition.value : undefined;
    const order = typeof actual === "number" && typeof value === "number" ? actual - value : Number.NaN;
    const isListed = Array.isArray(value) && value.some((each) => each === actual);
    const results = new Map([
      ["eq", actual === value],
      ["neq", actual !== value],
      ["in", isListed],
      ["not_in", !isListed],
      ["gt", order > 0],
      ["gte", order >= 0],
      ["lt", order < 0],
      ["lte", order <= 0],
      ["exists", actual !== undefined],
      ["not_exists", actual === undefined],
    ]);
    return results.get(condition.operator);
  };

  /** All of the conditions: false when one is false, unknown when one of the others is unknown. */
  const all = (conditions: readonly Condition[]): boolean | undefined => {
    const results = conditions.map(holds);
    if (results.includes(false)) return false;
    return results.includes(undefined) ? undefined : true;
  };

  const matches = (rules: readonly Rule[]): boolean | undefined => {
    if (rules.length === 0) return true;
    const results = rules.map(({ conditions }) => all(conditions));
    if (results.includes(true)) return true;
    return results.includes(undefined) ? undefined : false;
  };

  const heldOut = (kind: "experiments" | "flags", key: string): boolean =>
    ruleset.holdouts.some(({ unit_type, salt, share_bp, covers }) => {
      const unit = unitOf(unit_type);
      return unit !== undefined && bucket(unit, salt) < share_bp && (covers === null || covers[kind].includes(key));
    });

  const overrides = ruleset.overrides.filter(({ unit_type, unit_hash }) => {
    const unit = unitOf(unit_type);
    return unit !== undefined && unitHash(unit_type, unit) === unit_hash;
  });

  const meets = (prerequisite: Prerequisite): boolean => {
    if ("flag" in prerequisite) {
      const flag = ruleset.flags.find(({ key }) => key === prerequisite.flag);
      return flag !== undefined && isDeepStrictEqual(decideFlag(flag).value, prerequisite.value);
    }
    const experiment = ruleset.experiments.find(({ key }) => key === prerequisite.experiment);
    if (!experiment) return false;
    const { variant } = decide(experiment);
    return variant !== undefined && prerequisite.variants.includes(variant);
  };

  const decide = (experiment: RulesetExperiment): { reason: DecisionReason; variant?: string; unit?: string } => {
    const { key, salt, variants, slots, starts_at, ends_at, switchback_minutes } = experiment;
    if (!ruleset.enabled) return { reason: "environment_off" };
    if (experiment.status !== "running") return { reason: "not_running" };
    if (starts_at !== undefined && input.now < starts_at) return { reason: "outside_dates" };
    if (ends_at !== undefined && input.now >= ends_at) return { reason: "outside_dates" };
    const plain = unitOf(experiment.unit_type);
    const unit =
      plain && switchback_minutes ? `${plain}@${Math.floor(input.now / 60_000 / switchback_minutes)}` : plain;
    const chosen = overrides.find(
      (override) => override.experiment === key && variants.some((variant) => variant.key === override.variant),
    );
    if (chosen?.variant !== undefined) return { reason: "override", variant: chosen.variant, unit: unit ?? "" };
    if (unit === undefined) return { reason: "unit_missing" };
    if (heldOut("experiments", key)) return { reason: "holdout" };
    const slot = bucket(unit, experiment.layer_salt);
    if (!slots.some(({ range_start, range_end }) => range_start <= slot && slot <= range_end))
      return { reason: "outside_slot" };
    const isTargeted = matches(experiment.rules);
    if (isTargeted === undefined) return { reason: "error" };
    if (!isTargeted) return { reason: "targeting" };
    if (!(experiment.prerequisites ?? []).every(meets)) return { reason: "prerequisite" };
    const had = input.sticky && own(input.sticky, key);
    const kept = experiment.is_sticky && variants.find((variant) => variant.key === had);
    if (kept) return { reason: "sticky", variant: kept.key, unit };
    let end = 0;
    for (const variant of variants) {
      end += variant.weight_bp;
      if (bucket(unit, salt) < end) return { reason: "assigned", variant: variant.key, unit };
    }
    return { reason: "error" };
  };

  const experiment = (name: string): Assignment => {
    const found =
      ruleset.experiments.find(({ key }) => key === name) ?? ruleset.experiments.find(({ id }) => id === name);
    if (!found || (input.isClient && found.is_server_only))
      return {
        experiment_key: name,
        experiment_id: null,
        variant_key: null,
        variant_id: null,
        payload: null,
        reason: "unknown_experiment",
      };
    const { reason, variant: key, unit = "" } = decide(found);
    const variant = found.variants.find((each) => each.key === key);
    const rankings = input.rankings && Object.hasOwn(input.rankings, found.key) ? input.rankings[found.key] : undefined;
    const ranking = (place: number) => {
      const variant_key = found.variants[place]?.key ?? "";
      return {
        variant_key,
        items: rankings && Object.hasOwn(rankings, variant_key) ? (rankings[variant_key] ?? []) : [],
      };
    };
    return {
      experiment_key: found.key,
      experiment_id: found.id,
      variant_key: variant?.key ?? null,
      variant_id: variant?.id ?? null,
      payload: variant?.config ?? null,
      reason,
      ...(variant &&
        rankings &&
        found.type === "interleaving" && { interleaved: teamDraft(unit, found.salt, ranking(0), ranking(1)) }),
    };
  };

  const decideFlag = (flag: RulesetFlag): FlagDecision => {
    const byDefault = (reason: FlagReason) => served(flag, flag.default_value, "default", reason);
    const whenOff = (reason: FlagReason) =>
      flag.off_value === undefined ? byDefault(reason) : served(flag, flag.off_value, "off", reason);
    if (!ruleset.enabled) return whenOff("environment_off");
    if (!flag.enabled) return whenOff("off");
    const chosen = overrides.find((override) => override.flag === flag.key);
    if (chosen) {
      const value = chosen.value ?? null;
      return served(flag, value, isDeepStrictEqual(value, flag.default_value) ? "default" : "override", "override");
    }
    if (heldOut("flags", flag.key)) return byDefault("holdout");
    if (!flag.prerequisites.every(meets)) return byDefault("prerequisite");
    for (const [index, rule] of flag.rules.entries()) {
      const applies = all(rule.conditions);
      if (applies === undefined) return byDefault("error");
      if (!applies) continue;
      if (rule.experiment) {
        const { key, values } = rule.experiment;
        const hanging = ruleset.experiments.find(
          (each) => each.key === key && !(input.isClient === true && each.is_server_only),
        );
        if (!hanging) continue;
        const { reason, variant } = decide(hanging);
        if (reason === "unit_missing") return byDefault("unit_missing");
        if (variant === undefined) continue;
        if (!Object.hasOwn(values, variant)) return byDefault("error");
        return {
          value: values[variant] ?? null,
          variant,
          reason: reason === "override" ? "override" : "experiment",
          experiment_key: key,
        };
      }
      const { rollout, value = null } = rule;
      if (rollout) {
        const unit = unitOf(rollout.unit_type);
        if (unit === undefined) return byDefault("unit_missing");
        const begun = rollout.schedule.filter(({ at }) => at <= input.now);
        if (bucket(unit, rollout.salt) >= (begun.at(-1)?.share_bp ?? rollout.share_bp)) continue;
      }
      const { variant, reason } = served(flag, value, rule.name || `rule_${index + 1}`, rollout ? "rollout" : "rule");
      return { value, variant: rule.variant ?? variant, reason };
    }
    return byDefault(flag.rules.length === 0 ? "static" : "default");
  };

  const isKnown = ({ is_server_only }: RulesetFlag): boolean => !(input.isClient && is_server_only);

  return {
    experiment,
    experiments: (): Assignment[] =>
      ruleset.experiments.map(({ key }) => experiment(key)).filter(({ variant_key }) => variant_key !== null),
    flag: (key: string): FlagDecision => {
      const found = ruleset.flags.find((each) => each.key === key);
      return found && isKnown(found) ? decideFlag(found) : { value: null, variant: null, reason: "unknown_flag" };
    },
    flags: (): [string, FlagDecision][] => ruleset.flags.filter(isKnown).map((flag) => [flag.key, decideFlag(flag)]),
  };
};
