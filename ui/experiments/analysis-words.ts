import type { AnalysisMethod, AnalysisSettings, Correction, Spending } from "../../contract/analysis-settings.ts";
import type { Experiment } from "../../contract/experiment.ts";
import { formatNumber, formatPercent } from "../format/number.ts";

export const METHODS = [
  "anytime",
  "group_sequential",
  "fixed_horizon",
  "bayesian",
] as const satisfies readonly AnalysisMethod[];

export const METHOD_WORD: Readonly<Record<AnalysisMethod, string>> = {
  anytime: "Always valid",
  group_sequential: "Planned looks",
  fixed_horizon: "Fixed horizon",
  bayesian: "Bayesian",
};

/** What choosing a method means, for somebody who has to choose one. */
export const METHOD_SENTENCE: Readonly<Record<AnalysisMethod, string>> = {
  anytime: "Look as often as you like and stop when it is clear; the intervals are a little wider for it.",
  group_sequential: "A fixed number of looks, evenly spread over the planned length; nothing is decided between them.",
  fixed_horizon: "Read once, at the planned end; the narrowest intervals, but looking early finds false winners.",
  bayesian: "A prior on the change and a decision by what a wrong choice would cost; it does not bound false alarms.",
};

export const CORRECTION_WORD: Readonly<Record<Correction, string>> = {
  none: "None",
  bonferroni: "Bonferroni",
  holm: "Holm",
  benjamini_hochberg: "Benjamini-Hochberg",
};

/** The correction that is really made: planned looks share α evenly among the variants, and a posterior has no p-values. */
export function correctionOf({ method, correction }: Pick<AnalysisSettings, "method" | "correction">): Correction {
  if (method === "bayesian") return "none";
  return method === "group_sequential" && correction !== "none" ? "bonferroni" : correction;
}

export const CORRECTIONS = [
  "holm",
  "bonferroni",
  "benjamini_hochberg",
  "none",
] as const satisfies readonly Correction[];

export const SPENDING_WORD: Readonly<Record<Spending, string>> = {
  obrien_fleming: "O’Brien-Fleming: strict early",
  pocock: "Pocock: as strict at every look",
  power: "Power, by ρ",
  hwang_shih_decani: "Hwang-Shih-DeCani, by γ",
};

export const SPENDINGS = [
  "obrien_fleming",
  "pocock",
  "power",
  "hwang_shih_decani",
] as const satisfies readonly Spending[];

/** Whether the results may be read before the planned end. */
export const isReadEarly = ({ method }: Pick<AnalysisSettings, "method">): boolean => method !== "fixed_horizon";

/** Whether ending the experiment on any day leaves its results as good as they were. */
export const mayEndAnyDay = ({ method }: Pick<AnalysisSettings, "method">): boolean =>
  method === "anytime" || method === "bayesian";

const INTERVAL: Readonly<Record<AnalysisMethod, readonly [before: string, after: string]>> = {
  anytime: ["always-valid ", " interval"],
  group_sequential: ["", " interval of the last look"],
  fixed_horizon: ["fixed-horizon ", " interval"],
  bayesian: ["", " credible interval"],
};

/** `always-valid 95 % interval` */
export function intervalWords(method: AnalysisMethod, significanceLevel: number): string {
  const [before, after] = INTERVAL[method];
  return `${before}${levelWords(significanceLevel)}${after}`;
}

/** The confidence that goes with a significance level: `95 %`, `99.5 %`. */
export function levelWords(significanceLevel: number): string {
  const level = 1 - significanceLevel;
  return formatPercent(level, Math.abs(level * 100 - Math.round(level * 100)) < 1e-9 ? 0 : 1);
}

/** A share with as many decimals as it has, three at most: `2 %`, `0.25 %`. */
export const shareWords = (share: number): string => `${Number((share * 100).toFixed(3))}\u00A0%`;

/** What a guardrail without a limit of its own may worsen by where no smallest change worth finding was named. */
const DEFAULT_LIMIT = 0.02;

/** `refunds (may worsen by 10 %)` */
export const guardrailWords = (
  { guardrail_limits, min_detectable_effect }: Pick<Experiment, "guardrail_limits" | "min_detectable_effect">,
  key: string,
): string => `${key} (may worsen by ${shareWords(guardrail_limits[key] ?? min_detectable_effect ?? DEFAULT_LIMIT)})`;

/** What of the settings the method has a use for, as name and value. */
export function methodFacts(settings: AnalysisSettings): readonly (readonly [name: string, value: string])[] {
  const { method, looks, spending, spending_parameter, tuning_units, prior_sd, loss_threshold } = settings;
  if (method === "anytime")
    return [["Narrowest at", `${formatNumber(tuning_units, 0)} users of two compared variants`]];
  if (method === "group_sequential")
    return [
      ["Looks", `${looks}, evenly over the planned length`],
      ["Spending", `${SPENDING_WORD[spending]}${spending_parameter === null ? "" : ` (${spending_parameter})`}`],
    ];
  if (method === "bayesian")
    return [
      ["Prior", prior_sd === null ? "flat" : `a change of 0, give or take ${shareWords(prior_sd)}`],
      ["Shipped below an expected loss of", shareWords(loss_threshold)],
    ];
  return [];
}
