import { coveringTicks, multiplesWithin, niceStep } from "./ticks.ts";

/** A vertical range with its ticks. */
export interface ValueScale {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

/** Counts from 0 up to a tick above the largest. */
export function countScale(values: readonly number[]): ValueScale {
  const largest = Math.max(4, ...values);
  const ticks = coveringTicks(0, largest, 4).filter(Number.isInteger);
  return { from: 0, to: ticks.at(-1) ?? largest, ticks };
}

/**
 * A symmetric range for intervals over time. The first days are wild and would flatten the rest, so the range comes from the
 * later half of the days, with half as much again to spare; `clipped` says that something lies beyond it.
 */
export function liftScale(
  days: readonly (readonly { readonly low: number; readonly high: number }[])[],
): ValueScale & { readonly clipped: boolean } {
  const reach = (some: typeof days): number =>
    Math.max(0, ...some.flatMap((day) => day.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)])));
  const later = reach(days.slice(Math.floor(days.length / 2)));
  const all = reach(days);
  const limit = (later === 0 ? all : Math.min(all, later * 1.5)) * 1.05 || 0.1;
  return {
    from: -limit,
    to: limit,
    ticks: multiplesWithin(-limit, limit, niceStep(2 * limit, 5)),
    clipped: all > limit,
  };
}

/** Which of `count` positions get a label so that at most `most` do, evenly, the last always among them. */
export function labelledPositions(count: number, most: number): number[] {
  if (count <= 0) return [];
  const every = Math.max(1, Math.ceil(count / Math.max(1, most)));
  return Array.from({ length: count }, (_, index) => index).filter((index) => (count - 1 - index) % every === 0);
}
