import { z } from "zod";

/**
 * What a cell is a part of. Every unit that is exposed is in one cell of each kind that its experiment has, except where it
 * says otherwise, so the cells of one kind add up to the whole.
 *
 * - `day`: by the day of first exposure. `slice` is days since 1970-01-01 UTC.
 * - `age`: what the metric would be if only the events of that day since exposure counted; `slice` is 0 for the first 24 hours,
 *   and at most 27. Events after the 28th day are in none. Units without an event that day are in none.
 * - `dimension`: by the value of an attribute at first exposure. `name` is the attribute, `slice` the value; `""` for none, and
 *   null for those beyond the values that are kept.
 * - `joint`: units that are in another watched experiment, too. `name` is its id, `slice` the id of its variant.
 * - `bucket`: by the size of the unit's total; `slice` as `counting/histogram.ts` says. Only units with an event that counts,
 *   and only metrics whose quantiles or percentile caps are asked for.
 * - `block`: the windows of a switchback test; `slice` is the window's index.
 * - `credit`: interleaving. `slice` is the id of the variant that won the unit's credit, or `tie`; `y` is the credit of the first
 *   variant less that of the second, as a share of both. Only units with credit.
 */
export const SumsKind = z.enum(["day", "age", "dimension", "joint", "bucket", "block", "credit"]);
export type SumsKind = z.infer<typeof SumsKind>;

/**
 * What is added up over the units of a cell, each in millionths, so a product is in millionths squared. `y` is the unit's value
 * (a ratio's numerator), `d` its denominator (a cluster's size where the metric has none), `x` and `e` are what `y` and `d` were
 * before the first exposure. Sums that are 0 are left out.
 */
export const SumName = z.enum(["y", "d", "x", "e", "yy", "yd", "yx", "ye", "dd", "dx", "de", "xx", "xe", "ee"]);
export type SumName = z.infer<typeof SumName>;

export const CellKey = z.object({
  experiment_id: z.string(),
  phase: z.number().int(),
  /** `""` for units seen in two variants, which are left out of the analysis. */
  variant_id: z.string(),
  /** `""` counts exposed units. */
  metric_id: z.string(),
  kind: SumsKind,
  name: z.string(),
  slice: z.string().nullable(),
});
export type CellKey = z.infer<typeof CellKey>;

/** One running sum. Cells add up over shards, phases and the slices of one kind. */
export const SumsCell = CellKey.extend({
  /** Units: exposed ones where `metric_id` is `""`, else those with at least one event that counts. */
  n: z.number().int(),
  /** Integers in decimal text, because sums of squares pass 2^53. */
  sums: z.partialRecord(SumName, z.string()),
});
export type SumsCell = z.infer<typeof SumsCell>;
