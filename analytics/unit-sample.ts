import type { Measured } from "./measure.ts";
import type { Sample } from "./welch.ts";

/** A variant's metric as a sample of its units, whose mean has that variance; without one no test can be had of it. */
export const unitSampleOf = ({ n, mean, variance }: Measured): Sample => ({
  n,
  mean: mean ?? NaN,
  variance: variance * n,
});
