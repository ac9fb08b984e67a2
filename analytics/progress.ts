import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Progress } from "../contract/results.ts";
import type { Compared } from "./compare-variants.ts";
import { type Counts, EXPOSURES } from "./tally.ts";

const DAY_MS = 86_400_000;

/** How far the experiment is on its planned way; null before its start. */
export const progressOf = (
  plan: AnalysisPlan,
  counts: Counts,
  _primary: readonly Compared[],
  asOfMs: number,
): Progress | null => {
  const { started_at: start, estimated_duration_days: planned } = plan;
  if (start === null) return null;
  return {
    day: Math.max(1, Math.min(Math.floor((asOfMs - start) / DAY_MS) + 1, planned)),
    planned_days: planned,
    days_left: Math.max(0, Math.ceil((start + planned * DAY_MS - asOfMs) / DAY_MS)),
    units: plan.variants.reduce((sum, { id }) => sum + counts.tally.of(id, EXPOSURES).n, 0),
    units_needed: null,
    detectable_lift: null,
    days_to_needed: null,
  };
};
