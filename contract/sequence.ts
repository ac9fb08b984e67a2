import { z } from "zod";
import { Estimate } from "./estimate.ts";
import { Instant } from "./key.ts";

/** One planned look of a group-sequential plan that has been taken. It stays as it was seen then. */
export const Look = z.object({
  number: z.number().int(),
  at: Instant,
  information_fraction: z.number(),
  /** |Z| of the primary metric at or beyond which it ends; null where so little is spent that no value would do. */
  bound: z.number().nullable(),
  /** α spent up to and with this look, two-sided. */
  alpha_spent: z.number(),
  /** Of all metrics. The interval is the repeated one, and `p_value` the level at which the look would just have rejected. */
  comparisons: z.array(
    Estimate.extend({
      metric_key: z.string(),
      key: z.string(),
      z: z.number().nullable(),
      rejected: z.boolean(),
      /** By the bound that the variants share; null but for the primary metric. */
      adjusted_lift_ci_low: z.number().nullable(),
      adjusted_lift_ci_high: z.number().nullable(),
    }),
  ),
});
export type Look = z.infer<typeof Look>;

/** What has to be remembered from one look to the next. Kept with the snapshots. */
export const Sequence = z.object({
  /** What the figures belong to: other settings, another phase or another set of variants begin anew. */
  identity: z.string(),
  /** The environment's generation of counts: where they were made anew, what was wrong about the old ones is forgotten. Looks stay. */
  generation: z.number().int(),
  /** The smallest p-value of the sequential split test so far. */
  srm_p_value: z.number().nullable(),
  /** By metric and variant: the smallest anytime-valid p-value and the intersection of all intervals so far, of the lift. */
  running: z.array(
    z.object({
      metric_key: z.string(),
      key: z.string(),
      p_value: z.number(),
      ci_low: z.number(),
      ci_high: z.number(),
      /** The intersection is empty: the effect changes with time. The interval of now is shown. */
      moved: z.boolean(),
    }),
  ),
  looks: z.array(Look),
});
export type Sequence = z.infer<typeof Sequence>;
