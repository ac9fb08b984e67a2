import type { Comparison, MetricResult } from "../contract/results.ts";

/** A no-break space: a number and its unit stay on one line. */
const GAP = "\u00A0";
const MINUS = "−";

const signed = (text: string, value: number): string => {
  if (Number(text) === 0) return text.replace("-", "");
  return value > 0 ? `+${text}` : text.replace("-", MINUS);
};

/** A share as a percentage with one decimal: `50.0 %`. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)}${GAP}%`;

/** A relative change with its sign: `+6.4 %`, `−1.2 %`, `0.0 %`. */
export const signedPercent = (change: number): string => `${signed((change * 100).toFixed(1), change)}${GAP}%`;

/** A whole number with a comma at every thousand. */
export const count = (n: number): string => String(n).replaceAll(/\B(?=(\d{3})+$)/g, ",");

export const days = (n: number): string => (n === 1 ? "1 day" : `${n} days`);

/** `p = 0.034`, or `p < 0.001`. */
export const pValueText = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`);

const signedNumber = (value: number): string => {
  const size = Math.abs(value);
  return signed(
    size >= 100 ? value.toFixed(0) : size >= 1 ? value.toFixed(2) : String(Number(value.toPrecision(2))),
    value,
  );
};

/** An estimated change and the ends of its interval, ready to read. */
export interface Change {
  readonly estimate: string;
  readonly low: string;
  readonly high: string;
}

/**
 * The change in the words that the numbers allow: relative where the lift has an interval, otherwise as a difference.
 * Undefined where no interval can be given.
 */
export const changeOf = (
  { type }: Pick<MetricResult, "type">,
  { lift, lift_ci_low, lift_ci_high, difference, ci_low, ci_high }: Comparison,
): Change | undefined => {
  if (lift !== null && lift_ci_low !== null && lift_ci_high !== null)
    return {
      estimate: signedPercent(lift),
      low: signedPercent(lift_ci_low),
      high: signedPercent(lift_ci_high),
    };
  if (difference === null || ci_low === null || ci_high === null) return undefined;
  const write =
    type === "conversion"
      ? (value: number) => `${signed((value * 100).toFixed(2), value)} percentage points`
      : (value: number) => `${signedNumber(value)} per unit`;
  return { estimate: write(difference), low: write(ci_low), high: write(ci_high) };
};
