import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import { waldTest } from "./wald-test.ts";

/** `conversions` of `n` units converted. */
export interface Proportion {
  readonly n: number;
  readonly conversions: number;
}

/** The rate with its variance p(1−p)/n; `n` must be positive. */
export const rateOf = ({ n, conversions }: Proportion): Estimate => {
  const rate = conversions / n;
  return { mean: rate, variance: (rate * ((n - conversions) / n)) / n };
};

/**
 * The z-test of two rates with the unpooled (Wald) standard error, which serves the interval and the p-value alike, so
 * that they cannot contradict each other. Needs some 10 conversions and 10 others in both; below that Newcombe's interval
 * and Fisher's test are the ones to believe. Undefined where nobody or everybody converted in each, even if in one nobody
 * did and in the other everybody.
 */
export const compareProportions = (
  control: Proportion,
  treatment: Proportion,
  alpha: number,
): DifferenceTest | Undefined => {
  if (control.n === 0 || treatment.n === 0) return { kind: "undefined", reason: "no_data" };
  const before = rateOf(control);
  const after = rateOf(treatment);
  return waldTest(after.mean - before.mean, Math.sqrt(before.variance + after.variance), alpha);
};

/**
 * The z-test with the standard error pooled under the hypothesis that the rates are equal. For that hypothesis only,
 * so it comes without an interval.
 */
export const comparePooledProportions = (
  control: Proportion,
  treatment: Proportion,
): (Omit<DifferenceTest, "critical" | "interval"> & { readonly pooledRate: number }) | Undefined => {
  if (control.n === 0 || treatment.n === 0) return { kind: "undefined", reason: "no_data" };
  const n = control.n + treatment.n;
  const conversions = control.conversions + treatment.conversions;
  const pooledRate = conversions / n;
  const standardError = Math.sqrt(pooledRate * ((n - conversions) / n) * (1 / control.n + 1 / treatment.n));
  const test = waldTest(rateOf(treatment).mean - rateOf(control).mean, standardError, 1);
  return test.kind === "undefined" ? test : { ...test, pooledRate };
};
