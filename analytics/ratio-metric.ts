import type { DifferenceTest, Undefined } from "./difference.ts";
import type { JointSums, Whole } from "./joint-moments.ts";
import { waldTest } from "./wald-test.ts";
import { meanOf, type Sample } from "./welch.ts";

/** Below this share of what it is made of, too many digits of a sum cancel in doubles. */
const CANCELS = 1e-3;

/** Σ(y − R·d)², in whole numbers where numerators are nearly proportional to denominators and much of it cancels. */
const residualSquares = (
  sums: readonly [y: Whole, d: Whole, yy: Whole, yd: Whole, dd: Whole],
  ratio: number,
): number => {
  const [, , squares, products, others] = sums.map(Number) as [number, number, number, number, number];
  const all = squares + ratio * ratio * others;
  const residuals = all - 2 * ratio * products;
  if (residuals > CANCELS * all) return residuals;
  const [y, d, yy, yd, dd] = sums.map(BigInt) as [bigint, bigint, bigint, bigint, bigint];
  return Number(yy * d * d - 2n * y * d * yd + y * y * dd) / Number(d * d);
};

/**
 * The ratio Σy/Σd as if it were a mean over units: `mean` is the ratio R, and `variance` that of (y − R·d)/mean of d, a
 * unit's share in it, so that variance/n is the ratio's by the delta method. Undefined where Σd is 0; the variance of fewer
 * than two units is 0.
 *
 * Source: A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics" (2018).
 */
export const ratioOf = ({ n, sums }: JointSums<Whole>): Sample | undefined => {
  const { y = 0n, d = 0n, yy = 0n, yd = 0n, dd = 0n } = sums;
  const all = Number(d);
  if (all === 0) return undefined;
  const mean = Number(y) / all;
  if (n < 2) return { n, mean, variance: 0 };
  // Sums that were rounded before they came here can be those of no units at all, and below 0.
  const residuals = Math.max(0, residualSquares([y, d, yy, yd, dd], mean));
  return { n, mean, variance: ((residuals / all / all) * n * n) / (n - 1) };
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
