import type { FlagDecision, FlagReason } from "../contract/decision.ts";
import type { JsonValue } from "../contract/json.ts";
import type { RulesetFlag, RulesetFlagRule } from "../contract/ruleset.ts";
import type { Condition } from "../contract/targeting.ts";
import type { Compiled } from "./compile-targeting.ts";
import { jsonEquals } from "./json-equals.ts";

/** A decision that is shared by all who get it, and its JSON text once somebody asked for that. Never to be changed. */
export interface FlagAnswer {
  readonly decision: FlagDecision;
  text?: string;
}

export interface CompiledFlagRule {
  readonly rule: RulesetFlagRule;
  readonly conditions: readonly Compiled[];
  /** The answer of a rule with a value. */
  readonly answer: FlagAnswer;
  /** The answer for a variant of the rule's experiment; `undefined` when the rule has no value for it. */
  readonly answerFor: (variantKey: string, isOverride: boolean) => FlagAnswer | undefined;
}

/** A flag, ready to be decided. */
export interface CompiledFlag {
  readonly flag: RulesetFlag;
  readonly rules: readonly CompiledFlagRule[];
  /** `default_value` for a reason. */
  readonly byDefault: (reason: FlagReason) => FlagAnswer;
  /** `off_value`, or else `default_value`, for a reason. */
  readonly whenOff: (reason: FlagReason) => FlagAnswer;
  readonly overridden: (value: JsonValue) => FlagAnswer;
}

export const compileFlag = (flag: RulesetFlag, compile: (condition: Condition) => Compiled): CompiledFlag => {
  const answer = (value: JsonValue, fallbackName: string, reason: FlagReason): FlagAnswer => ({
    decision: { value, variant: nameOf(flag, value) ?? fallbackName, reason },
  });
  const byDefault = remember((reason: FlagReason) => answer(flag.default_value, "default", reason));
  return {
    flag,
    rules: flag.rules.map((rule, index) => compileRule(flag, rule, index, compile)),
    byDefault,
    whenOff:
      flag.off_value === undefined
        ? byDefault
        : remember((reason: FlagReason) => answer(flag.off_value ?? null, "off", reason)),
    overridden: (value) => answer(value, jsonEquals(value, flag.default_value) ? "default" : "override", "override"),
  };
};

const compileRule = (
  flag: RulesetFlag,
  rule: RulesetFlagRule,
  index: number,
  compile: (condition: Condition) => Compiled,
): CompiledFlagRule => {
  const value = rule.value ?? null;
  const variant = rule.variant ?? nameOf(flag, value) ?? (rule.name || `rule_${index + 1}`);
  const answers = new Map<string, FlagAnswer>();
  return {
    rule,
    conditions: rule.conditions.map(compile),
    answer: { decision: { value, variant, reason: rule.rollout ? "rollout" : "rule" } },
    answerFor: (variantKey, isOverride) => {
      const { key = "", values = {} } = rule.experiment ?? {};
      if (!Object.hasOwn(values, variantKey)) return undefined;
      const name = `${isOverride ? "override" : "experiment"}:${variantKey}`;
      let answer = answers.get(name);
      if (!answer) {
        const reason = isOverride ? "override" : "experiment";
        const decision = {
          value: values[variantKey] ?? null,
          variant: variantKey,
          reason,
          experiment_key: key,
        } as const;
        answers.set(name, (answer = { decision }));
      }
      return answer;
    },
  };
};

/** The name that a value has by itself: of `variants`, or `on` and `off` for booleans. */
const nameOf = ({ variants }: RulesetFlag, value: JsonValue): string | undefined => {
  const named = Object.entries(variants).find(([, each]) => jsonEquals(each, value));
  if (named) return named[0];
  if (typeof value === "boolean") return value ? "on" : "off";
  return undefined;
};

const remember = (make: (reason: FlagReason) => FlagAnswer): ((reason: FlagReason) => FlagAnswer) => {
  const answers = new Map<FlagReason, FlagAnswer>();
  return (reason) => {
    const known = answers.get(reason) ?? make(reason);
    answers.set(reason, known);
    return known;
  };
};
