import type { Flag, FlagEnvironment, FlagRule, FlagType } from "../../contract/flag.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { Prerequisite } from "../../contract/prerequisite.ts";
import { conditionWords } from "../experiments/targeting-words.ts";
import { formatPercent } from "../format/number.ts";

export const FLAG_TYPES = ["boolean", "string", "integer", "float", "object"] as const satisfies FlagType[];

export const FLAG_TYPE_WORD: Readonly<Record<FlagType, string>> = {
  boolean: "On or off",
  string: "Text",
  integer: "Whole number",
  float: "Number",
  object: "JSON object",
};

/** A value as it is shown in a line. */
export const valueWords = (value: JsonValue | undefined): string => {
  if (value === undefined || value === null) return "the default in your code";
  if (value === true) return "on";
  if (value === false) return "off";
  return JSON.stringify(value);
};

/** Whole percents without decimals; 0.07 of a hundred is not quite 7 in floating point. */
const shareWords = (share: number): string =>
  formatPercent(share, Number.isInteger(Number((share * 100).toFixed(6))) ? 0 : 2);

/** Whom a rule applies to: `everyone`, or its conditions in words. */
export const whomWords = ({ conditions }: FlagRule): string =>
  conditions.length === 0 ? "everyone" : `those where ${conditions.map(conditionWords).join(" and ")}`;

/** What a rule does: `25 % get on`, `all get on`. */
export const outcomeWords = (rule: FlagRule): string => {
  if (rule.experiment !== null) return `those in the experiment ${rule.experiment} get its values`;
  const value = rule.variant ?? valueWords(rule.value);
  return rule.rollout === null ? `all get ${value}` : `${shareWords(rule.rollout)} get ${value}`;
};

/** The later steps of a ramp, `50 % from 2026-12-01`. */
export const rampWords = ({ schedule }: FlagRule): readonly string[] =>
  schedule.map(({ at, rollout }) => `${shareWords(rollout)} from ${at.slice(0, 16).replace("T", " ")} UTC`);

/** An environment in a word or two, for the list: `off`, `on, 3 rules`. */
export const environmentWords = (environment: FlagEnvironment | undefined): string => {
  if (!environment?.enabled) return "Off";
  const { length } = environment.rules;
  return length === 0 ? "On" : `On, ${length} ${length === 1 ? "rule" : "rules"}`;
};

export const prerequisiteWords = (prerequisite: Prerequisite): string =>
  "flag" in prerequisite
    ? `the flag ${prerequisite.flag} is ${valueWords(prerequisite.value)}`
    : `in ${prerequisite.variants.join(" or ")} of the experiment ${prerequisite.experiment}`;

/** What is served while the flag is off somewhere. */
export const offWords = (flag: Flag): string => valueWords(flag.off_value ?? flag.default_value);
