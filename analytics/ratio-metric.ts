import type { DifferenceTest, Undefined } from "./difference.ts";
import type { JointSums, Whole } from "./joint-moments.ts";
import { waldTest } from "./wald-test.ts";
import { meanOf, type Sample } from "./welch.ts";

/** Below this share of what it is made of, too many digits of a sum cancel in doubles. */
const CANCELS = 1e-3;

/**
 * The ratio Σy/Σd as if it were a mean over units: `mean` is the ratio R, and `variance` that of (y − R·d)/mean of d, a
 * unit's share in it, so that variance/n is the ratio's by the delta method. Undefined where Σd is 0; the variance of fewer
 * than two units is 0.
 *
 * Source: A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics" (2018).
 */
export const ratioOf = ({ n, sums }: JointSums<Whole>): Sample | undefined => {
  const { y = 0n, d = 0n, yy = 0n, yd = 0n, dd = 0n } = sums;
  const total = Number(d);
  if (total === 0) return undefined;
  const mean = Number(y) / total;
  if (n < 2) return { n, mean, variance: 0 };
  // Σ(y − R·d)², in whole numbers where numerators are nearly proportional to denominators.
  const all = Number(yy) + mean * mean * Number(dd);
  let residuals = all - 2 * mean * Number(yd);
  if (residuals <= CANCELS * all) {
    const [a, b] = [BigInt(y), BigInt(d)];
    residuals = Number(BigInt(yy) * b * b - 2n * a * b * BigInt(yd) + a * a * BigInt(dd)) / Number(b * b);
  }
  // Sums that were rounded before they came here can be those of no units at all, and below 0.
  return { n, mean, variance: ((Math.max(0, residuals) / total / total) * n * n) / (n - 1) };
};

/**
 * The z-test of two ratios, for metrics whose denominator is not the unit of randomisation (clicks per impression). Needs
 * some 100 units in each; a test that took the denominators for units would reject far too often.
 */
export const compareRatios = (
  control: JointSums<Whole>,
  treatment: JointSums<Whole>,
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
