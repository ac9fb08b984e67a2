import type { PlannedMetric } from "./counting-plan.ts";
import type { RecentEvent, Total } from "./unit-state.ts";

const NOTHING: Total = { events: 0, sum: 0n };

/**
 * A metric's total with one more event taken in, if the event is one of the metric's and falls into
 * `[exposedAt, exposedAt + window)`. An event without the value that a sum reads adds 0 to it.
 */
export const withEvent = (
  total: Total | undefined,
  metric: PlannedMetric,
  exposedAt: number,
  event: RecentEvent,
): Total | undefined => {
  if (event.kind !== "metric" || event.name !== metric.event || event.at < exposedAt) return total;
  if (metric.windowMs !== null && event.at >= exposedAt + metric.windowMs) return total;
  const { events, sum } = total ?? NOTHING;
  const value = metric.type === "sum" && Object.hasOwn(event.values, metric.field) ? event.values[metric.field] : 0;
  return { events: events + 1, sum: sum + BigInt(value ?? 0) };
};

/** What a unit contributes, in millionths: a conversion is 1 however often it happens, a sum is at most its cap. */
export const contributed = (metric: PlannedMetric, { sum }: Total): bigint => {
  if (metric.type === "conversion") return 1_000_000n;
  return metric.cap !== null && sum > metric.cap ? metric.cap : sum;
};
