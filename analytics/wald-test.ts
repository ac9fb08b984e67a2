import type { DifferenceTest, Undefined } from "./difference.ts";
import { normalLnSf, normalSf, normalUpperQuantile } from "./distributions/normal.ts";
import { studentTTwoSidedLnTails, studentTUpperQuantile } from "./distributions/student-t.ts";

/**
 * The two-sided test that an estimated difference is 0, and its interval at level 1 − `alpha`: normal, or Student's t
 * where `degreesOfFreedom` are given.
 */
export const waldTest = (
  difference: number,
  standardError: number,
  alpha: number,
  degreesOfFreedom?: number,
): DifferenceTest | Undefined => {
  if (!(standardError > 0)) return { kind: "undefined", reason: "zero_variance" };
  const statistic = difference / standardError;
  const size = Math.abs(statistic);
  const normal = degreesOfFreedom === undefined;
  const critical = normal ? normalUpperQuantile(alpha / 2) : studentTUpperQuantile(alpha / 2, degreesOfFreedom);
  const lnPValue = normal ? Math.LN2 + normalLnSf(size) : studentTTwoSidedLnTails(size, degreesOfFreedom).lnUpper;
  const half = critical * standardError;
  return {
    kind: "estimated",
    difference,
    standardError,
    statistic,
    critical,
    interval: [difference - half, difference + half],
    pValue: normal ? 2 * normalSf(size) : Math.exp(lnPValue),
    lnPValue,
  };
};
