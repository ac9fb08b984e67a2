import type { AnalysisMethod } from "../../contract/analysis-settings.ts";
import type { Estimate } from "../../contract/estimate.ts";
import type { Comparison, Posterior, Results } from "../../contract/results.ts";
import { intervalWords, levelWords, METHOD_WORD } from "../experiments/analysis-words.ts";

/** How the scorecard's numbers are looked at. Only the plan decides; the others are to explore. */
export type View = "plan" | "anytime" | "fixed_horizon" | "bayesian" | "without_cuped";

export const VIEW_WORD: Readonly<Record<View, string>> = {
  plan: "Plan",
  anytime: METHOD_WORD.anytime,
  fixed_horizon: METHOD_WORD.fixed_horizon,
  bayesian: METHOD_WORD.bayesian,
  without_cuped: "Without CUPED",
};

/** The views that would show something other than the plan does, the plan first. */
export function viewsOf({ plan, metrics }: Pick<Results, "plan" | "metrics">): readonly View[] {
  const comparisons = metrics.flatMap((metric) => metric.comparisons);
  return [
    "plan",
    ...(["anytime", "fixed_horizon"] as const).filter((method) => method !== plan.method),
    ...(plan.method !== "bayesian" && comparisons.some(({ views }) => views.bayesian !== null)
      ? (["bayesian"] as const)
      : []),
    ...(comparisons.some(({ cuped }) => cuped !== null) ? (["without_cuped"] as const) : []),
  ];
}

/** The method behind a view's numbers. */
export const methodOf = (view: View, { method }: Results["plan"]): AnalysisMethod =>
  view === "plan" || view === "without_cuped" ? method : view;

/** What a view's interval is called: `always-valid 95 % interval`. */
export function viewIntervalWords(view: View, results: Pick<Results, "plan" | "significance_level">): string {
  const words = intervalWords(methodOf(view, results.plan), results.significance_level);
  return view === "without_cuped" ? `${words} without CUPED` : words;
}

/** The short name of a view's interval, for a card's list. */
export const intervalName = (view: View, results: Pick<Results, "plan" | "significance_level">): string =>
  `${levelWords(results.significance_level)} ${methodOf(view, results.plan) === "bayesian" ? "credible interval" : "interval"}`;

/** What of a comparison a view shows. */
export interface Seen extends Pick<
  Estimate,
  "difference" | "ci_low" | "ci_high" | "lift" | "lift_ci_low" | "lift_ci_high" | "p_value" | "undefined_reason"
> {
  readonly posterior: Posterior | null;
}

const fromPosterior = (posterior: Posterior | null, { undefined_reason }: Comparison): Seen => ({
  difference: null,
  ci_low: null,
  ci_high: null,
  lift: posterior?.lift_mean ?? null,
  lift_ci_low: posterior?.lift_ci_low ?? null,
  lift_ci_high: posterior?.lift_ci_high ?? null,
  p_value: null,
  undefined_reason: posterior === null ? (undefined_reason ?? "no_data") : null,
  posterior,
});

export function seenBy(view: View, comparison: Comparison, { method }: Results["plan"]): Seen {
  const { bayesian, anytime, fixed_horizon } = comparison.views;
  if (view === "plan") return { ...comparison, posterior: method === "bayesian" ? bayesian : null };
  if (view === "without_cuped") return { ...(comparison.cuped?.unadjusted ?? comparison), posterior: null };
  if (view === "bayesian") return fromPosterior(bayesian, comparison);
  return { ...(view === "anytime" ? anytime : fixed_horizon), posterior: null };
}
