import type { Metric } from "../../contract/metric.ts";

/** What each type measures, in a few words; only the first two are analysed yet. */
export const METRIC_TYPE_WORD: Readonly<Record<Metric["type"], string>> = {
  conversion: "Conversion: share of users who did it",
  sum: "Sum: total value per user",
  count: "Count: how often per user",
  mean: "Mean: average value per event",
  ratio: "Ratio of two totals",
  quantile: "Quantile of values",
  retention: "Retention",
  time_to_event: "Time to event",
};

/** The types that one event is enough to define, so that the short form can make them. */
export const SIMPLE_TYPES = ["conversion", "sum", "count", "mean"] as const satisfies Metric["type"][];

/** Whether the results page has numbers for it. */
export const isAnalysed = (type: Metric["type"]): boolean => type === "conversion" || type === "sum";

/** Where a metric's number comes from: `purchase · value`. */
export function sourceWords(metric: Pick<Metric, "type" | "event" | "value" | "numerator" | "denominator">): string {
  if (metric.type === "ratio") return `${metric.numerator?.event ?? "?"} / ${metric.denominator?.event ?? "?"}`;
  const event = metric.event ?? "?";
  return metric.type === "conversion" || metric.type === "count" ? event : `${event} · ${metric.value ?? "value"}`;
}
