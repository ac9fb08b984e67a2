import type {
  Ruleset,
  RulesetAudience,
  RulesetExperiment,
  RulesetFlag,
  RulesetHoldout,
  RulesetKey,
  RulesetMetric,
  RulesetOverride,
} from "./ruleset.ts";
import type { Condition, Scalar } from "./targeting.ts";

/**
 * Integers from 0, one an experiment unless it says otherwise: all of them with the same number of base-64 digits
 * (`0-9A-Za-z-_`). First the highest digits of all of them, then the next ones. Empty when all of them are 0.
 */
export type Numbers = string;

/** Texts, one an experiment unless it says otherwise, with U+007F between them. Empty when all are; an array when one holds U+007F. */
export type Texts = string | readonly string[];

/** Integers of either sign. */
export interface Offsets {
  readonly least: number;
  /** How much more than the least each of them is. */
  readonly more: Numbers;
}

/**
 * Texts that are made of few words: runs of letters and digits. A template has what is between a text's words, and numbers in
 * place of them: `[0, "_", 1]`. Number n is the nth distinct word of the text that is not one of the text beside it, from 0; −n is
 * the nth distinct word of the text beside it, from 1.
 */
export interface EncodedWords {
  readonly templates: readonly (readonly (string | number)[])[];
  readonly template: Numbers;
  /** For each number of templates, which words it stands for, by frequency. */
  readonly words: readonly Texts[];
  /** For each number of templates, the word that it stands for in each text; 0 in those that do not have it. */
  readonly word: readonly Numbers[];
}

/** Ids `exp_<10 digits of time><8 random ones>` of Crockford's base 32. */
export interface EncodedIds {
  /** The first time, in ms. */
  readonly from: number;
  /** From each time to the next; 0 for the first one. */
  readonly steps: Offsets;
  /** The random digits of all of them. */
  readonly tails: string;
}

/** Conditions, rules and lists of rules, each distinct one once and named by its place. */
export interface EncodedTargeting {
  /** `[attribute, values]`: whatever `eq` and `in` compare an attribute with. A term is the place of a value among all of these. */
  readonly terms: readonly (readonly [attribute: string, values: readonly Scalar[]])[];
  /** `eq` and `in` come first among the conditions: `e` or `i` for each of them. */
  readonly lookups: string;
  /** How many terms each lookup has, and those of all of them in turn. */
  readonly lookup_sizes: Numbers;
  readonly lookup_terms: Numbers;
  readonly lookup_term_count: number;
  /** The other conditions, numbered after the lookups. */
  readonly conditions: readonly Condition[];
  /** How many conditions each rule has, and those of all of them in turn. */
  readonly rule_count: number;
  readonly rule_sizes: Numbers;
  readonly rule_conditions: Numbers;
  readonly rule_condition_count: number;
  /** How many rules each list has, and those of all of them in turn. List 0 is the empty one. */
  readonly list_count: number;
  readonly list_sizes: Numbers;
  readonly list_rules: Numbers;
  readonly list_rule_count: number;
}

/** How an experiment's traffic is split: its variants without what differs from one experiment to the next. */
export interface EncodedSplit {
  readonly keys: readonly string[];
  readonly weights_bp: readonly number[];
  /** Places of the controls. */
  readonly controls: readonly number[];
}

/** What few experiments have. */
export interface RareFields extends Partial<
  Pick<
    RulesetExperiment,
    | "starts_at"
    | "ends_at"
    | "prerequisites"
    | "is_sticky"
    | "is_server_only"
    | "switchback_minutes"
    | "burn_in_minutes"
    | "dimensions"
    | "watched"
    | "member_type"
    | "phases"
  >
> {
  readonly url?: string;
}

/** A column of each thing that experiments have. */
export interface EncodedExperiments {
  readonly count: number;
  readonly ids: Texts | EncodedIds;
  readonly keys: Texts | EncodedWords;
  /** Empty for the last 8 characters of the id in lower case. */
  readonly salts: Texts;
  /** `a` for ab, `s` for split_url, `i` for interleaving. */
  readonly types: string;
  /** `r` for running, `p` for paused, `c` for completed. */
  readonly statuses: string;
  readonly unit_types: readonly string[];
  readonly unit_type: Numbers;
  /** Salts of layers; 0 stands for a layer of the experiment's own, whose salt is `<salt>/traffic`, n for the nth of these. */
  readonly layers: readonly string[];
  readonly layer: Numbers;
  /** `[start, end, start, end, …]`; number 0 is the whole layer. */
  readonly slots: readonly (readonly number[])[];
  readonly slot: Numbers;
  /** List of rules, see {@link EncodedTargeting}. */
  readonly rules: Numbers;
  readonly splits: readonly EncodedSplit[];
  readonly split: Numbers;
  /** Variants' ids as a JSON array; empty when they are `var_<what follows exp_ in the id>_<n>`, n from 1. */
  readonly variant_ids: Texts;
  /** Variants' payloads as a JSON array; empty when all of them are null. The text beside it is the key. */
  readonly payloads: Texts | EncodedWords;
  readonly metric_sets: readonly RulesetExperiment["metrics"][];
  readonly metric_set: Numbers;
  /** Start of the first phase in ms since the time in the id; since 1970 where ids are {@link Texts}. */
  readonly started: Offsets;
  /** By place of the experiment. `phases` is here unless it is the first one only. */
  readonly rare: readonly (readonly [place: number, fields: RareFields])[];
}

/** A metric as rulesets had it when they knew one event of each: still what a version of that time holds. */
export interface FormerMetric extends Pick<RulesetMetric, "id" | "key" | "type" | "cap" | "window_hours"> {
  readonly event: string | null;
  readonly value: string;
}

/**
 * A ruleset as it is stored, hashed and sent: `core/encode-ruleset.ts` writes it. Thousands of experiments load in milliseconds
 * because they are columns, and what they share is said once.
 */
export interface EncodedRuleset extends Pick<
  Ruleset,
  "environment" | "enabled" | "generation" | "shards" | "unit_id_salt"
> {
  /** Grows when an older reader would misunderstand it. */
  readonly format: 2;
  readonly keys: readonly RulesetKey[];
  readonly audiences: readonly RulesetAudience[];
  readonly holdouts: readonly RulesetHoldout[];
  readonly targeting: EncodedTargeting;
  readonly experiments: EncodedExperiments;
  readonly flags: readonly RulesetFlag[];
  readonly overrides: readonly RulesetOverride[];
  readonly metrics: readonly (RulesetMetric | FormerMetric)[];
}
