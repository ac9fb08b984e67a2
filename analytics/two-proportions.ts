import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import { normalLnTails, normalSf, normalUpperQuantile } from "./distributions/normal.ts";

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

type ZTest = Omit<DifferenceTest, "critical" | "interval">;

const zTest = (difference: number, standardError: number): ZTest => {
  const statistic = difference / standardError;
  return {
    kind: "estimated",
    difference,
    standardError,
    statistic,
    pValue: 2 * normalSf(Math.abs(statistic)),
    lnPValue: Math.LN2 + normalLnTails(Math.abs(statistic)).lnUpper,
  };
};

/**
 * The z-test of two rates with the unpooled (Wald) standard error, which serves the interval and the p-value alike, so
 * that they cannot contradict each other. Needs some 10 conversions and 10 others in both.
 */
export const compareProportions = (
  control: Proportion,
  treatment: Proportion,
  alpha: number,
): DifferenceTest | Undefined => {
  if (control.n === 0 || treatment.n === 0) return { kind: "undefined", reason: "no_data" };
  const before = rateOf(control);
  const after = rateOf(treatment);
  const difference = after.mean - before.mean;
  const standardError = Math.sqrt(before.variance + after.variance);
  if (standardError === 0) return { kind: "undefined", reason: "zero_variance" };
  const critical = normalUpperQuantile(alpha / 2);
  const half = critical * standardError;
  return { ...zTest(difference, standardError), critical, interval: [difference - half, difference + half] };
};

/**
 * The z-test with the standard error pooled under the hypothesis that the rates are equal. For that hypothesis only,
 * so it comes without an interval.
 */
export const comparePooledProportions = (
  control: Proportion,
  treatment: Proportion,
): (ZTest & { readonly pooledRate: number }) | Undefined => {
  const n = control.n + treatment.n;
  const conversions = control.conversions + treatment.conversions;
  if (control.n === 0 || treatment.n === 0) return { kind: "undefined", reason: "no_data" };
  const pooledRate = conversions / n;
  const standardError = Math.sqrt(pooledRate * ((n - conversions) / n) * (1 / control.n + 1 / treatment.n));
  if (standardError === 0) return { kind: "undefined", reason: "zero_variance" };
  return { ...zTest(rateOf(treatment).mean - rateOf(control).mean, standardError), pooledRate };
};
