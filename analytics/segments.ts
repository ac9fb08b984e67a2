import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Segments } from "../contract/results.ts";
import type { Counts } from "./tally.ts";

/** The metrics by the values of the dimensions that were read. */
export const segmentsOf = (_plan: AnalysisPlan, _counts: Counts): Segments[] => [];
