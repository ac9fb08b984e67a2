import type { Comparison, MetricResult, UndefinedReason } from "../../contract/results.ts";
import type { Tone } from "../parts/tone.ts";

/** The word a row ends with: never colour alone, so each has a sign. */
export interface Reading {
  readonly word: string;
  readonly sign: string;
  readonly tone: Tone;
}

const NOT_CLEAR: Reading = { word: "Not clear yet", sign: "≈", tone: "neutral" };

/** +1 when the interval lies above 0, −1 when below, 0 when it holds 0, undefined without an interval. */
export function sideOf(comparison: Comparison): -1 | 0 | 1 | undefined {
  const low = comparison.lift_ci_low ?? comparison.ci_low;
  const high = comparison.lift_ci_high ?? comparison.ci_high;
  if (low === null || high === null) return undefined;
  if (low > 0) return 1;
  return high < 0 ? -1 : 0;
}

const UNDEFINED_WORD: Readonly<Record<UndefinedReason, string>> = {
  no_data: "No data yet",
  too_few_observations: "Too few users yet",
  zero_variance: "No variation yet",
  zero_baseline: "Control is 0",
  unbounded: "Too uncertain yet",
};

/** Why a comparison has no interval, in words. */
export const undefinedWord = (reason: UndefinedReason | null): string =>
  reason === null ? "No data yet" : UNDEFINED_WORD[reason];

/**
 * What a comparison says so far. `Better` and `Worse` are for the business: an interval on the good side of 0 by the
 * metric's direction, never merely up or down. A guardrail that is worse has done `Some harm`; no limit has been agreed
 * on, so it can never be within one.
 */
export function readingOf(metric: Pick<MetricResult, "direction" | "role">, comparison: Comparison): Reading {
  const side = sideOf(comparison);
  if (side === undefined) return { word: undefinedWord(comparison.undefined_reason), sign: "…", tone: "neutral" };
  if (side === 0) return NOT_CLEAR;
  const better = (side === 1) === (metric.direction === "increase");
  if (better) return { word: "Better", sign: "✓", tone: "good" };
  return { word: metric.role === "guardrail" ? "Some harm" : "Worse", sign: "!", tone: "bad" };
}
