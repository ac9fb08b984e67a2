import { z } from "zod";
import { ExperimentStatus } from "./experiment.ts";
import { MetricRole, MetricType } from "./metric.ts";

/** What the analysis needs to know of one experiment in one environment, besides its sums. */
export const AnalysisPlan = z.object({
  experiment_key: z.string(),
  environment: z.string(),
  status: ExperimentStatus,
  significance_level: z.number(),
  min_detectable_effect: z.number().nullable(),
  estimated_duration_days: z.number().int(),
  /** ms since 1970; null before the start. */
  started_at: z.number().int().nullable(),
  /** ms since 1970; null until it is completed. */
  ended_at: z.number().int().nullable(),
  variants: z.array(
    z.object({
      id: z.string(),
      key: z.string(),
      name: z.string(),
      weight_bp: z.number().int(),
      is_control: z.boolean(),
    }),
  ),
  metrics: z.array(
    z.object({
      id: z.string(),
      key: z.string(),
      name: z.string(),
      role: MetricRole,
      type: MetricType,
      direction: z.enum(["increase", "decrease"]),
    }),
  ),
});
export type AnalysisPlan = z.infer<typeof AnalysisPlan>;
