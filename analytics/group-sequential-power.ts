import { normalQuantile, normalUpperQuantile } from "./distributions/normal.ts";
import { solve } from "./distributions/invert.ts";
import { exitAt, goOn, hasGrown, type ScoreProcess, startScore } from "./score-process.ts";

/** By look: the probability of stopping there, for Z ≥ bound and for Z ≤ −bound. */
export interface ExitProbabilities {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
}

/** The score process before each look; undefined for looks that do not add to the information. */
const processesBefore = (
  fractions: readonly number[],
  bounds: readonly number[],
  drift: number,
): readonly (ScoreProcess | undefined)[] => {
  let process = startScore(drift);
  return fractions.map((t, k) => {
    if (!hasGrown(process, t)) return undefined;
    const before = process;
    if (k < fractions.length - 1) process = goOn(process, t, bounds[k] ?? Infinity, fractions[k + 1]!);
    return before;
  });
};

const exitsOf = (
  processes: readonly (ScoreProcess | undefined)[],
  fractions: readonly number[],
  bounds: readonly number[],
  drift: number,
): ExitProbabilities => {
  const side = (sign: 1 | -1): number[] =>
    processes.map((process, k) =>
      process ? exitAt(process, fractions[k]!, bounds[k] ?? Infinity, drift, sign)[0] : 0,
    );
  return { upper: side(1), lower: side(-1) };
};

/**
 * Where a test with bounds of |Z| at ascending information fractions stops, when Z has mean `drift`·√t at fraction t. The sum of both
 * sides is the power; at drift 0 it is the level.
 */
export const exitProbabilities = (
  fractions: readonly number[],
  bounds: readonly number[],
  drift: number,
): ExitProbabilities => exitsOf(processesBefore(fractions, bounds, drift), fractions, bounds, drift);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The drift for which a test stops above its upper bounds with probability `power`. */
export const driftFor = (fractions: readonly number[], bounds: readonly number[], power: number): number => {
  const rootOfLast = Math.sqrt(fractions.at(-1) ?? 1);
  const start = ((bounds.at(-1) ?? 0) + normalQuantile(power)) / rootOfLast;
  const processes = processesBefore(fractions, bounds, start);
  // The normal quantile of the power is nearly straight in the drift, with the slope of a test with one look.
  return solve(
    (drift) => [
      normalQuantile(sum(exitsOf(processes, fractions, bounds, drift).upper)) - normalQuantile(power),
      rootOfLast,
    ],
    start,
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
