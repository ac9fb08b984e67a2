import type { UndefinedReason } from "../contract/estimate.ts";

export type Interval = readonly [low: number, high: number];

/** A mean over units and the variance of that mean (s²/n, not s²). */
export interface Estimate {
  readonly mean: number;
  readonly variance: number;
}

/** Treatment minus control, with an interval and a two-sided p-value that come from one standard error. */
export interface DifferenceTest {
  readonly kind: "estimated";
  readonly difference: number;
  readonly standardError: number;
  /** difference / standardError. */
  readonly statistic: number;
  /** The interval is difference ± critical · standardError. */
  readonly critical: number;
  readonly interval: Interval;
  /** 0 once it is below the smallest double; `lnPValue` goes on. */
  readonly pValue: number;
  readonly lnPValue: number;
}

/** No number can honestly be given, and why. */
export interface Undefined {
  readonly kind: "undefined";
  readonly reason: UndefinedReason;
}
