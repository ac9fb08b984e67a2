import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import { waldTest } from "./wald-test.ts";

/** `variance` is the unbiased sample variance over the `n` units (divisor n − 1). */
export interface Sample {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

export const meanOf = ({ n, mean, variance }: Sample): Estimate => ({ mean, variance: variance / n });

/**
 * Welch's t-test of two means, which does not assume equal variances.
 *
 * Sources: B. L. Welch (1947); degrees of freedom by F. E. Satterthwaite (1946). Assumes independent units and means
 * that are close to normal: some 355·skewness² units in each (Kohavi et al., 2014).
 */
export const compareMeans = (
  control: Sample,
  treatment: Sample,
  alpha: number,
): (DifferenceTest & { readonly degreesOfFreedom: number }) | Undefined => {
  if (control.n === 0 || treatment.n === 0) return { kind: "undefined", reason: "no_data" };
  if (control.n < 2 || treatment.n < 2) return { kind: "undefined", reason: "too_few_observations" };
  const before = meanOf(control);
  const after = meanOf(treatment);
  const variance = before.variance + after.variance;
  if (variance === 0) return { kind: "undefined", reason: "zero_variance" };
  // As shares of the variance, so that tiny variances do not underflow when they are squared.
  const degreesOfFreedom =
    1 / ((before.variance / variance) ** 2 / (control.n - 1) + (after.variance / variance) ** 2 / (treatment.n - 1));
  const test = waldTest(after.mean - before.mean, Math.sqrt(variance), alpha, degreesOfFreedom);
  return test.kind === "undefined" ? test : { ...test, degreesOfFreedom };
};
