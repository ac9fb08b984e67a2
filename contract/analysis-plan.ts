import { z } from "zod";
import { AnalysisSettings } from "./analysis-settings.ts";
import { ExperimentStatus } from "./experiment.ts";
import { Factors } from "./factor.ts";
import { MetricRole, MetricType } from "./metric.ts";

/** What randomises, and what is counted as one. */
export const Design = z.enum(["parallel", "cluster", "switchback", "interleaving"]);
export type Design = z.infer<typeof Design>;

/**
 * What the analysis needs to know of one experiment in one environment, besides its sums. All of it is fixed before the start, but
 * for the dates, the status and the phases.
 */
export const AnalysisPlan = AnalysisSettings.extend({
  experiment_id: z.string(),
  experiment_key: z.string(),
  environment: z.string(),
  /** The environment's generation of counts. */
  generation: z.number().int(),
  status: ExperimentStatus,
  design: Design,
  significance_level: z.number(),
  power: z.number(),
  /** The smallest lift worth finding, a fraction; null for none. */
  min_detectable_effect: z.number().nullable(),
  estimated_duration_days: z.number().int(),
  /** ms since 1970, of the first phase that is analysed; null before the start. */
  started_at: z.number().int().nullable(),
  /** ms since 1970; null until it is completed. */
  ended_at: z.number().int().nullable(),
  /** ms since 1970, from when on nobody new is let in; null for no such end. */
  ends_at: z.number().int().nullable(),
  /** The phases that are analysed together, in order: between them only the traffic has changed. */
  phases: z.array(z.object({ number: z.number().int(), started_at: z.number().int() })),
  variants: z.array(
    z.object({
      id: z.string(),
      key: z.string(),
      name: z.string(),
      weight_bp: z.number().int(),
      is_control: z.boolean(),
      /** In a factorial: the level's index by factor, in the order of the factors; null otherwise. */
      levels: z.array(z.number().int()).nullable(),
    }),
  ),
  factors: Factors.nullable(),
  metrics: z.array(
    z.object({
      id: z.string(),
      key: z.string(),
      name: z.string(),
      role: MetricRole,
      type: MetricType,
      direction: z.enum(["increase", "decrease"]),
      /** Of a quantile metric; null for the others. */
      quantile: z.number().nullable(),
      /** The percentile of all units' values that caps it; null for none. Only the whole is capped then, no part of the units. */
      cap_percentile: z.number().nullable(),
      /** A guardrail's: the largest relative change in the bad direction that is put up with, a fraction; null for the others. */
      limit: z.number().nullable(),
    }),
  ),
  /** How many dimensions the experiment has, whichever of them are read. */
  dimensions: z.number().int(),
  /** Experiments that are watched together with this one. */
  watched: z.array(
    z.object({
      id: z.string(),
      key: z.string(),
      name: z.string(),
      variants: z.array(z.object({ id: z.string(), key: z.string(), is_control: z.boolean() })),
    }),
  ),
});
export type AnalysisPlan = z.infer<typeof AnalysisPlan>;
