import type { Metric, MetricFilters } from "../../contract/metric.ts";

/** What each type measures, in a few words. */
export const METRIC_TYPE_WORD: Readonly<Record<Metric["type"], string>> = {
  conversion: "Conversion: share of users who did it",
  sum: "Sum: total value per user",
  count: "Count: how often per user",
  mean: "Mean: average value per event",
  ratio: "Ratio of two totals",
  quantile: "Quantile: of the total value per user",
  retention: "Retention: share of users who come back",
  time_to_event: "Time until users do it",
};

/** The types that one event is enough to define, so that the short form can make them. */
export const SIMPLE_TYPES = [
  "conversion",
  "sum",
  "count",
  "mean",
  "quantile",
  "retention",
  "time_to_event",
] as const satisfies Metric["type"][];

/** The types that read a number of their event. */
const READS_VALUE: ReadonlySet<Metric["type"]> = new Set(["sum", "mean", "quantile"]);

const filterWords = (filters: MetricFilters | undefined): string =>
  filters === undefined || filters.length === 0
    ? ""
    : ` where ${filters
        .map((filter) => [filter.property, filter.operator, ...("value" in filter ? [filter.value] : [])].join(" "))
        .join(" and ")}`;

const sideWords = ({ event, value, filters }: NonNullable<Metric["numerator"]>): string =>
  `${value === undefined ? event : `${event} · ${value}`}${filterWords(filters)}`;

/** Where a metric's number comes from: `purchase · value`, `visit, days 1–7`, `order · price / order where kind eq book`. */
export function sourceWords(
  metric: Pick<Metric, "type" | "event" | "value" | "filters" | "numerator" | "denominator" | "retention_days">,
): string {
  const { type, event = "?", value = "value", filters, numerator, denominator, retention_days: days } = metric;
  if (type === "ratio")
    return `${numerator ? sideWords(numerator) : "?"} / ${denominator ? sideWords(denominator) : "?"}`;
  const source = `${READS_VALUE.has(type) ? `${event} · ${value}` : event}${filterWords(filters)}`;
  return days ? `${source}, days ${days[0]}–${days[1]}` : source;
}
