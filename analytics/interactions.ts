import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Interaction } from "../contract/results.ts";
import type { Counts } from "./tally.ts";

/** The primary metric where the experiment meets those that are watched with it. */
export const interactionsOf = (_plan: AnalysisPlan, _counts: Counts): Interaction[] => [];
