import type { MetricResult } from "../../contract/results.ts";
import { formatDifference, formatNumber, formatPercent, meanDecimals, rateDecimals } from "../format/number.ts";

type Measured = Pick<MetricResult, "type" | "variants">;

/** A metric that is a share of users. */
export const isRate = ({ type }: Pick<MetricResult, "type">): boolean => type === "conversion" || type === "retention";

const TIME_UNITS = [
  ["days", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** What a value is multiplied by to be read, and what stands behind it. Seconds are told in the largest unit of which there are two. */
function unitOf({ type, variants }: Measured): { readonly scale: number; readonly suffix: string } {
  if (type !== "time_to_event") return { scale: 1, suffix: "" };
  const longest = Math.max(0, ...variants.map(({ mean }) => Math.abs(mean ?? 0)));
  const [name, seconds] = TIME_UNITS.find(([, length]) => longest >= 2 * length) ?? ["s", 1];
  return { scale: 1 / seconds, suffix: `\u00A0${name}` };
}

/** The decimals of the rates of all metrics together, so that a column lines up. */
export const commonRateDecimals = (metrics: readonly Measured[]): number =>
  rateDecimals(metrics.filter(isRate).flatMap(({ variants }) => variants.map(({ mean }) => mean ?? 0)));

/** How a metric's values are written: a share as a percentage, a time in a fitting unit, everything else as a plain number. */
export function valueFormat(metric: Measured, rates: number): (value: number | null) => string {
  if (isRate(metric)) return (value) => (value === null ? "–" : formatPercent(value, rates));
  const { scale, suffix } = unitOf(metric);
  const exact = meanDecimals(metric.variants.map(({ mean }) => (mean ?? 0) * scale));
  // A fitting unit leaves at most three digits before the point: with one after it, times line up and fit.
  const decimals = suffix === "" ? exact : Math.min(1, exact);
  return (value) => (value === null ? "–" : `${formatNumber(value * scale, decimals)}${suffix}`);
}

/** How differences of a metric's values are written, all with the precision that these need: `+0.66 pp`, `−1.4 min`. */
export function differenceFormat(
  metric: Measured,
  values: readonly number[],
): { readonly number: (difference: number) => string; readonly suffix: string } {
  const { scale, suffix } = isRate(metric) ? { scale: 100, suffix: "\u00A0pp" } : unitOf(metric);
  const decimals = isRate(metric) ? 2 : meanDecimals(values.map((value) => value * scale));
  return { number: (difference) => formatDifference(difference * scale, decimals), suffix };
}

/** What the counts of a metric are of: `users who did`, or the total. */
export const sumWords = (metric: Pick<MetricResult, "type">): string => (isRate(metric) ? "users who did" : "total");
