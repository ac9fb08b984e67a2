import type { Interval } from "./difference.ts";
import { exitProbabilities } from "./exit-probabilities.ts";
import { driftFor } from "./group-sequential-power.ts";

/** What a group-sequential test that has ended says of the difference, once its early stopping is accounted for. */
export interface StageWiseEstimate {
  /** Median-unbiased: as likely to be too large as too small, where the plain difference is too far from 0. */
  readonly difference: number;
  readonly interval: Interval;
  /** Two-sided. Below α exactly when the test rejected. */
  readonly pValue: number;
}

/**
 * By the stage-wise ordering: an outcome is the more extreme the earlier it stopped, and at the same look the further out it is.
 * `fractions` are those of the looks up to and with the last one; `bounds` are at least those of the looks before it. There Z was `statistic`, with
 * the difference's standard error.
 *
 * Sources: Armitage (1957); Siegmund (1978); Jennison & Turnbull (2000), section 8.4.
 */
export const stageWiseEstimate = (
  fractions: readonly number[],
  bounds: readonly number[],
  statistic: number,
  standardError: number,
  alpha: number,
): StageWiseEstimate => {
  const last = fractions.length - 1;
  // To reach this outcome or a more extreme one is to pass the bounds of a test that ends where this one did.
  const reached = [...bounds.slice(0, last), Math.abs(statistic)];
  // Information at the end is 1/se², so that drift 1 is a difference of se·√t.
  const unit = Math.sqrt(fractions[last] ?? 1) * standardError;
  const differenceAt = (probability: number): number => driftFor(fractions, reached, probability) * unit;
  const [low, middle, high] = [differenceAt(alpha / 2), differenceAt(0.5), differenceAt(1 - alpha / 2)];
  const upper = exitProbabilities(fractions, reached, 0).upper.reduce((sum, exit) => sum + exit, 0);
  return {
    difference: statistic < 0 ? -middle : middle,
    interval: statistic < 0 ? [-high, -low] : [low, high],
    pValue: Math.min(1, 2 * upper),
  };
};
