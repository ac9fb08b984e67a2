import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { AnalysisSettings } from "../contract/analysis-settings.ts";
import { pick } from "./pick.ts";

/** Those that what one look says to the next depends on. */
export const SEQUENCE_SETTINGS = [
  "method",
  "correction",
  "cuped",
  "tuning_units",
  "looks",
  "spending",
  "spending_parameter",
] as const;

/** The settings of a plan alone. */
export const settingsOf = (plan: AnalysisPlan): AnalysisSettings =>
  pick(plan, ...SEQUENCE_SETTINGS, "prior_sd", "loss_threshold", "min_days");
