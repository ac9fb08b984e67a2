import type { DifferenceTest, Undefined } from "./difference.ts";
import type { JointMoments } from "./joint-moments.ts";
import { residualVariance } from "./residual-variance.ts";
import { waldTest } from "./wald-test.ts";
import { meanOf, type Sample } from "./welch.ts";

/** Of the units' numerators `y` and denominators `d`. */
export type RatioMoments = Pick<JointMoments, "n" | "y" | "d" | "yy" | "yd" | "dd">;

/**
 * The ratio Σy/Σd as if it were a mean over units: `mean` is the ratio, and `variance` that of a unit's share in it,
 * (y − R·d)/mean of d, so that variance/n is the ratio's by the delta method. Undefined where Σd is 0.
 *
 * Source: A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics" (2018).
 */
export const ratioOf = ({ n, y, d, yy, yd, dd }: RatioMoments): Sample | undefined =>
  d === 0 ? undefined : { n, mean: y / d, variance: residualVariance(yy, yd, dd, y / d) / d / d };

/**
 * The z-test of two ratios, for metrics whose denominator is not the unit of randomisation (clicks per impression). Needs
 * some 100 units in each; a test that took the denominators for units would reject far too often.
 */
export const compareRatios = (
  control: RatioMoments,
  treatment: RatioMoments,
  alpha: number,
): DifferenceTest | Undefined => {
  if (control.n === 0 || treatment.n === 0) return { kind: "undefined", reason: "no_data" };
  const before = ratioOf(control);
  const after = ratioOf(treatment);
  if (!before || !after) return { kind: "undefined", reason: "zero_denominator" };
  if (control.n < 2 || treatment.n < 2) return { kind: "undefined", reason: "too_few_observations" };
  const variance = meanOf(before).variance + meanOf(after).variance;
  return waldTest(after.mean - before.mean, Math.sqrt(variance), alpha);
};
