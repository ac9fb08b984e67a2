import { z } from "zod";
import { AnalysisSettings } from "./analysis-settings.ts";
import { Design } from "./analysis-plan.ts";
import { Estimate } from "./estimate.ts";
import { Instant } from "./key.ts";
import { MetricRole, MetricType } from "./metric.ts";
import { Sequence } from "./sequence.ts";

export const MetricVariant = z.object({
  key: z.string(),
  /** Units in the analysis; of a quantile, those with an event. */
  n: z.number().int(),
  /** Σ over units: converted units for a conversion or retention metric, the numerator's total for a mean or ratio. */
  sum: z.number(),
  /** Σ of what a mean, a ratio or a time is divided by; null for the other types. */
  denominator: z.number().nullable(),
  /** The metric: a rate, a mean per unit, a ratio, a quantile; null while it is undefined. */
  mean: z.number().nullable(),
  /** Standard error of `mean`; null while it is undefined. */
  standard_error: z.number().nullable(),
});
export type MetricVariant = z.infer<typeof MetricVariant>;

/** The posterior of the lift. Better is in the metric's good direction. */
export const Posterior = z.object({
  lift_mean: z.number(),
  lift_sd: z.number(),
  lift_ci_low: z.number(),
  lift_ci_high: z.number(),
  chance_to_win: z.number(),
  /** What is expected to be lost, as a lift, by choosing the variant although the control is better. */
  expected_loss: z.number(),
  /** The same for staying with the control. */
  expected_loss_control: z.number(),
  /** The chance that the lift is within ± the minimal detectable effect; null without one. */
  chance_no_effect: z.number().nullable(),
});
export type Posterior = z.infer<typeof Posterior>;

/**
 * What a comparison says, by the plan and after its correction.
 * Primary, secondary: `better`, `worse`, `unclear`. Guardrails: `within_limit` (harm beyond the limit is ruled out), `some_harm` (worse, and
 * not beyond the limit), `crossed_limit` (worse than the limit), `not_ruled_out`. `undefined` where no number can be given.
 */
export const Reading = z.enum([
  "better",
  "worse",
  "unclear",
  "within_limit",
  "some_harm",
  "crossed_limit",
  "not_ruled_out",
  "undefined",
]);
export type Reading = z.infer<typeof Reading>;

/**
 * One variant against the control. The estimate itself is by the plan's method, with CUPED where the plan asks for it and it can be had;
 * `views` are the same by the other methods, to explore: nothing is decided by them.
 */
export const Comparison = Estimate.extend({
  key: z.string(),
  reading: Reading,
  /** The p-value after the plan's correction over the variants; null outside the family of goals (guardrails have none). */
  adjusted_p_value: z.number().nullable(),
  /** The lift's interval at the corrected level; null where the correction has none. */
  adjusted_lift_ci_low: z.number().nullable(),
  adjusted_lift_ci_high: z.number().nullable(),
  /** Null where no covariate was used. */
  cuped: z
    .object({
      theta: z.number(),
      /** The share of the variance that it took away, 0–1. */
      variance_reduction: z.number(),
      /** The same comparison, by the plan's method, without it. */
      unadjusted: Estimate,
    })
    .nullable(),
  views: z.object({ anytime: Estimate, fixed_horizon: Estimate, bayesian: Posterior.nullable() }),
});
export type Comparison = z.infer<typeof Comparison>;

export const MetricResult = z.object({
  key: z.string(),
  name: z.string(),
  role: MetricRole,
  type: MetricType,
  direction: z.enum(["increase", "decrease"]),
  /** Of a guardrail: see the plan. */
  limit: z.number().nullable(),
  variants: z.array(MetricVariant),
  comparisons: z.array(Comparison),
});
export type MetricResult = z.infer<typeof MetricResult>;

export const VerdictCode = z.enum([
  "no_data",
  "collecting",
  "invalid_split",
  "degraded",
  "running",
  "ship",
  "ship_tradeoff",
  "stop_harm",
  "no_effect",
  "inconclusive",
]);
export type VerdictCode = z.infer<typeof VerdictCode>;

export const Verdict = z.object({
  code: VerdictCode,
  /** The variant that the verdict speaks of, if it speaks of one. */
  variant_key: z.string().nullable(),
  title: z.string(),
  /** One or two plain sentences. */
  detail: z.string(),
  reasons: z.array(z.string()),
  /** The rule that was fixed before the start, in a sentence. */
  rule: z.string(),
  /** What to do next, in a sentence. */
  next_step: z.string(),
});
export type Verdict = z.infer<typeof Verdict>;

/** A chi-squared test of counts against what was planned. */
const SplitTest = z.object({
  chi_squared: z.number().nullable(),
  degrees_of_freedom: z.number().int(),
  p_value: z.number().nullable(),
});

export const Health = z.object({
  srm: SplitTest.extend({
    /** The smallest p-value so far of the sequential test, which holds however often one looks; it decides. Null without units. */
    sequential_p_value: z.number().nullable(),
    /** False when the sequential test says p < 0.001, or a variant without weight has units: no result can be trusted. */
    ok: z.boolean(),
    /** By phase, when more than one is analysed. */
    phases: z.array(SplitTest.extend({ phase: z.number().int() })),
    /** Of the dimensions that were read: the values whose split is off, worst first, after Holm's correction over all values. */
    culprits: z.array(
      z.object({ dimension: z.string(), value: z.string().nullable(), units: z.number().int(), p_value: z.number() }),
    ),
  }),
  /** Units seen in two variants, left out of the analysis; `share` is of all exposed units. */
  crossovers: z.object({ units: z.number().int(), share: z.number(), ok: z.boolean() }),
  /** `YYYY-MM-DD` of the first and the last first exposure. `stale`: it runs, and nobody was exposed for two days. */
  data: z.object({ first_day: z.string().nullable(), last_day: z.string().nullable(), stale: z.boolean() }),
  /** Differences that were there before anyone was exposed: a free A/A test. p-values after Holm's correction. */
  pre_period: z.array(
    z.object({ metric_key: z.string(), variant_key: z.string(), p_value: z.number(), ok: z.boolean() }),
  ),
  /** Whether the control moves with the share of units that are treated, as it does when units influence one another. */
  interference: z.object({ slope: z.number(), p_value: z.number(), ok: z.boolean() }).nullable(),
});
export type Health = z.infer<typeof Health>;

/** A dimension's values, to explore. "All" is the metric result itself. */
export const Segments = z.object({
  dimension: z.string(),
  metric_key: z.string(),
  /** Largest first; null is all values beyond those that are kept apart. */
  values: z.array(
    z.object({
      value: z.string().nullable(),
      units: z.number().int(),
      /** Too few units in some variant to be shown apart; then there are no comparisons. */
      withheld: z.boolean(),
      variants: z.array(MetricVariant),
      comparisons: z.array(Estimate.extend({ key: z.string(), adjusted_p_value: z.number().nullable() })),
    }),
  ),
  /** By variant: whether the lift differs from value to value, and whether all of them together say the opposite of each. */
  heterogeneity: z.array(
    z.object({
      key: z.string(),
      cochran_q: z.number(),
      degrees_of_freedom: z.number().int(),
      p_value: z.number(),
      /** Bonferroni over all dimensions of the experiment, whichever are read. */
      adjusted_p_value: z.number(),
      i_squared: z.number(),
      reversal: z.boolean(),
    }),
  ),
});
export type Segments = z.infer<typeof Segments>;

/** The primary metric's effect by the day of first exposure, one independent group of units a day, and by days since exposure. */
export const Trend = z.object({
  key: z.string(),
  /** `other` while it cannot be told. */
  classification: z.enum(["stable", "novelty", "primacy", "other"]),
  slope_per_day: z.number().nullable(),
  slope_p_value: z.number().nullable(),
  early_effect: z.number().nullable(),
  late_effect: z.number().nullable(),
  late_minus_early_p_value: z.number().nullable(),
  by_day: z.array(z.object({ day: z.string(), effect: z.number().nullable(), standard_error: z.number().nullable() })),
  by_age: z.array(
    z.object({ days: z.number().int(), effect: z.number().nullable(), standard_error: z.number().nullable() }),
  ),
});
export type Trend = z.infer<typeof Trend>;

/** The primary metric where this experiment meets another that is watched. */
export const Interaction = z.object({
  experiment_key: z.string(),
  /** Units in both, over units in either. */
  jaccard: z.number().nullable(),
  units: z.number().int(),
  /** Whether the two assign independently; below 0.001 one of them is broken. */
  assignment_p_value: z.number().nullable(),
  contrasts: z.array(
    z.object({
      key: z.string(),
      other_key: z.string(),
      contrast: z.number().nullable(),
      ci_low: z.number().nullable(),
      ci_high: z.number().nullable(),
      p_value: z.number().nullable(),
      /** Bonferroni over all contrasts of all watched experiments. */
      adjusted_p_value: z.number().nullable(),
    }),
  ),
});
export type Interaction = z.infer<typeof Interaction>;

/** What only some designs have; null for the others. */
export const DesignResults = z.object({
  /** Of the primary metric: each effect of a 2^k factorial, or each level against the first; p-values after Holm's correction. */
  factorial: z
    .array(
      z.object({
        name: z.string(),
        effect: z.number(),
        ci_low: z.number(),
        ci_high: z.number(),
        p_value: z.number(),
        adjusted_p_value: z.number(),
      }),
    )
    .nullable(),
  cluster: z
    .object({ clusters: z.number().int(), design_effect: z.number().nullable(), fewest_in_a_variant: z.number().int() })
    .nullable(),
  switchback: z.object({ blocks: z.number().int(), needed: z.number().int() }).nullable(),
  interleaving: z
    .array(
      z.object({
        metric_key: z.string(),
        wins_first: z.number().int(),
        wins_second: z.number().int(),
        ties: z.number().int(),
        /** Preference for the second variant, −0.5 to 0.5. */
        preference: z.number().nullable(),
        ci_low: z.number().nullable(),
        ci_high: z.number().nullable(),
        p_value: z.number().nullable(),
      }),
    )
    .nullable(),
});
export type DesignResults = z.infer<typeof DesignResults>;

export const Progress = z.object({
  /** Days that have begun, from 1, and not beyond the plan. */
  day: z.number().int(),
  planned_days: z.number().int(),
  days_left: z.number().int(),
  units: z.number().int(),
  /**
   * Units of all variants together, as `units` are, that the minimal detectable effect needs by the plan's method and weights, at the control's
   * value so far: of the comparison that needs most.
   */
  units_needed: z.number().int().nullable(),
  /** The smallest lift that the units so far would find with the plan's power. */
  detectable_lift: z.number().nullable(),
  /** Days until the units needed are there, at the pace of the last seven days: a range. */
  days_to_needed: z.tuple([z.number().int(), z.number().int()]).nullable(),
});
export type Progress = z.infer<typeof Progress>;

export const Results = z.object({
  experiment_key: z.string(),
  environment: z.string(),
  as_of: Instant,
  significance_level: z.number(),
  design: Design,
  /** The settings that the numbers follow. */
  plan: AnalysisSettings,
  health: Health,
  verdict: Verdict,
  progress: Progress.nullable(),
  variants: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      is_control: z.boolean(),
      /** The planned share of exposed units, 0–1. */
      expected_share: z.number(),
      /** Exposed units in the analysis. */
      exposures: z.number().int(),
    }),
  ),
  metrics: z.array(MetricResult),
  /** By day of first exposure, cumulative: what the analysis of the units exposed up to and including that day says now. */
  daily: z.array(
    z.object({
      /** `YYYY-MM-DD`, UTC. */
      day: z.string(),
      variants: z.array(z.object({ key: z.string(), exposures: z.number().int() })),
      /** The primary metric's lift and interval. */
      primary: z.array(
        z.object({
          key: z.string(),
          lift: z.number().nullable(),
          lift_ci_low: z.number().nullable(),
          lift_ci_high: z.number().nullable(),
        }),
      ),
    }),
  ),
  trend: z.array(Trend),
  /** Of the dimensions that were asked for. */
  segments: z.array(Segments),
  interactions: z.array(Interaction),
  designs: DesignResults,
  sequence: Sequence,
});
export type Results = z.infer<typeof Results>;
