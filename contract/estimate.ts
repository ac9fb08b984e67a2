import { z } from "zod";

/** Why a number is undefined: see docs/statistics.md. */
export const UndefinedReason = z.enum([
  "no_data",
  "too_few_observations",
  "zero_variance",
  "zero_baseline",
  "zero_denominator",
  "unbounded",
  "too_few_clusters",
  "no_look_yet",
]);
export type UndefinedReason = z.infer<typeof UndefinedReason>;

/**
 * A variant less the control, by one method. `difference`, its interval and `p_value` share one standard error; `lift` is
 * difference / |control mean|, with an interval that agrees with the p-value about what is clear.
 */
export const Estimate = z.object({
  difference: z.number().nullable(),
  standard_error: z.number().nullable(),
  ci_low: z.number().nullable(),
  ci_high: z.number().nullable(),
  lift: z.number().nullable(),
  lift_ci_low: z.number().nullable(),
  lift_ci_high: z.number().nullable(),
  /** Null by the Bayesian method, which has none. */
  p_value: z.number().nullable(),
  /** log10 of `p_value`, which goes on where doubles end. */
  log10_p_value: z.number().nullable(),
  /** Why `p_value` and the interval are null. */
  undefined_reason: UndefinedReason.nullable(),
  /** Why the lift or its interval is null. */
  lift_undefined_reason: UndefinedReason.nullable(),
});
export type Estimate = z.infer<typeof Estimate>;
