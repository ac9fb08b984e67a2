import { z } from "zod";

/**
 * One running sum. Cells add up over shards, phases and days.
 * Money and every other value is in millionths, as integers in decimal text, because sums of squares pass 2^53.
 */
export const SumsCell = z.object({
  experiment_id: z.string(),
  phase: z.number().int(),
  /** `""` for units seen in two variants, which are left out of the analysis. */
  variant_id: z.string(),
  /** `""` counts exposed units. */
  metric_id: z.string(),
  /** Day of first exposure, days since 1970-01-01 UTC. */
  day: z.number().int(),
  /** Units: exposed ones where `metric_id` is `""`, else those with at least one event that counts. */
  n: z.number().int(),
  /** Σ of unit totals, in millionths. */
  sum: z.string(),
  /** Σ of squared unit totals, in millionths squared. */
  sum_of_squares: z.string(),
});
export type SumsCell = z.infer<typeof SumsCell>;
