import type { AnalysisSettings, NewAnalysisSettings } from "../../contract/analysis-settings.ts";
import type { ProblemError } from "../../contract/problem.ts";
import { isNumberText, numberOf } from "./number-text.ts";

/** How an experiment is read, as it stands in the form: figures are text, shares per cent. */
export interface AnalysisDraft {
  method: AnalysisSettings["method"];
  correction: AnalysisSettings["correction"];
  cuped: boolean;
  tuning_units: string;
  looks: string;
  spending: AnalysisSettings["spending"];
  spending_parameter: string;
  /** Percent; empty for a flat prior. */
  prior_sd: string;
  /** Percent. */
  loss_threshold: string;
  min_days: string;
}

/** The contract's defaults in the form's units. */
export const defaultAnalysisDraft = (): AnalysisDraft => ({
  method: "anytime",
  correction: "holm",
  cuped: true,
  tuning_units: "10000",
  looks: "5",
  spending: "obrien_fleming",
  spending_parameter: "",
  prior_sd: "30",
  loss_threshold: "0.25",
  min_days: "7",
});

/** Whether the spending function has a parameter. */
export const hasParameter = ({ spending }: Pick<AnalysisDraft, "spending">): boolean =>
  spending === "power" || spending === "hwang_shih_decani";

const percentText = (share: number): string => String(Number((share * 100).toFixed(6)));

/** The form as it would have been filled in to choose these settings. */
export const analysisDraftOf = (settings: AnalysisSettings): AnalysisDraft => ({
  ...settings,
  tuning_units: String(settings.tuning_units),
  looks: String(settings.looks),
  spending_parameter: settings.spending_parameter === null ? "" : String(settings.spending_parameter),
  prior_sd: settings.prior_sd === null ? "" : percentText(settings.prior_sd),
  loss_threshold: percentText(settings.loss_threshold),
  min_days: String(settings.min_days),
});

const share = (text: string): number => Number(((numberOf(text) ?? 0) / 100).toPrecision(12));

/** All settings that a draft stands for, so that none is left to what it was before. */
export const analysisBody = (draft: AnalysisDraft): NewAnalysisSettings => ({
  method: draft.method,
  correction: draft.correction,
  cuped: draft.cuped,
  tuning_units: numberOf(draft.tuning_units) ?? 0,
  looks: numberOf(draft.looks) ?? 0,
  spending: draft.spending,
  spending_parameter: hasParameter(draft) ? (numberOf(draft.spending_parameter) ?? null) : null,
  prior_sd: draft.prior_sd.trim() === "" ? null : share(draft.prior_sd),
  loss_threshold: share(draft.loss_threshold),
  min_days: numberOf(draft.min_days) ?? 0,
});

interface Rule {
  readonly field: keyof AnalysisDraft;
  readonly message: string;
  readonly holds: (draft: AnalysisDraft) => boolean;
}

const RULES: readonly Rule[] = [
  {
    field: "tuning_units",
    message: "Use a whole number of users, 100 or more.",
    holds: ({ tuning_units }) => isNumberText(tuning_units, { from: 100, to: 1e9, whole: true }),
  },
  {
    field: "looks",
    message: "Use a whole number of looks, from 1 to 30.",
    holds: ({ looks }) => isNumberText(looks, { from: 1, to: 30, whole: true }),
  },
  {
    field: "spending_parameter",
    message: "Use an exponent from 0.1 to 10.",
    holds: ({ spending, spending_parameter }) =>
      spending !== "power" || isNumberText(spending_parameter, { from: 0.1, to: 10 }),
  },
  {
    field: "spending_parameter",
    message: "Use a number from −40 to 40 that is not 0.",
    holds: ({ spending, spending_parameter }) =>
      spending !== "hwang_shih_decani" ||
      (isNumberText(spending_parameter, { from: -40, to: 40 }) && numberOf(spending_parameter) !== 0),
  },
  {
    field: "prior_sd",
    message: "Use a percentage above 0, such as 30, or leave it empty for a flat prior.",
    holds: ({ prior_sd }) => prior_sd.trim() === "" || isNumberText(prior_sd, { above: 0, to: 10_000 }),
  },
  {
    field: "loss_threshold",
    message: "Use a percentage above 0 and up to 100, such as 0.25.",
    holds: ({ loss_threshold }) => isNumberText(loss_threshold, { above: 0, to: 100 }),
  },
  {
    field: "min_days",
    message: "Use whole days, from 0 to 365.",
    holds: ({ min_days }) => isNumberText(min_days, { from: 0, to: 365, whole: true }),
  },
];

/** What the chosen method has a field for; the others keep their values, out of sight. */
export function shownFields({ method, spending }: Pick<AnalysisDraft, "method" | "spending">): (keyof AnalysisDraft)[] {
  return [
    "method",
    "correction",
    "cuped",
    "min_days",
    ...(method === "anytime" ? (["tuning_units"] as const) : []),
    ...(method === "group_sequential" ? (["looks", "spending"] as const) : []),
    ...(method === "group_sequential" && hasParameter({ spending }) ? (["spending_parameter"] as const) : []),
    ...(method === "bayesian" ? (["prior_sd", "loss_threshold"] as const) : []),
  ];
}

/** Mistakes in what is shown. */
export const analysisMistakes = (draft: AnalysisDraft): ProblemError[] =>
  RULES.filter(({ field, holds }) => shownFields(draft).includes(field) && !holds(draft)).map(({ field, message }) => ({
    path: `analysis.${field}`,
    message,
  }));

/** With the defaults in place of what is no number, shown or not, so that nothing out of sight stands in the way. */
export const mendedAnalysis = (draft: AnalysisDraft): AnalysisDraft => {
  const wrong = new Set(RULES.filter(({ holds }) => !holds(draft)).map(({ field }) => field));
  if (wrong.has("spending_parameter")) return mendedAnalysis({ ...draft, spending: "obrien_fleming" });
  const good = defaultAnalysisDraft();
  return {
    ...draft,
    ...(wrong.has("tuning_units") ? { tuning_units: good.tuning_units } : {}),
    ...(wrong.has("looks") ? { looks: good.looks } : {}),
    ...(wrong.has("prior_sd") ? { prior_sd: good.prior_sd } : {}),
    ...(wrong.has("loss_threshold") ? { loss_threshold: good.loss_threshold } : {}),
    ...(wrong.has("min_days") ? { min_days: good.min_days } : {}),
  };
};

export const ANALYSIS_LABELS: Readonly<Record<keyof AnalysisDraft, string>> = {
  method: "Method",
  correction: "Correction",
  cuped: "CUPED",
  tuning_units: "Narrowest at",
  looks: "Looks",
  spending: "Spending",
  spending_parameter: "Parameter",
  prior_sd: "Prior",
  loss_threshold: "Expected loss",
  min_days: "Shortest length",
};
