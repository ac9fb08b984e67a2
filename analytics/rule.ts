import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { AnalysisMethod, Correction, Spending } from "../contract/analysis-settings.ts";
import { primaryOf } from "./primary.ts";
import type { Prose } from "./prose.ts";
import { count, listed, plainPercent } from "./wording.ts";

const CORRECTIONS: Record<Exclude<Correction, "none">, string> = {
  bonferroni: "Bonferroni’s method",
  holm: "Holm’s method",
  benjamini_hochberg: "Benjamini and Hochberg’s method, which bounds the share of false findings",
};

const SPENDINGS: Record<Spending, string> = {
  obrien_fleming: "O’Brien and Fleming’s kind",
  pocock: "Pocock’s kind",
  power: "a power",
  hwang_shih_decani: "Hwang, Shih and DeCani’s kind",
};

const dayText = (day: number): string => (day === 0 ? "from the start" : `from the end of day ${day} on`);

/** How the p-values of several variants are made up for; nothing is with one. */
const correctionText = ({ correction, variants, method }: AnalysisPlan): string => {
  const treatments = variants.length - 1;
  if (treatments < 2) return "";
  if (correction === "none") return `, not corrected for there being ${treatments} variants against the control`;
  const shared = CORRECTIONS[method === "group_sequential" ? "bonferroni" : correction];
  return `, corrected for ${treatments} variants against the control by ${shared}`;
};

/** What a Bayesian rule does not promise. Source of the figure: simulation, see docs/statistics.md. */
const NO_PROMISE =
  "It does not bound false alarms: stopping at 95\u00A0% for either, with a flat prior and 20 looks, is wrong in 42\u00A0% of experiments that change nothing.";

/** The rule that was fixed before the start, in plain words: when it is read, what ships a variant, and what stops one. */
export const ruleOf = (plan: AnalysisPlan): Prose => {
  const primary = primaryOf(plan);
  if (!primary) return "There is no primary metric to decide by.";
  const {
    metrics,
    min_detectable_effect: target,
    significance_level: alpha,
    estimated_duration_days: planned,
    min_days,
    looks,
    prior_sd,
  } = plan;
  const below = (kind: string): string =>
    `${primary.name} is better with ${kind} below ${alpha}${correctionText(plan)}`;
  const least = min_days > 0 ? `, ${dayText(min_days)}` : "";
  const words: Record<AnalysisMethod, readonly [when: string, success: string, harm: string]> = {
    anytime: [
      `Read at any time, by intervals that hold however often one looks (narrowest at ${count(plan.tuning_units)} units of two variants)`,
      `${below("an anytime-valid p-value")}${least}`,
      "Harm is told at once",
    ],
    group_sequential: [
      `Read only at ${looks} ${looks === 1 ? "look" : "looks"}, evenly over ${planned} days, by a spending function of ${SPENDINGS[plan.spending]}${plan.spending_parameter === null ? "" : ` (${plan.spending_parameter})`}`,
      `${below("a repeated p-value")}${least}`,
      "Harm is told at every look",
    ],
    fixed_horizon: [
      `Read once, at the end of day ${Math.max(planned, min_days)}; an end by hand before that decides nothing`,
      below("a p-value"),
      "Harm is told then as well",
    ],
    bayesian: [
      `Read ${dayText(min_days)}, with ${prior_sd === null ? "a flat prior" : `a normal prior on the lift around 0 with a standard deviation of ${plainPercent(prior_sd)}`}`,
      `${primary.name} is better with a chance of ${plainPercent(1 - alpha)} or more, and choosing it is expected to lose less than ${plainPercent(plan.loss_threshold)} of lift, while staying with the control is not`,
      "Harm is told then as well",
    ],
  };
  const [when, success, harm] = words[plan.method];
  const guardrails = listed(
    metrics
      .filter(({ role }) => role === "guardrail")
      .map(({ name, limit }) => `${name} (${limit ? plainPercent(limit) : "no harm at all"})`),
  );
  const limits = guardrails && `, and the interval of every guardrail rules out harm beyond its limit: ${guardrails}`;
  return [
    `${when}.`,
    `A variant is ready to ship when ${success}${limits}.`,
    `${harm}: the primary metric is worse${guardrails ? ", or a guardrail beyond its limit" : ""}.`,
    target !== null && `There is no meaningful effect when the whole interval is within ±${plainPercent(target)}.`,
    plan.method === "bayesian" && NO_PROMISE,
  ];
};
