import type { AnalysisSettings } from "../../contract/analysis-settings.ts";
import type { UndefinedReason } from "../../contract/estimate.ts";
import type { Comparison, Reading as ReadingCode, VerdictCode } from "../../contract/results.ts";
import { isReadEarly } from "../experiments/analysis-words.ts";
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
 * Whether the server's readings may be shown: a test that is read once is `early` until its planned end, however clear it looks;
 * `unsure` when something must be checked first; `due` otherwise.
 */
export type Timing = "early" | "unsure" | "due";

/** When rows are read, and whether more users are still to come. */
export interface ReadAt {
  readonly timing: Timing;
  /** Nobody new comes in any more. */
  readonly over: boolean;
}

export function timingOf(code: VerdictCode, plan: Pick<AnalysisSettings, "method">): Timing {
  if (code === "degraded" || code === "invalid_split") return "unsure";
  return code === "running" && !isReadEarly(plan) ? "early" : "due";
}

/** "Yet" promises more users; when none will come, it is left out. */
const inTime = (word: string, over: boolean): string => (over ? word.replace(/ yet$/, "") : word);

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

const WORDS: Readonly<Record<Exclude<ReadingCode, "undefined">, Reading>> = {
  better: { word: "Better", sign: "✓", tone: "good" },
  worse: { word: "Worse", sign: "!", tone: "bad" },
  unclear: { word: "Not clear yet", sign: "≈", tone: "neutral" },
  within_limit: { word: "Within limit", sign: "✓", tone: "good" },
  some_harm: { word: "Some harm", sign: "!", tone: "warn" },
  crossed_limit: { word: "Crossed limit", sign: "✕", tone: "bad" },
  not_ruled_out: { word: "Not ruled out yet", sign: "≈", tone: "neutral" },
};

/** Which readings sound like leave to go on. */
const isGood = ({ tone }: Reading): boolean => tone === "good";

/**
 * The server's reading of a comparison in its word. A test that is read once says nothing before its end: who looks often enough finds a
 * winner in noise. Nothing is called good while something has to be checked first; what looks bad is said all the same.
 */
export function readingOf(
  { reading, undefined_reason }: Pick<Comparison, "reading" | "undefined_reason">,
  { timing, over }: ReadAt,
): Reading {
  if (reading === "undefined") return { word: undefinedWord(undefined_reason, over), sign: "…", tone: "neutral" };
  const said = WORDS[reading];
  const open = { ...WORDS.unclear, word: inTime(WORDS.unclear.word, over) };
  if (timing === "early") return { ...open, why: "Read at the planned end" };
  if (timing === "unsure" && isGood(said)) return { ...open, why: "Check before deciding: see above" };
  return { ...said, word: inTime(said.word, over) };
}
