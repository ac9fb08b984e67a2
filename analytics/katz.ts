import type { Interval } from "./difference.ts";
import { normalUpperQuantile } from "./distributions/normal.ts";
import type { Proportion } from "./two-proportions.ts";

/**
 * The lift's interval from the logarithm of the ratio of two rates; undefined unless both have conversions and one of
 * them has units without. Source: D. Katz et al. (1978).
 */
export const katzLift = (control: Proportion, treatment: Proportion, alpha: number): Interval | undefined => {
  if (control.conversions === 0 || treatment.conversions === 0) return undefined;
  const before = control.conversions / control.n;
  const after = treatment.conversions / treatment.n;
  const standardError = Math.sqrt((1 - before) / control.conversions + (1 - after) / treatment.conversions);
  if (standardError === 0) return undefined;
  const half = normalUpperQuantile(alpha / 2) * standardError;
  const ln = Math.log(after / before);
  return [Math.expm1(ln - half), Math.expm1(ln + half)];
};
