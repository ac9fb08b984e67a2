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
 * Degrees of freedom of a difference of independent estimates, each over `n` ≥ 2 units; NaN where neither varies. As shares of
 * the variance, so that tiny variances do not underflow when they are squared. Source: F. E. Satterthwaite (1946).
 */
export const welchDegreesOfFreedom = (
  before: Pick<Estimate, "variance"> & { readonly n: number },
  after: Pick<Estimate, "variance"> & { readonly n: number },
): number => {
  const variance = before.variance + after.variance;
  return 1 / ((before.variance / variance) ** 2 / (before.n - 1) + (after.variance / variance) ** 2 / (after.n - 1));
};

/**
 * Welch's t-test of two means, which does not assume equal variances.
 *
 * Source: B. L. Welch (1947). Assumes independent units and means that are close to normal: some 355·skewness² units in
 * each (Kohavi et al., 2014).
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
  const degreesOfFreedom = welchDegreesOfFreedom({ ...before, n: control.n }, { ...after, n: treatment.n });
  const test = waldTest(after.mean - before.mean, Math.sqrt(variance), alpha, degreesOfFreedom);
  return test.kind === "undefined" ? test : { ...test, degreesOfFreedom };
};
