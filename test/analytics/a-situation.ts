import type { Amount } from "../../analytics/enough-data.ts";
import { normalSf } from "../../analytics/distributions/normal.ts";
import { normalPosterior } from "../../analytics/normal-posterior.ts";
import { readingOf } from "../../analytics/reading.ts";
import type { Situation } from "../../analytics/situation.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { Estimate, UndefinedReason } from "../../contract/estimate.ts";
import type { Comparison, Health, MetricResult, Progress } from "../../contract/results.ts";
import { aMetric, aPlan, CONTROL, DAY_MS, FIRST_DAY } from "./an-analysis.ts";

/** A lift with its standard error, or why there is none. */
export type Effect = readonly [lift: number, sd: number] | UndefinedReason;

export const REFUNDS = aMetric({
  id: "m1",
  key: "refunds",
  name: "Refunds",
  role: "guardrail",
  direction: "decrease",
  limit: 0.05,
});
export const LATENCY = aMetric({
  id: "m2",
  key: "latency",
  name: "Latency",
  role: "guardrail",
  type: "quantile",
  direction: "decrease",
  quantile: 0.99,
  limit: 0.05,
});

/** What the control does, so that a lift of 10 % is a difference of 0.01. */
const BASELINE = 0.1;
const Z = 1.959963984540054;

const anEstimate = ([lift, sd]: readonly [number, number], hasP: boolean): Estimate => {
  const p = Math.min(1, 2 * normalSf(Math.abs(lift) / sd));
  return {
    difference: lift * BASELINE,
    standard_error: sd * BASELINE,
    ci_low: (lift - Z * sd) * BASELINE,
    ci_high: (lift + Z * sd) * BASELINE,
    lift,
    lift_ci_low: lift - Z * sd,
    lift_ci_high: lift + Z * sd,
    p_value: hasP ? p : null,
    log10_p_value: hasP ? Math.log10(p) : null,
    undefined_reason: null,
    lift_undefined_reason: null,
  };
};

const noEstimate = (reason: UndefinedReason): Estimate => ({
  difference: null,
  standard_error: null,
  ci_low: null,
  ci_high: null,
  lift: null,
  lift_ci_low: null,
  lift_ci_high: null,
  p_value: null,
  log10_p_value: null,
  undefined_reason: reason,
  lift_undefined_reason: reason,
});

type PlanMetric = AnalysisPlan["metrics"][number];

const LOTS: Amount = { units: 10_000, events: 1000, observations: null, structure: "independent" };

/** A comparison whose parts agree with one another; several share the level by Bonferroni. */
export const aComparison = (plan: AnalysisPlan, metric: PlanMetric, key: string, effect: Effect): Comparison => {
  const isKnown = typeof effect !== "string";
  const estimate = isKnown ? anEstimate(effect, plan.method !== "bayesian") : noEstimate(effect);
  const posterior = isKnown
    ? normalPosterior(effect[0], effect[1], { alpha: 0.05, rope: 0, lowerIsBetter: metric.direction === "decrease" })
    : undefined;
  const shares = plan.variants.length - 1;
  const comparison: Comparison = {
    key,
    ...estimate,
    reading: "undefined",
    adjusted_p_value:
      metric.role === "guardrail" || estimate.p_value === null ? null : Math.min(1, shares * estimate.p_value),
    adjusted_lift_ci_low: null,
    adjusted_lift_ci_high: null,
    cuped: null,
    views: {
      anytime: estimate,
      fixed_horizon: estimate,
      bayesian:
        isKnown && posterior?.kind === "estimated"
          ? {
              lift_mean: effect[0],
              lift_sd: effect[1],
              lift_ci_low: effect[0] - Z * effect[1],
              lift_ci_high: effect[0] + Z * effect[1],
              chance_to_win: posterior.probabilityTreatmentBetter,
              expected_loss: posterior.expectedLossChoosingTreatment,
              expected_loss_control: posterior.expectedLossChoosingControl,
              chance_no_effect: null,
            }
          : null,
    },
  };
  return { ...comparison, reading: readingOf(plan, { metric, control: LOTS, treatment: LOTS, comparison }) };
};

export const aHealth = (change: Partial<Health> = {}): Health => ({
  srm: {
    chi_squared: 0,
    degrees_of_freedom: 1,
    p_value: 1,
    sequential_p_value: 1,
    ok: true,
    phases: [],
    culprits: [],
  },
  crossovers: { units: 0, share: 0, ok: true },
  data: { first_day: "2026-03-02", last_day: "2026-03-15", stale: false },
  pre_period: [],
  interference: null,
  ...change,
});

export const BAD_SPLIT = aHealth({ srm: { ...aHealth().srm, p_value: 1e-9, sequential_p_value: 1e-7, ok: false } });
export const CROSSED_OVER = aHealth({ crossovers: { units: 500, share: 0.02, ok: false } });
export const STALE = aHealth({ data: { ...aHealth().data, stale: true } });

export interface Told {
  readonly plan?: Partial<AnalysisPlan>;
  /** Days since the start. */
  readonly day?: number;
  /** By metric's key, each variant's effect but for the control's. A guardrail that is named has its metric in the plan. */
  readonly effects?: Readonly<Record<string, readonly Effect[]>>;
  readonly amounts?: readonly Partial<Amount>[];
  readonly change?: Partial<Situation>;
}

const plannedMetrics = (effects: Readonly<Record<string, readonly Effect[]>>): PlanMetric[] =>
  [aMetric(), REFUNDS, LATENCY].filter(({ key }) => effects[key] !== undefined);

/** Two weeks, 10,000 units in each variant, called Control, B, C and so on. What is not told is as it should be. */
export const aSituation = (told: Told = {}): Situation => {
  const { day = 10, effects = { purchase: [[0.02, 0.04]] }, change = {} } = told;
  const arms = Math.max(1, ...Object.values(effects).map(({ length }) => length));
  const names = ["B", "C", "D", "E"].slice(0, arms);
  const plan = aPlan({
    method: "anytime",
    metrics: plannedMetrics(effects),
    variants: [
      CONTROL,
      ...names.map((name) => ({ ...CONTROL, id: name, key: name.toLowerCase(), name, is_control: false })),
    ],
    ...told.plan,
  });
  const number = Math.min(plan.looks, Math.floor((day / plan.estimated_duration_days) * plan.looks));
  const unread = plan.method === "group_sequential" && number === 0;
  const metrics = plan.metrics.map(({ key, name, role, type, direction, limit, ...rest }): MetricResult => ({
    key,
    name,
    role,
    type,
    direction,
    limit,
    variants: [],
    comparisons: names.map((of, index) =>
      aComparison(
        plan,
        { key, name, role, type, direction, limit, ...rest },
        of.toLowerCase(),
        unread ? "no_look_yet" : (effects[key]?.[index] ?? "no_data"),
      ),
    ),
  }));
  const progress: Progress = {
    day: Math.min(14, day + 1),
    planned_days: plan.estimated_duration_days,
    days_left: Math.max(0, plan.estimated_duration_days - day),
    units: 20_000,
    units_needed: null,
    detectable_lift: null,
    days_to_needed: null,
  };
  return {
    plan,
    health: aHealth(),
    variants: plan.variants.map(({ key, name, is_control }) => ({
      key,
      name,
      is_control,
      expected_share: 1 / plan.variants.length,
      exposures: 10_000,
    })),
    metrics,
    amounts: plan.metrics.some(({ role }) => role === "primary")
      ? plan.variants.map((_, index) => ({ ...LOTS, ...told.amounts?.[index] }))
      : [],
    progress: plan.started_at === null ? null : progress,
    sequence: {
      running: [],
      looks:
        plan.method === "group_sequential" && number > 0
          ? [
              {
                number,
                at: new Date((FIRST_DAY + day) * DAY_MS).toISOString(),
                information_fraction: number / plan.looks,
                bound: 2,
                alpha_spent: 0.01,
                comparisons: [],
              },
            ]
          : [],
    },
    lastExposureDay: FIRST_DAY + 13,
    asOfMs: (FIRST_DAY + day) * DAY_MS,
    ...change,
  };
};
