import { normalQuantile, normalUpperQuantile } from "./distributions/normal.ts";
import { exitProbabilities, type Look, looksOf, upperExit } from "./exit-probabilities.ts";
import { solveBySecant } from "./secant.ts";
import { sumOf } from "./sum.ts";

const neededDrift = (looks: readonly Look[], power: number): number => {
  const target = normalQuantile(power);
  const { fraction, bound } = looks.at(-1)!;
  const root = Math.sqrt(fraction);
  return solveBySecant(
    (drift) => normalQuantile(sumOf(looks, (look) => upperExit(look, drift))) - target,
    (bound + target) / root,
    root,
  );
};

/**
 * By how much the looks raise the largest sample that may be needed: maximum information over that of a test with one look, of the same
 * two-sided `alpha` and power (counted on the side of the effect).
 */
export const inflationOf = (looks: readonly Look[], alpha: number, power: number): number =>
  (neededDrift(looks, power) / (normalUpperQuantile(alpha / 2) + normalQuantile(power))) ** 2;

const stoppingLooks = (fractions: readonly number[], bounds: readonly number[]): Look[] =>
  looksOf(fractions, bounds).filter((look) => look !== undefined);

/** The drift (mean of Z at information fraction 1) for which a test stops above its upper bounds with probability `power`. */
export const driftFor = (fractions: readonly number[], bounds: readonly number[], power: number): number =>
  neededDrift(stoppingLooks(fractions, bounds), power);

/** {@link inflationOf} a test with these bounds. */
export const inflationFactor = (
  fractions: readonly number[],
  bounds: readonly number[],
  alpha: number,
  power: number,
): number => inflationOf(stoppingLooks(fractions, bounds), alpha, power);

/** The information fraction at which a test is expected to end, by a bound or at its last look. */
export const expectedFraction = (fractions: readonly number[], bounds: readonly number[], drift: number): number => {
  const { upper, lower } = exitProbabilities(fractions, bounds, drift);
  const last = fractions.at(-1) ?? 0;
  return fractions.reduce((mean, t, k) => mean - (last - t) * (upper[k]! + lower[k]!), last);
};
