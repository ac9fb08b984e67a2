import type { Interval } from "./difference.ts";
import { normalUpperQuantile } from "./distributions/normal.ts";
import type { Proportion } from "./two-proportions.ts";

/** (1 − p)/x, the variance of ln p. */
const lnRateVariance = ({ n, conversions }: Proportion): number => (n - conversions) / n / conversions;

/**
 * The lift's interval from the logarithm of the ratio of two rates; undefined unless both have conversions and one of
 * them has units without. Source: D. Katz et al. (1978).
 */
export const katzLift = (control: Proportion, treatment: Proportion, alpha: number): Interval | undefined => {
  if (control.conversions === 0 || treatment.conversions === 0) return undefined;
  const standardError = Math.sqrt(lnRateVariance(control) + lnRateVariance(treatment));
  if (standardError === 0) return undefined;
  const half = normalUpperQuantile(alpha / 2) * standardError;
  const ln = Math.log(treatment.conversions / treatment.n / (control.conversions / control.n));
  return [Math.expm1(ln - half), Math.expm1(ln + half)];
};
