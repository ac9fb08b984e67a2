import { z } from "zod";
import { Instant } from "./key.ts";
import { MetricRole, MetricType } from "./metric.ts";

/** Why a number is undefined: see docs/statistics.md. */
export const UndefinedReason = z.enum([
  "no_data",
  "too_few_observations",
  "zero_variance",
  "zero_baseline",
  "unbounded",
]);
export type UndefinedReason = z.infer<typeof UndefinedReason>;

export const MetricVariant = z.object({
  key: z.string(),
  /** Units in the analysis. */
  n: z.number().int(),
  /** Σ over units: converted units for a conversion metric, the total for a sum metric. */
  sum: z.number(),
  /** sum / n; null while n is 0. */
  mean: z.number().nullable(),
});
export type MetricVariant = z.infer<typeof MetricVariant>;

/**
 * One variant against the control. `difference`, its interval and `p_value` share one standard error; `lift` is
 * difference / |control mean| with Fieller's interval, which agrees with the p-value about what is clear.
 */
export const Comparison = z.object({
  key: z.string(),
  difference: z.number().nullable(),
  lift: z.number().nullable(),
  ci_low: z.number().nullable(),
  ci_high: z.number().nullable(),
  p_value: z.number().nullable(),
  lift_ci_low: z.number().nullable(),
  lift_ci_high: z.number().nullable(),
  standard_error: z.number().nullable(),
  /** Why `p_value` and the interval are null. */
  undefined_reason: UndefinedReason.nullable(),
  /** Why the lift or its interval is null. */
  lift_undefined_reason: UndefinedReason.nullable(),
});
export type Comparison = z.infer<typeof Comparison>;

export const MetricResult = z.object({
  key: z.string(),
  name: z.string(),
  role: MetricRole,
  type: MetricType,
  direction: z.enum(["increase", "decrease"]),
  /** False for a type that is only kept in the catalogue for now; then there are no numbers. */
  analysed: z.boolean(),
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
});
export type Verdict = z.infer<typeof Verdict>;

export const Results = z.object({
  experiment_key: z.string(),
  environment: z.string(),
  as_of: Instant,
  significance_level: z.number(),
  health: z.object({
    srm: z.object({
      chi_squared: z.number().nullable(),
      degrees_of_freedom: z.number().int(),
      p_value: z.number().nullable(),
      /** False when p < 0.001: the split is not the one that was planned, and no result can be trusted. */
      ok: z.boolean(),
    }),
    /** Units seen in two variants, left out of the analysis; `share` is of all exposed units. */
    crossovers: z.object({ units: z.number().int(), share: z.number() }),
  }),
  verdict: Verdict,
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
});
export type Results = z.infer<typeof Results>;
