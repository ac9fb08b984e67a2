import type { Comparison, MetricResult, UndefinedReason, VerdictCode } from "../../contract/results.ts";
import type { Tone } from "../parts/tone.ts";

/** The word a row ends with: never colour alone, so each has a sign. */
export interface Reading {
  readonly word: string;
  readonly sign: string;
  readonly tone: Tone;
  /** Why the word is no stronger, where that is not plain from the numbers. */
  readonly why?: string;
}

/**
 * Whether rows may be read: a test of fixed length is `early` until its planned end, however clear it looks; `unsure` when
 * something must be checked first; `due` after that.
 */
export type Timing = "early" | "unsure" | "due";

/** When rows are read, and whether more users are still to come. */
export interface ReadAt {
  readonly timing: Timing;
  /** Nobody new comes in any more. */
  readonly over: boolean;
}

export function timingOf(code: VerdictCode): Timing {
  if (code === "degraded" || code === "invalid_split") return "unsure";
  return code === "running" || code === "collecting" || code === "no_data" ? "early" : "due";
}

const WHY: Readonly<Record<Timing, string | undefined>> = {
  early: "Read at the planned end",
  unsure: "Check before deciding: see above",
  due: undefined,
};

/** "Yet" promises more users; when none will come, it is left out. */
const inTime = (word: string, over: boolean): string => (over ? word.replace(/ yet$/, "") : word);

function notClear({ timing, over }: ReadAt): Reading {
  const why = WHY[timing];
  return {
    word: inTime("Not clear yet", over),
    sign: "≈",
    tone: "neutral",
    ...(why === undefined ? {} : { why }),
  };
}

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
  zero_denominator: "Nothing to divide by yet",
  unbounded: "Too uncertain yet",
  too_few_clusters: "Too few clusters yet",
  no_look_yet: "Not looked at yet",
};

/** Why a comparison has no interval, in words. */
export const undefinedWord = (reason: UndefinedReason | null, over: boolean): string =>
  inTime(UNDEFINED_WORD[reason ?? "no_data"], over);

/**
 * What a comparison says so far. `Better` and `Worse` are for the business: an interval on the good side of 0 by the
 * metric's direction, never merely up or down. A guardrail that is worse has done `Some harm`; no limit has been agreed
 * on, so it can never be within one. Before the planned end nothing is read: who looks often enough finds a winner in noise.
 */
export function readingOf(
  metric: Pick<MetricResult, "direction" | "role">,
  comparison: Comparison,
  at: ReadAt,
): Reading {
  const side = sideOf(comparison);
  if (side === undefined)
    return { word: undefinedWord(comparison.undefined_reason, at.over), sign: "…", tone: "neutral" };
  if (side === 0 || at.timing !== "due") return notClear(at);
  const better = (side === 1) === (metric.direction === "increase");
  if (better) return { word: "Better", sign: "✓", tone: "good" };
  return { word: metric.role === "guardrail" ? "Some harm" : "Worse", sign: "!", tone: "bad" };
}
