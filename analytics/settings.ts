import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { AnalysisSettings } from "../contract/analysis-settings.ts";

/** The settings of a plan alone. */
export const settingsOf = ({
  method,
  correction,
  cuped,
  tuning_units,
  looks,
  spending,
  spending_parameter,
  prior_sd,
  loss_threshold,
  min_days,
}: AnalysisPlan): AnalysisSettings => ({
  method,
  correction,
  cuped,
  tuning_units,
  looks,
  spending,
  spending_parameter,
  prior_sd,
  loss_threshold,
  min_days,
});
