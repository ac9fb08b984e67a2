import type { DifferenceTest, Interval, Undefined } from "./difference.ts";

/** An adjusted difference as a fraction of what the control did, with a symmetric interval by the delta method. */
export interface AdjustedLift {
  readonly kind: "estimated";
  readonly lift: number;
  readonly standardError: number;
  readonly interval: Interval;
}

/**
 * The lift of a tested difference over `baseline`, the control's value, with the variance that the delta method gives the
 * lift and the critical value of the test.
 */
export const adjustedLift = (
  test: DifferenceTest | Undefined,
  baseline: number,
  variance: number,
): AdjustedLift | Undefined => {
  if (test.kind === "undefined") return test;
  if (baseline === 0) return { kind: "undefined", reason: "zero_baseline" };
  const lift = test.difference / Math.abs(baseline);
  const standardError = Math.sqrt(variance);
  const half = test.critical * standardError;
  return { kind: "estimated", lift, standardError, interval: [lift - half, lift + half] };
};
