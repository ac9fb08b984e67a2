import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Trend } from "../contract/results.ts";
import type { Counts } from "./tally.ts";

/** The primary metric's effect by day of first exposure and by days since. */
export const trendOf = (_plan: AnalysisPlan, _counts: Counts): Trend[] => [];
