import type { Contrast } from "./contrast.ts";
import type { Interval } from "./difference.ts";

/** The variance of the lift by the delta method; undefined where the control's value is 0 or the difference has no variance. */
export const liftVariance = ({
  difference,
  baseline,
  variance,
  baselineVariance,
  covariance,
}: Contrast): number | undefined => {
  if (difference === null || baseline === null || baseline === 0 || !(variance > 0)) return undefined;
  const ratio = difference / baseline;
  return Math.max(0, (variance - 2 * ratio * covariance + ratio * ratio * baselineVariance) / baseline / baseline);
};

/**
 * Fieller's interval of a lift, difference / |baseline|, where the two may covary: all lifts l for which difference − l·baseline is not
 * `critical` standard errors from 0. With the critical value of a test of the difference it excludes 0 exactly when that test
 * rejects. Undefined where the baseline cannot be told from 0.
 *
 * Source: E. C. Fieller, "Some problems in interval estimation" (1954).
 */
export const liftInterval = (
  { difference, baseline, variance, baselineVariance, covariance }: Contrast,
  critical: number,
): Interval | undefined => {
  if (difference === null || baseline === null || baseline === 0) return undefined;
  const scaled = (value: number): number => ((critical / baseline) * value * critical) / baseline;
  const g = scaled(baselineVariance);
  if (!(g < 1)) return undefined;
  const ratio = difference / baseline;
  const shift = scaled(covariance);
  // Where nothing covaries beyond the control itself, all four terms are positive: nothing cancels.
  const square = scaled(variance) * (1 - g) + g * ratio * ratio - 2 * ratio * shift + shift * shift;
  const half = Math.sqrt(Math.max(0, square));
  const [low, high] = [(ratio - shift - half) / (1 - g), (ratio - shift + half) / (1 - g)];
  return baseline > 0 ? [low, high] : [-high, -low];
};
