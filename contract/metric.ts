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

/** A side of a ratio: the sum of a number of an event, or without `value` how many events there are. */
const MetricSide = z.strictObject({
  event: EventName,
  value: ValueField.optional(),
  filters: MetricFilters.optional(),
});

/** The last day since exposure that retention can ask for. */
const MAX_RETENTION_DAY = 364;
const RetentionDay = z.number().int().min(0).max(MAX_RETENTION_DAY);

const metricFields = {
  name: Name,
  type: MetricType,
  event: EventName.optional(),
  value: ValueField.optional(),
  /** All of them must hold for an event to count. A ratio's are on its sides. */
  filters: MetricFilters.optional(),
  numerator: MetricSide.optional(),
  denominator: MetricSide.optional(),
  quantile: z.number().gt(0).lt(1).optional(),
  /** Retention: the first and the last day since exposure, both inclusive, on which an event counts. Days are of 24 hours, from 0. */
  retention_days: z.tuple([RetentionDay, RetentionDay]).optional(),
  /** Which way is good for the business. */
  direction: z.enum(["increase", "decrease"]).default("increase"),
  /** The most one unit can contribute, in the metric's own unit. */
  cap: z.number().min(1e-6, "Values are kept to six decimals: use 0.000001 or more.").max(1e9).optional(),
  /** The same as a share of the units with an event, those of all variants together: what is above that percentile is cut down to it. */
  cap_percentile: z.number().min(0.5).lt(1).optional(),
  /** Events count from the unit's first exposure for this many hours; without it, for as long as the experiment is kept. */
  window_hours: z
    .number()
    .min(1 / 3600, "Use a second (1/3600) or more.")
    .max(24 * 365)
    .optional(),
} as const;

/** What only some types have, and which. Those that need a field have it in {@link NEEDED}. */
const TYPES_WITH = {
  event: ["conversion", "count", "sum", "mean", "quantile", "retention", "time_to_event"],
  value: ["sum", "mean", "quantile"],
  filters: ["conversion", "count", "sum", "mean", "quantile", "retention", "time_to_event"],
  numerator: ["ratio"],
  denominator: ["ratio"],
  quantile: ["quantile"],
  retention_days: ["retention"],
  cap: ["count", "sum", "mean", "ratio", "quantile"],
  cap_percentile: ["count", "sum", "mean", "ratio"],
  window_hours: ["conversion", "count", "sum", "mean", "ratio", "quantile", "time_to_event"],
} as const satisfies Partial<Record<keyof typeof metricFields, readonly MetricType[]>>;

const NEEDED = ["event", "numerator", "denominator", "quantile", "retention_days"] as const;

const INSTEAD: Partial<Record<keyof typeof TYPES_WITH, string>> = {
  event: "name the events of numerator and denominator",
  filters: "put them on numerator and denominator",
  window_hours: "its days are its window",
};

/**
 * A metric as people write it. `ratio` needs `numerator` and `denominator`, every other type needs `event`;
 * `quantile` needs `quantile` and `retention` needs `retention_days`. A field that a type has no use for is refused.
 */
export const NewMetric = z.strictObject({ key: Key.optional(), ...metricFields }).superRefine((metric, context) => {
  const { type, retention_days } = metric;
  const typesWith: Readonly<Record<keyof typeof TYPES_WITH, readonly MetricType[]>> = TYPES_WITH;
  const refuse = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
  for (const field of NEEDED)
    if (metric[field] === undefined && typesWith[field].includes(type))
      refuse(field, `A ${type} metric needs ${field}.`);
  for (const field of Object.keys(typesWith) as (keyof typeof TYPES_WITH)[])
    if (metric[field] !== undefined && !typesWith[field].includes(type))
      refuse(field, `A ${type} metric has no ${field}; ${INSTEAD[field] ?? "leave it out"}.`);
  if (retention_days && retention_days[1] < retention_days[0])
    context.addIssue({
      code: "custom",
      path: ["retention_days", 1],
      message: "The last day must not be before the first one.",
    });
});
export type NewMetric = z.infer<typeof NewMetric>;

export const Metric = z.object({ id: z.string(), key: Key, ...metricFields, created_at: Instant });
export type Metric = z.infer<typeof Metric>;
