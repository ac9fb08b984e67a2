import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Health } from "../contract/results.ts";
import { dayText } from "./day.ts";
import { sampleRatioMismatch } from "./sample-ratio-mismatch.ts";
import { sequentialSampleRatio } from "./sequential-srm.ts";
import { type Counts, CROSSOVERS, EXPOSURES } from "./tally.ts";

/** More units than this share in two variants means that something re-assigns them. */
const MOST_CROSSOVERS = 0.01;
const DAY_MS = 86_400_000;
const STALE_DAYS = 2;

const splitOf = (plan: AnalysisPlan, counts: Counts, previous: number | null): Health["srm"] => {
  const split = plan.variants.map(({ id, weight_bp }) => ({
    units: counts.tally.of(id, EXPOSURES).n,
    weight: weight_bp,
  }));
  const test = sampleRatioMismatch(split);
  const sequential = sequentialSampleRatio([split], Math.log(previous ?? 1));
  const testable = test.degreesOfFreedom > 0;
  const hasUnits = split.some(({ units }) => units > 0);
  return {
    chi_squared: testable ? test.chiSquared : null,
    degrees_of_freedom: test.degreesOfFreedom,
    p_value: testable ? test.pValue : null,
    sequential_p_value: testable && hasUnits ? sequential.pValue : null,
    ok: !(testable && sequential.flagged) && test.unexpectedUnits === 0,
    phases: [],
    culprits: [],
  };
};

/**
 * Whether the numbers can be believed at all. `previous` is the smallest p-value of the sequential split test so far.
 */
export const healthOf = (plan: AnalysisPlan, counts: Counts, previous: number | null, asOfMs: number): Health => {
  const ids = new Set(plan.variants.map(({ id }) => id));
  const days = counts
    .cells("day")
    .filter(({ variant_id, metric_id, n }) => ids.has(variant_id) && metric_id === EXPOSURES && n > 0)
    .map(({ slice }) => Number(slice));
  const first = days.reduce((least, day) => Math.min(least, day), Infinity);
  const last = days.reduce((most, day) => Math.max(most, day), -Infinity);
  const crossovers = counts.tally.of(CROSSOVERS, EXPOSURES).n;
  const exposed = plan.variants.reduce((sum, { id }) => sum + counts.tally.of(id, EXPOSURES).n, crossovers);
  const share = exposed === 0 ? 0 : crossovers / exposed;
  return {
    srm: splitOf(plan, counts, previous),
    crossovers: { units: crossovers, share, ok: share <= MOST_CROSSOVERS },
    data: {
      first_day: days.length === 0 ? null : dayText(first),
      last_day: days.length === 0 ? null : dayText(last),
      stale: plan.status === "running" && days.length > 0 && asOfMs >= (last + 1 + STALE_DAYS) * DAY_MS,
    },
    pre_period: [],
    interference: null,
  };
};
