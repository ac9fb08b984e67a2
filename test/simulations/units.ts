import type { JointSums } from "../../analytics/joint-moments.ts";
import type { PairedMoments } from "../../analytics/joint-moments.ts";
import { sampleOf } from "../../analytics/sample-of.ts";
import { betaSampler, poissonSampler, type Random } from "./samplers.ts";

export const drawn = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);

/** Exact sums over units of whole numbers: numerator and denominator, and what they were before (`x`, `e`). */
export const jointSumsOf = (
  n: number,
  unit: () => readonly [y: number, d: number, x: number, e: number],
): JointSums => {
  const names = ["y", "d", "x", "e"] as const;
  const sums = new Float64Array(14);
  for (let i = 0; i < n; i++) {
    const values = unit();
    let at = 0;
    for (let a = 0; a < 4; a++) {
      sums[at++]! += values[a]!;
      for (let b = a; b < 4; b++) sums[at++]! += values[a]! * values[b]!;
    }
  }
  let at = 0;
  const entries = names.flatMap((a, i) => [
    [a, BigInt(sums[at++]!)] as const,
    ...names.slice(i).map((b) => [`${a}${b}` as const, BigInt(sums[at++]!)] as const),
  ]);
  return { n, sums: Object.fromEntries(entries) };
};

/** Means, variances and covariance of pairs. */
export const pairedMomentsOf = (y: readonly number[], x: readonly number[]): PairedMoments => {
  const [ofY, ofX] = [sampleOf(y), sampleOf(x)];
  const yx = y.reduce((sum, value, i) => sum + (value - ofY.mean) * (x[i]! - ofX.mean), 0) / (y.length - 1);
  return { n: y.length, y: ofY.mean, x: ofX.mean, yy: ofY.variance, xx: ofX.variance, yx };
};

/**
 * Units that see 1 + Poisson(2) pages before and as many after they are exposed, and click on each with a chance of their own: Beta(2, 18),
 * 0.1 in the mean, which the treatment raises by `lift`.
 */
export const clickers = (random: Random): ((lift: number) => readonly [number, number, number, number]) => {
  const [propensity, more] = [betaSampler(2, 18, random), poissonSampler(2, random)];
  const clicks = (pages: number, chance: number): number => {
    let count = 0;
    for (let page = 0; page < pages; page++) if (random() < chance) count++;
    return count;
  };
  return (lift) => {
    const chance = propensity();
    const [d, e] = [1 + more(), 1 + more()];
    return [clicks(d, chance * (1 + lift)), d, clicks(e, chance), e];
  };
};
