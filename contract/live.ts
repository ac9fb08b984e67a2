import { z } from "zod";
import { Instant, Reference } from "./key.ts";
import { MetricRole, MetricType } from "./metric.ts";
import { SumsCell, SumsKind } from "./sums.ts";

/** Without an environment, the first one that the experiment runs in. */
export const LiveQuery = z.strictObject({ environment: Reference.optional() });
export type LiveQuery = z.infer<typeof LiveQuery>;

/**
 * What has been counted of an experiment up to now, in the phases that its results are made of, without any statistics:
 * cheap enough to be asked for every other second.
 */
export const Live = z.object({
  experiment_key: z.string(),
  environment: z.string(),
  as_of: Instant,
  /** `exposures` are units in the analysis. */
  variants: z.array(
    z.object({ key: z.string(), name: z.string(), is_control: z.boolean(), exposures: z.number().int() }),
  ),
  /** Units seen in two variants, left out of the analysis. */
  crossovers: z.number().int(),
  metrics: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      role: MetricRole,
      type: MetricType,
      variants: z.array(
        z.object({
          key: z.string(),
          /** Units with an event that counts. */
          n: z.number().int(),
          /** Σ over units, in the metric's own unit: units that did it for a conversion or retention, seconds for a time. */
          sum: z.number(),
          /** Σ of what a mean's or ratio's sum is divided by; null for the other types. */
          denominator: z.number().nullable(),
        }),
      ),
    }),
  ),
  /** Of the whole environment: `difference` is what is on its way, 0 at rest. */
  ledger: z.object({ received: z.number().int(), applied: z.number().int(), difference: z.number().int() }),
});
export type Live = z.infer<typeof Live>;

export const SumsQuery = LiveQuery.extend({ kind: SumsKind });
export type SumsQuery = z.infer<typeof SumsQuery>;

/** Of a dimension, the values with most units are told apart; those beyond are added up with slice null. */
export const MAX_DIMENSION_VALUES = 50;

/** The running sums of an experiment of one kind, added up over the shards, for every phase by itself. */
export const ExperimentSums = z.object({
  experiment_key: z.string(),
  environment: z.string(),
  as_of: Instant,
  kind: SumsKind,
  cells: z.array(SumsCell),
});
export type ExperimentSums = z.infer<typeof ExperimentSums>;
