import * as fc from "fast-check";
import { MetricType, type MetricFilter } from "../../contract/metric.ts";
import type { Ruleset, RulesetExperiment, RulesetMetric, RulesetMetricSide } from "../../contract/ruleset.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Some midnight, UTC. */
export const T0 = 20_700 * DAY;

const filter = fc.constantFrom<MetricFilter[]>(
  { property: "kind", operator: "eq", value: "a" },
  { property: "kind", operator: "neq", value: "a" },
  { property: "kind", operator: "in", value: ["a", 1, true] },
  { property: "kind", operator: "not_in", value: ["a", "1"] },
  { property: "kind", operator: "gte", value: 1 },
  { property: "amount", operator: "gt", value: 1.25 },
  { property: "amount", operator: "lte", value: 1.25 },
  { property: "amount", operator: "eq", value: 1.25 },
  { property: "amount", operator: "exists" },
  { property: "amount", operator: "not_exists" },
  { property: "value", operator: "lt", value: 19.99 },
  { property: "value", operator: "gte", value: -3 },
  { property: "value", operator: "not_exists" },
  { property: "constructor", operator: "not_exists" },
);

// Most sides have no filter, so that enough events count.
const side: fc.Arbitrary<RulesetMetricSide> = fc.record({
  event: fc.constantFrom("purchase", "purchase", "click"),
  value: fc.constantFrom("value", "value", "amount", null),
  filters: fc.oneof(
    { weight: 3, arbitrary: fc.constant<MetricFilter[]>([]) },
    { weight: 2, arbitrary: fc.array(filter, { minLength: 1, maxLength: 2 }) },
  ),
});

type LooseMetric = Omit<RulesetMetric, "id" | "key">;

const metric: fc.Arbitrary<LooseMetric> = fc
  .record({
    type: fc.constantFrom(...MetricType.options),
    numerator: side,
    denominator: side,
    cap: fc.constantFrom(null, null, null, 30, 0.5, 7200),
    cap_percentile: fc.constantFrom(null, null, 0.95),
    window_hours: fc.constantFrom(null, null, 1, 24, 72.5, 24 * 14),
    retention_days: fc.constantFrom<[number, number][]>([0, 0], [0, 2], [1, 3], [7, 7], [13, 20]),
  })
  .map(({ denominator, retention_days, ...rest }): LooseMetric => ({
    ...rest,
    quantile: rest.type === "quantile" ? 0.9 : null,
    denominator: rest.type === "ratio" ? denominator : null,
    retention_days: rest.type === "retention" ? retention_days : null,
    window_hours: rest.type === "retention" ? null : rest.window_hours,
  }));

type Design = Pick<
  RulesetExperiment,
  "type" | "unit_type" | "member_type" | "switchback_minutes" | "burn_in_minutes"
> & { readonly variantKeys: readonly string[] };

const TWO = ["control", "treatment"];
const design = fc.constantFrom<Design[]>(
  { type: "ab", unit_type: "user_id", variantKeys: TWO },
  { type: "ab", unit_type: "user_id", variantKeys: [...TWO, "other"] },
  { type: "ab", unit_type: "user_id", variantKeys: TWO },
  { type: "ab", unit_type: "device_id", variantKeys: TWO },
  { type: "ab", unit_type: "org_id", member_type: "user_id", variantKeys: TWO },
  { type: "ab", unit_type: "org_id", member_type: "user_id", switchback_minutes: 60, variantKeys: TWO },
  { type: "ab", unit_type: "user_id", switchback_minutes: 300, burn_in_minutes: 10, variantKeys: TWO },
  { type: "ab", unit_type: "user_id", switchback_minutes: 1440, burn_in_minutes: 60, variantKeys: TWO },
  { type: "interleaving", unit_type: "user_id", variantKeys: TWO },
);

const phaseStarts = fc.uniqueArray(
  fc.constantFrom(-DAY, 0, 1, HOUR, 2 * HOUR, DAY, 2 * DAY, 4 * DAY, 15 * DAY, 30 * DAY),
  { minLength: 1, maxLength: 3 },
);

const experiment = fc.record({
  design,
  phaseStarts,
  dimensions: fc.subarray(["country", "device.os", "plan"]),
  isWatching: fc.constantFrom(true, true, true, false),
  /** Which of the metrics, as bits. */
  metrics: fc.integer({ min: 1, max: 255 }),
});

const idOf = (index: number) => `exp_${index}`;

/** Experiments of all designs with metrics of all types. Ids and keys differ, so that nobody takes one for the other. */
export const anyRuleset: fc.Arbitrary<Ruleset> = fc
  .record({
    metrics: fc.array(metric, { minLength: 3, maxLength: 8, size: "max" }),
    experiments: fc.array(experiment, { minLength: 2, maxLength: 4, size: "max" }),
  })
  .map(({ metrics, experiments }): Ruleset => {
    return {
      environment: "production",
      enabled: true,
      generation: 1,
      shards: 2,
      keys: [],
      audiences: [],
      holdouts: [],
      flags: [],
      overrides: [],
      metrics: metrics.map((rest, index) => ({ id: `met_${index}`, key: `metric-${index}`, ...rest })),
      experiments: experiments.map((chosen, index): RulesetExperiment => {
        const { variantKeys, ...design } = chosen.design;
        const watched = experiments.flatMap((other, at) =>
          at !== index && chosen.isWatching && other.isWatching && other.design.unit_type === design.unit_type
            ? [idOf(at)]
            : [],
        );
        return {
          ...design,
          id: idOf(index),
          key: `experiment-${index}`,
          status: "running",
          salt: idOf(index),
          layer_salt: `${idOf(index)}/traffic`,
          slots: [{ range_start: 0, range_end: 9999 }],
          url: null,
          variants: variantKeys.map((key) => ({
            id: `${idOf(index)}.${key}`,
            key,
            weight_bp: 5000,
            is_control: key === "control",
            config: null,
          })),
          rules: [],
          phases: chosen.phaseStarts
            .toSorted((a, b) => a - b)
            .map((start, at) => ({ number: at + 1, started_at: T0 + start })),
          // A metric can have two roles.
          metrics: metrics.flatMap((_, at) =>
            ((chosen.metrics >> at) & 1) === 1
              ? [
                  { id: `met_${at}`, role: "secondary" as const },
                  ...(at === 0 ? [{ id: `met_${at}`, role: "guardrail" as const }] : []),
                ]
              : [],
          ),
          ...(chosen.dimensions.length > 0 ? { dimensions: chosen.dimensions } : {}),
          ...(watched.length > 0 ? { watched } : {}),
        };
      }),
    };
  });
