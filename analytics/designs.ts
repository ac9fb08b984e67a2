import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { DesignResults } from "../contract/results.ts";
import type { Counts } from "./tally.ts";

/** What only some designs have. */
export const designsOf = (_plan: AnalysisPlan, _counts: Counts): DesignResults => ({
  factorial: null,
  cluster: null,
  switchback: null,
  interleaving: null,
});
