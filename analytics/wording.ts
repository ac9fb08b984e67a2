import type { Estimate } from "../contract/estimate.ts";
import type { MetricResult } from "../contract/results.ts";
import { RATES } from "./measure.ts";

/** A no-break space: a number and its unit stay on one line. */
const GAP = "\u00A0";

/** A number with its sign, a real minus sign; with none where it is written as 0. */
const signed = (value: number, write: (size: number) => string): string => {
  const text = write(Math.abs(value));
  if (Number.parseFloat(text) === 0) return text;
  return `${value > 0 ? "+" : "−"}${text}`;
};

/** A share as a percentage with one decimal: `50.0 %`. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)}${GAP}%`;

/** A relative change with its sign: `+6.4 %`, `−1.2 %`, `0.0 %`. */
export const signedPercent = (change: number): string => signed(change, percent);

/** A whole number with a comma at every thousand. */
export const count = (n: number): string => n.toLocaleString("en");

export const days = (n: number): string => (n === 1 ? "1 day" : `${n} days`);

/** A range of days: `3–5 days`, `1 day`. */
export const dayRange = ([from, to]: readonly [number, number]): string =>
  from === to ? days(to) : `${from}–${to} days`;

/** A share as it was chosen, with no decimals that it does not have: `2 %`, `0.25 %`. Three digits at most. */
export const plainPercent = (share: number): string => `${Number((share * 100).toPrecision(3))}${GAP}%`;

/** An expected loss as a lift, with two digits: `0.12 %`, `<0.01 %`. */
export const lossText = (loss: number): string =>
  loss < 1e-4 ? `<0.01${GAP}%` : plainPercent(Number(loss.toPrecision(2)));

/** A probability in whole percent, never as certain: `<1 %` to `>99 %`. */
export const chance = (probability: number): string =>
  `${probability < 0.01 ? "<1" : probability > 0.99 ? ">99" : Math.round(probability * 100)}${GAP}%`;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

/** `p = 0.034`, or `p < 0.001`. */
export const pValueText = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`);

/** A number with three digits or, where it is below 1, two. */
const sizeText = (size: number): string =>
  size < 1 ? String(Number(size.toPrecision(2))) : size.toFixed(size < 100 ? 2 : 0);

/** What a difference that is no share of anything is counted in. */
const PER: Partial<Record<MetricResult["type"], string>> = {
  count: " per unit",
  sum: " per unit",
  time_to_event: " s",
};

/** What of an estimate can be said in words. */
export type Ends = Pick<Estimate, "difference" | "ci_low" | "ci_high" | "lift" | "lift_ci_low" | "lift_ci_high">;

/**
 * The change and the ends of its interval, in the words that the numbers allow: relative where the lift has an interval, otherwise as a
 * difference. Empty where no interval can be given.
 */
export const changeOf = (
  { type }: Pick<MetricResult, "type">,
  { lift, lift_ci_low, lift_ci_high, difference, ci_low, ci_high }: Ends,
): string[] => {
  const isLift = lift_ci_low !== null;
  const values = isLift ? [lift, lift_ci_low, lift_ci_high] : [difference, ci_low, ci_high];
  if (!values.every((value) => value !== null)) return [];
  if (isLift) return values.map(signedPercent);
  const write = (size: number): string =>
    RATES.has(type) ? `${(size * 100).toFixed(2)} percentage points` : `${sizeText(size)}${PER[type] ?? ""}`;
  return values.map((value) => signed(value, write));
};
