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

/** Treatment − control; of high rates from what is missing to 1, which keeps digits that the rates have lost. */
export const rateDifference = (control: Proportion, treatment: Proportion): number => {
  const missingBefore = (control.n - control.conversions) / control.n;
  const missingAfter = (treatment.n - treatment.conversions) / treatment.n;
  return missingBefore < 0.5 && missingAfter < 0.5
    ? missingBefore - missingAfter
    : treatment.conversions / treatment.n - control.conversions / control.n;
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
  const variance = rateOf(control).variance + rateOf(treatment).variance;
  return waldTest(rateDifference(control, treatment), Math.sqrt(variance), alpha);
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
  const test = waldTest(rateDifference(control, treatment), standardError, 1);
  return test.kind === "undefined" ? test : { ...test, pooledRate };
};
