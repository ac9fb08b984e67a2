import { momentsOfValues, sampleOfMoments } from "./moments.ts";
import { orderedValues, quantileAt } from "./quantile.ts";
import type { Sample } from "./welch.ts";

/**
 * The value at a percentile (0 to 1) of all variants' values together: a cap of each variant's own would hide what the
 * treatment does to large values. Undefined for no values.
 */
export const percentileCap = (
  variants: readonly (readonly number[])[],
  percentile: number,
  ignoreZeros: boolean,
): number | undefined => {
  const values = variants.flat().filter((value) => !ignoreZeros || value !== 0);
  return values.length === 0 ? undefined : quantileAt(orderedValues(values), percentile);
};

/** The values with those above the cap cut down to it (winsorised), and how many those are. */
export const cappedSample = (values: readonly number[], cap: number): Sample & { readonly capped: number } => ({
  ...sampleOfMoments(momentsOfValues(values.map((value) => Math.min(value, cap)))),
  capped: values.filter((value) => value > cap).length,
});
