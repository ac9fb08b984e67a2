import { multiplesWithin, niceStep } from "./ticks.ts";

/** One axis for all bars of a table: symmetric around 0, so that equal lengths are equal changes. */
export interface IntervalAxis {
  /** The axis runs from −limit to +limit, as a share of 1. */
  readonly limit: number;
  /** Ticks inside it, 0 among them. */
  readonly ticks: readonly number[];
}

/**
 * The axis for these intervals. Its reach is the 90th percentile of the bounds' sizes, so that one wild interval does
 * not flatten the others: a bar that passes the edge gets an arrow, and its true numbers stay in the text.
 */
export function intervalAxis(intervals: readonly { low: number; high: number }[]): IntervalAxis {
  const sizes = intervals
    .flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)])
    .filter((size) => size > 0)
    .sort((a, b) => a - b);
  const reach = sizes[Math.ceil(sizes.length * 0.9) - 1] ?? 0.1;
  const limit = reach * 1.12;
  const step = niceStep(limit * 0.92, 1.6);
  const wide = step > limit * 0.92 ? step / 2 : step;
  return { limit, ticks: multiplesWithin(-limit * 0.92, limit * 0.92, wide) };
}

/** A bar in pixels on an axis of `width` pixels; `past` says on which sides it goes on beyond the edge. */
export interface IntervalBarGeometry {
  readonly from: number;
  readonly to: number;
  readonly estimate: number;
  readonly past: { readonly low: boolean; readonly high: boolean };
}

export const positionOn = (axis: IntervalAxis, value: number, width: number): number =>
  (Math.min(1, Math.max(-1, value / axis.limit)) + 1) * (width / 2);

export const intervalBar = (
  axis: IntervalAxis,
  interval: { low: number; high: number; estimate: number },
  width: number,
): IntervalBarGeometry => ({
  from: positionOn(axis, interval.low, width),
  to: positionOn(axis, interval.high, width),
  estimate: positionOn(axis, interval.estimate, width),
  past: { low: interval.low < -axis.limit, high: interval.high > axis.limit },
});
