import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Progress } from "../contract/results.ts";
import type { Compared } from "./compare-variants.ts";
import { sharesOf } from "./correction.ts";
import {
  type Baseline,
  effectAt,
  isPossible,
  neededDrift,
  rateBaseline,
  type Search,
  sequenceAt,
  spreadOf,
  unitsPerError,
  unitsToFind,
} from "./detection.ts";
import { inflationOf } from "./group-sequential-power.ts";
import { spendingBounds } from "./group-sequential.ts";
import { type Measured, RATES } from "./measure.ts";
import { daysToReach, dailyPace } from "./pace.ts";
import { type Counts, exposedIn } from "./tally.ts";
import { sumOf } from "./sum.ts";
import { DAY_MS } from "./day.ts";

/** By how much a group-sequential plan's looks raise the sample; 1 by the other methods. */
const inflationBy = (plan: AnalysisPlan): number => {
  const { method, looks, spending, spending_parameter: parameter, significance_level, power } = plan;
  if (method !== "group_sequential") return 1;
  const alpha = significance_level / sharesOf(plan);
  const fractions = Array.from({ length: looks }, (_, k) => (k + 1) / looks);
  return inflationOf(spendingBounds(fractions, alpha, { spending, parameter }), alpha, power);
};

/** What one comparison needs, in units of all variants together, and the lift that those so far would find; NaN where it is not known. */
type Need = readonly [units: number, detectable: number];

const needOf = (
  plan: AnalysisPlan,
  inflation: number,
  { metric, control, treatment, contrast, plain, comparison }: Compared,
): Need => {
  const weightOf = ({ key }: Measured): number => plan.variants.find((variant) => variant.key === key)?.weight_bp ?? 0;
  const [before, after] = [weightOf(control), weightOf(treatment)];
  const { mean, units } = control;
  if (!mean || contrast.reason !== null || units === 0 || before === 0 || after === 0) return [NaN, NaN];
  const isRate = RATES.has(metric.type) && control.structure === "independent";
  const baseline: Baseline = isRate
    ? rateBaseline(mean)
    : {
        kind: "mean",
        mean,
        // Of the difference, as if each unit of the control had its share of it.
        variance: (plain.variance * units) / (1 + units / Math.max(1, treatment.units)),
      };
  const spread = spreadOf(baseline, after / before, comparison.cuped?.variance_reduction ?? 0);
  const level = plan.significance_level / sharesOf(plan);
  const search: Search = {
    level,
    power: plan.power,
    sequence: plan.method === "anytime" ? sequenceAt(level, plan.tuning_units, 1 + after / before) : undefined,
  };
  const sign = metric.direction === "increase" ? 1 : -1;
  const known = (effect: number, value: number): number => (isPossible(baseline, effect) ? value : NaN);

  const target = sign * (plan.min_detectable_effect ?? NaN) * Math.abs(mean);
  const ofControl = known(target, unitsToFind(unitsPerError(spread, target), search) * inflation);
  const soFar = units / inflation;
  const found = effectAt(neededDrift(soFar, search), soFar, spread, sign);
  // The others get theirs beside it, by their weights.
  const ofAll = sumOf(plan.variants, ({ weight_bp }) => Math.ceil((ofControl * weight_bp) / before));
  return [ofAll, known(found, Math.abs(found / mean))];
};

/** The largest, where all are known. */
const largest = (values: readonly number[]): number | null => {
  const most = Math.max(...values);
  return Number.isFinite(most) ? most : null;
};

/**
 * How far the experiment is on its planned way, and what the planned effect needs by the plan's method at what the control does so far; null
 * before its start. What is needed is for the comparison that needs most.
 */
export const progressOf = (
  plan: AnalysisPlan,
  counts: Counts,
  primary: readonly Compared[],
  asOfMs: number,
): Progress | null => {
  const { started_at: start, estimated_duration_days: planned, ends_at: end, variants } = plan;
  if (start === null) return null;
  const units = exposedIn(counts.tally, variants);
  const inflation = primary.length === 0 ? 1 : inflationBy(plan);
  const needs = primary.map((compared) => needOf(plan, inflation, compared));
  const needed = largest(needs.map(([ofAll]) => ofAll));
  return {
    day: Math.max(1, Math.min(Math.floor((asOfMs - start) / DAY_MS) + 1, planned)),
    planned_days: planned,
    days_left: Math.max(0, Math.ceil((Math.min(start + planned * DAY_MS, end ?? Infinity) - asOfMs) / DAY_MS)),
    units,
    units_needed: needed,
    detectable_lift: largest(needs.map(([, lift]) => lift)),
    days_to_needed:
      needed === null || plan.status !== "running"
        ? null
        : daysToReach(needed - units, dailyPace(plan, counts, start, asOfMs)),
  };
};
