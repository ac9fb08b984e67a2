import { normalQuantile, normalUpperQuantile } from "./distributions/normal.ts";
import { exitProbabilities, upperExits } from "./exit-probabilities.ts";
import { solveBySecant } from "./secant.ts";
import { sumOf } from "./sum.ts";

/** The drift (mean of Z at information fraction 1) for which a test stops above its upper bounds with probability `power`. */
export const driftFor = (fractions: readonly number[], bounds: readonly number[], power: number): number => {
  const exitsAt = upperExits(fractions, bounds);
  const target = normalQuantile(power);
  const root = Math.sqrt(fractions.at(-1) ?? 1);
  return solveBySecant(
    (drift) => normalQuantile(sumOf(exitsAt(drift), (exit) => exit)) - target,
    ((bounds.at(-1) ?? 0) + target) / root,
    root,
  );
};

/**
 * By how much the looks raise the largest sample that may be needed: maximum information over that of a test with one look, of the same
 * two-sided `alpha` and power (counted on the side of the effect).
 */
export const inflationFactor = (
  fractions: readonly number[],
  bounds: readonly number[],
  alpha: number,
  power: number,
): number => (driftFor(fractions, bounds, power) / (normalUpperQuantile(alpha / 2) + normalQuantile(power))) ** 2;

/** The information fraction at which a test is expected to end, by a bound or at its last look. */
export const expectedFraction = (fractions: readonly number[], bounds: readonly number[], drift: number): number => {
  const { upper, lower } = exitProbabilities(fractions, bounds, drift);
  const last = fractions.at(-1) ?? 0;
  return fractions.reduce((mean, t, k) => mean - (last - t) * (upper[k]! + lower[k]!), last);
};
