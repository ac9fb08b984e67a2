import { z } from "zod";
import { Instant, Key, Name } from "./key.ts";

export const MetricType = z.enum([
  "conversion",
  "count",
  "sum",
  "mean",
  "ratio",
  "quantile",
  "retention",
  "time_to_event",
]);
export type MetricType = z.infer<typeof MetricType>;

/** Those that are analysed today. All types are counted. */
export const AnalysedMetricType = z.enum(["conversion", "sum"]);
export type AnalysedMetricType = z.infer<typeof AnalysedMetricType>;

export const MetricRole = z.enum(["primary", "secondary", "guardrail"]);
export type MetricRole = z.infer<typeof MetricRole>;

export const EventName = z.string().min(1).max(100);

/** Where a metric finds its number: `value` is the event's own value, anything else a numeric property of that name. */
export const ValueField = z.string().min(1).max(100);

const FilterValue = z.union([z.string().max(200), z.number(), z.boolean()]);

/** What an event's property has to be for the event to count. `value` itself can be filtered by as the property `value`. */
export const MetricFilter = z.discriminatedUnion("operator", [
  z.strictObject({ property: z.string().min(1).max(100), operator: z.enum(["eq", "neq"]), value: FilterValue }),
  z.strictObject({
    property: z.string().min(1).max(100),
    operator: z.enum(["in", "not_in"]),
    value: z.array(FilterValue).min(1).max(100),
  }),
  z.strictObject({
    property: z.string().min(1).max(100),
    operator: z.enum(["gt", "gte", "lt", "lte"]),
    value: z.number(),
  }),
  z.strictObject({ property: z.string().min(1).max(100), operator: z.enum(["exists", "not_exists"]) }),
]);
export type MetricFilter = z.infer<typeof MetricFilter>;

/** AND-ed. A property that is missing, null, or of a type that the operator does not read makes the negative operators hold and all others fail. */
export const MetricFilters = z.array(MetricFilter).max(10);
export type MetricFilters = z.infer<typeof MetricFilters>;

const EventSide = z.strictObject({ event: EventName, value: ValueField.optional() });

const metricFields = {
  name: Name,
  type: MetricType,
  event: EventName.optional(),
  value: ValueField.optional(),
  numerator: EventSide.optional(),
  denominator: EventSide.optional(),
  quantile: z.number().gt(0).lt(1).optional(),
  /** Which way is good for the business. */
  direction: z.enum(["increase", "decrease"]).default("increase"),
  /** The most one unit can contribute, in the metric's own unit. */
  cap: z.number().positive().max(1e9).optional(),
  /** Events count from the unit's first exposure for this many hours; without it, for as long as the experiment is kept. */
  window_hours: z
    .number()
    .positive()
    .max(24 * 365)
    .optional(),
} as const;

/**
 * A metric as people write it. `ratio` needs `numerator` and `denominator`, every other type needs `event`;
 * `quantile` needs `quantile`.
 */
export const NewMetric = z.strictObject({ key: Key.optional(), ...metricFields }).superRefine((metric, context) => {
  const need = (field: "event" | "numerator" | "denominator" | "quantile") => {
    if (metric[field] === undefined)
      context.addIssue({ code: "custom", path: [field], message: `A ${metric.type} metric needs ${field}.` });
  };
  if (metric.type === "ratio") {
    need("numerator");
    need("denominator");
  } else need("event");
  if (metric.type === "quantile") need("quantile");
});
export type NewMetric = z.infer<typeof NewMetric>;

export const Metric = z.object({ id: z.string(), key: Key, ...metricFields, created_at: Instant });
export type Metric = z.infer<typeof Metric>;
