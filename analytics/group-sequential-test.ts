import type { Interval } from "./difference.ts";
import { type Boundary, type SpendingOptions, spendingBoundaries } from "./group-sequential.ts";
import type { SpendingFunction } from "./spending.ts";

/** What is known of a difference at a look. A standard error of 0 is no knowledge: the look decides nothing. */
export interface LookEstimate {
  /** Share of the planned information 1/V; that of the planned units is close to it. */
  readonly fraction: number;
  readonly difference: number;
  readonly standardError: number;
}

export interface LookReading extends Boundary {
  /** Z; null without a standard error. */
  readonly statistic: number | null;
  /** Repeated interval d ± bound · standard error: all of a test's looks hold it at once (Jennison & Turnbull 1989). */
  readonly interval: Interval;
  /** The test has ended with the first `reject`; `fail_to_reject` is its end when the last look has none. */
  readonly decision: "continue" | "reject" | "fail_to_reject";
}

/**
 * A two-sided group-sequential test at level `alpha` as far as it has gone: what each look says. The bounds are symmetric; which side is
 * better is for the caller to know. Looks may be chosen by time, not by results.
 */
export const groupSequentialTest = (
  looks: readonly LookEstimate[],
  alpha: number,
  spending: SpendingFunction,
  options: SpendingOptions = {},
): LookReading[] => {
  const boundaries = spendingBoundaries(
    looks.map(({ fraction, standardError }) => (standardError > 0 ? fraction : 0)),
    alpha,
    spending,
    options,
  );
  let rejected = false;
  return looks.map(({ fraction, difference, standardError }, k) => {
    const boundary = boundaries[k]!;
    const statistic = standardError > 0 ? difference / standardError : null;
    const half = boundary.bound * standardError;
    rejected ||= statistic !== null && Math.abs(statistic) >= boundary.bound;
    const ended = k === looks.length - 1 && (fraction >= 1 || options.final === true);
    return {
      ...boundary,
      fraction,
      statistic,
      interval: statistic === null ? [-Infinity, Infinity] : [difference - half, difference + half],
      decision: rejected ? "reject" : ended ? "fail_to_reject" : "continue",
    };
  });
};
