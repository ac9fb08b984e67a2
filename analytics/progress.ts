import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Progress } from "../contract/results.ts";
import type { Compared } from "./compare-variants.ts";
import { sharesOf } from "./correction.ts";
import { inflationFactor } from "./group-sequential-power.ts";
import { spendingBoundaries } from "./group-sequential.ts";
import { daysToReach, dailyPace } from "./pace.ts";
import { type Baseline, type Design, minimumDetectableEffect, rateBaseline, requiredUnits } from "./power.ts";
import { type Counts, exposedIn } from "./tally.ts";
import { sumOf } from "./sum.ts";
import { DAY_MS } from "./day.ts";

/** Thirty looks take a twentieth of a second, and a plan does not change. */
const inflations = new Map<string, number>();

/** By how much a group-sequential plan's looks raise the sample; 1 by the other methods. */
const inflationOf = (plan: AnalysisPlan): number => {
  const { method, looks, spending, spending_parameter: parameter, significance_level, power } = plan;
  if (method !== "group_sequential") return 1;
  const alpha = significance_level / sharesOf(plan);
  const key = JSON.stringify([looks, spending, parameter, alpha, power]);
  const known = inflations.get(key);
  if (known !== undefined) return known;
  const fractions = Array.from({ length: looks }, (_, k) => (k + 1) / looks);
  const bounds = spendingBoundaries(fractions, alpha, { spending, parameter }).map(({ bound }) => bound);
  const inflation = inflationFactor(fractions, bounds, alpha, power);
  inflations.set(key, inflation);
  return inflation;
};

/** What one comparison needs, in units of all variants together, and the lift that those so far would find; NaN where it is not known. */
interface Need {
  readonly units: number;
  readonly detectable: number;
}

const needOf = (plan: AnalysisPlan, inflation: number, compared: Compared): Need | undefined => {
  const { metric, control, treatment, contrast, plain } = compared;
  const target = plan.min_detectable_effect;
  const [before, after] = [control, treatment].map(({ key }) => plan.variants.find((variant) => variant.key === key));
  if (!before || !after || before.weight_bp === 0 || after.weight_bp === 0) return undefined;
  if (control.mean === null || contrast.reason !== null || control.units === 0) return undefined;
  const size = Math.abs(control.mean);
  const allocationRatio = after.weight_bp / before.weight_bp;
  const isRate = (metric.type === "conversion" || metric.type === "retention") && control.structure === "independent";
  // Of the difference, as if each unit of the control had its share of it.
  const spread = (plain.variance * control.units) / (1 + control.units / Math.max(1, treatment.units));
  const baseline: Baseline =
    isRate && control.observations === null
      ? rateBaseline(control.mean)
      : { kind: "mean", mean: control.mean, variance: spread };
  const design: Design = {
    alpha: plan.significance_level,
    power: plan.power,
    allocationRatio,
    comparisons: sharesOf(plan),
    varianceReduction: Math.max(0, 1 - contrast.variance / plain.variance),
    ...(plan.method === "anytime" ? { looks: { kind: "anytime", tuningN: plan.tuning_units } } : {}),
  };
  const sign = metric.direction === "increase" ? 1 : -1;
  const units = target === null || size === 0 ? null : requiredUnits(sign * target * size, baseline, design);
  const effect =
    size === 0 ? null : minimumDetectableEffect(control.units / inflation, baseline, design, metric.direction);
  const ofControl = typeof units === "number" ? units * inflation : NaN;
  return {
    // The others get theirs beside it, by their weights.
    units: sumOf(plan.variants, ({ weight_bp }) => Math.ceil((ofControl * weight_bp) / before.weight_bp)),
    detectable: typeof effect === "number" ? Math.abs(effect) / size : NaN,
  };
};

/** The largest, where all are known. */
const largest = (values: readonly number[]): number | null => {
  const most = Math.max(...values);
  return values.length > 0 && Number.isFinite(most) ? most : null;
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
  const inflation = primary.length === 0 ? 1 : inflationOf(plan);
  const needs = primary.map((compared) => needOf(plan, inflation, compared));
  const of = (what: keyof Need): number | null => largest(needs.map((need) => need?.[what] ?? NaN));
  const needed = of("units");
  const goesOn = plan.status === "running";
  return {
    day: Math.max(1, Math.min(Math.floor((asOfMs - start) / DAY_MS) + 1, planned)),
    planned_days: planned,
    days_left: Math.max(0, Math.ceil((Math.min(start + planned * DAY_MS, end ?? Infinity) - asOfMs) / DAY_MS)),
    units,
    units_needed: needed,
    detectable_lift: of("detectable"),
    days_to_needed:
      needed === null || !goesOn ? null : daysToReach(needed - units, dailyPace(plan, counts, start, asOfMs)),
  };
};
