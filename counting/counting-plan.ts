import type { AnalysedMetricType } from "../contract/metric.ts";
import type { Ruleset, RulesetMetric } from "../contract/ruleset.ts";
import { millionthsOf } from "./millionths.ts";

export interface PlannedMetric {
  readonly id: string;
  readonly type: AnalysedMetricType;
  readonly event: string;
  /** Where a sum finds its number: `value` is the event's own, anything else a property. */
  readonly field: string;
  /** In millionths; the most one unit can contribute. */
  readonly cap: bigint | null;
  readonly windowMs: number | null;
}

export interface PlannedExperiment {
  readonly id: string;
  readonly unitType: string;
  /** Variant key → variant id. */
  readonly variants: ReadonlyMap<string, string>;
  /** In order of their beginning. */
  readonly phases: readonly { readonly number: number; readonly started_at: number }[];
  readonly metrics: readonly PlannedMetric[];
}

/** How long an event can be on its way; see {@link settle} in settle.ts for what follows from it. */
export interface Horizon {
  /** An event that was older than this when it was received is late. */
  readonly lateAfterMs: number;
  /** No message is applied longer than this after it was received. */
  readonly queueDelayMs: number;
}

/** What of a ruleset decides how events are counted. */
export interface CountingPlan {
  readonly version: number;
  readonly horizon: Horizon;
  readonly byKey: ReadonlyMap<string, PlannedExperiment>;
  readonly byId: ReadonlyMap<string, PlannedExperiment>;
  /** Event name → properties that a sum metric reads from events of that name. */
  readonly properties: ReadonlyMap<string, ReadonlySet<string>>;
}

const plannedMetric = (metric: RulesetMetric): PlannedMetric | undefined =>
  metric.event !== null && (metric.type === "conversion" || metric.type === "sum")
    ? {
        id: metric.id,
        type: metric.type,
        event: metric.event,
        field: metric.value,
        cap: metric.cap === null ? null : BigInt(millionthsOf(metric.cap) ?? 0),
        windowMs: metric.window_hours === null ? null : Math.round(metric.window_hours * 3_600_000),
      }
    : undefined;

/** The plan of one ruleset version. Metrics of a type that is not analysed yet are left out: they count nothing. */
export const countingPlan = (ruleset: Ruleset, version: number, horizon: Horizon): CountingPlan => {
  const metrics = new Map<string, PlannedMetric>();
  for (const metric of ruleset.metrics) {
    const planned = plannedMetric(metric);
    if (planned) metrics.set(metric.id, planned);
  }

  const byKey = new Map<string, PlannedExperiment>();
  const byId = new Map<string, PlannedExperiment>();
  const properties = new Map<string, Set<string>>();
  for (const experiment of ruleset.experiments) {
    const ids = new Set(experiment.metrics.map(({ id }) => id));
    const planned: PlannedExperiment = {
      id: experiment.id,
      unitType: experiment.unit_type,
      variants: new Map(experiment.variants.map(({ key, id }) => [key, id])),
      phases: experiment.phases,
      metrics: [...ids].flatMap((id) => metrics.get(id) ?? []),
    };
    byKey.set(experiment.key, planned);
    byId.set(experiment.id, planned);
    for (const { type, event, field } of planned.metrics)
      if (type === "sum" && field !== "value") properties.set(event, (properties.get(event) ?? new Set()).add(field));
  }
  return { version, horizon, byKey, byId, properties };
};
