import type { MetricFilters, MetricType } from "../contract/metric.ts";
import type { Ruleset, RulesetExperiment, RulesetMetric, RulesetMetricSide } from "../contract/ruleset.ts";
import { millionthsOf } from "./millionths.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Which number of which events: what an event is read into once, however many metrics share it. */
export interface PlannedSide {
  /** Says all of it; sides of the same text are one. */
  readonly text: string;
  readonly event: string;
  /** `value` is the event's own, anything else a property; null counts events. */
  readonly value: string | null;
  readonly filters: MetricFilters;
}

export interface PlannedMetric {
  readonly id: string;
  readonly type: MetricType;
  /** Texts of sides. */
  readonly numerator: string;
  readonly denominator: string | null;
  /** In millionths; the most one unit can contribute. */
  readonly cap: number | null;
  /** Whether units are told apart by the size of their value. */
  readonly has_buckets: boolean;
  /** Events count from so many ms after the first exposure, and before so many; null for no end. */
  readonly from_ms: number;
  readonly to_ms: number | null;
}

/** How an experiment is counted: all that decides it, so that its text is stored with what was counted by it. */
export interface Definition {
  readonly id: string;
  /** In order. */
  readonly variants: readonly { readonly id: string; readonly key: string }[];
  /** In order of their beginning. */
  readonly phases: readonly { readonly number: number; readonly started_at: number }[];
  readonly dimensions: readonly string[];
  /** Ids of experiments. */
  readonly watched: readonly string[];
  /** Where the unit is a cluster: the type of the units in it. */
  readonly member_type: string | null;
  /** Of a switchback test: the length of its windows, and how much of their beginning does not count. */
  readonly window_ms: number | null;
  readonly burn_in_ms: number;
  readonly is_interleaving: boolean;
  readonly metrics: readonly PlannedMetric[];
}

export interface PlannedExperiment {
  readonly id: string;
  readonly unitType: string;
  /** Variant key → variant id. */
  readonly variants: ReadonlyMap<string, string>;
  readonly definition: Definition;
  /** The definition in JSON. */
  readonly text: string;
}

/** How long an event can be on its way; see {@link settle} in settle.ts for what follows from it. */
export interface Horizon {
  /** An event that was older than this when it was received is late. */
  readonly lateAfterMs: number;
  /** No message is applied longer than this after it was received. */
  readonly queueDelayMs: number;
}

/** What units of one type are read for. */
export interface UnitTypePlan {
  /** By name of the event. */
  readonly sides: ReadonlyMap<string, readonly PlannedSide[]>;
  /** By name of the event: variant keys that its property `team` can give credit to. */
  readonly teams: ReadonlyMap<string, ReadonlySet<string>>;
  /** Texts of the sides that covariates are made of. */
  readonly covariates: ReadonlySet<string>;
  /** Lengths of the windows of switchback tests, in ms. */
  readonly windows: readonly number[];
}

/** What of a ruleset decides how events are counted. */
export interface CountingPlan {
  readonly version: number;
  readonly horizon: Horizon;
  readonly byKey: ReadonlyMap<string, PlannedExperiment>;
  readonly byId: ReadonlyMap<string, PlannedExperiment>;
  readonly byUnitType: ReadonlyMap<string, UnitTypePlan>;
}

/** Metrics of these types have covariates and are counted by age. */
const ADDITIVE: ReadonlySet<MetricType> = new Set(["conversion", "count", "sum", "mean", "ratio"]);
/** Metrics of these types count events, whatever their value. */
const EVENTS_ONLY: ReadonlySet<MetricType> = new Set(["conversion", "count"]);
/** Metrics of these types can earn a variant credit. */
const CREDITED: ReadonlySet<MetricType> = new Set(["conversion", "count", "sum"]);

export const isAdditive = (type: MetricType): boolean => ADDITIVE.has(type);
export const isCredited = (type: MetricType): boolean => CREDITED.has(type);

const plannedSide = ({ event, value, filters }: RulesetMetricSide, isEventsOnly: boolean): PlannedSide => {
  const read = isEventsOnly ? null : value;
  return { text: JSON.stringify([event, read, filters]), event, value: read, filters };
};

interface MetricWithSides {
  readonly metric: PlannedMetric;
  readonly sides: readonly PlannedSide[];
}

const plannedMetric = (metric: RulesetMetric): MetricWithSides => {
  const { id, type, retention_days: days, window_hours: hours } = metric;
  const numerator = plannedSide(metric.numerator, EVENTS_ONLY.has(type));
  const denominator = type === "ratio" && metric.denominator ? plannedSide(metric.denominator, false) : undefined;
  const [from_ms, to_ms] =
    type === "retention" && days
      ? [days[0] * DAY_MS, (days[1] + 1) * DAY_MS]
      : [0, hours === null ? null : Math.round(hours * HOUR_MS)];
  return {
    metric: {
      id,
      type,
      numerator: numerator.text,
      denominator: denominator?.text ?? null,
      cap: metric.cap === null ? null : (millionthsOf(metric.cap) ?? null),
      has_buckets: type === "quantile" || type === "time_to_event" || metric.cap_percentile !== null,
      from_ms,
      to_ms,
    },
    sides: denominator ? [numerator, denominator] : [numerator],
  };
};

const definitionOf = (experiment: RulesetExperiment, metrics: readonly PlannedMetric[]): Definition => ({
  id: experiment.id,
  variants: experiment.variants.map(({ id, key }) => ({ id, key })),
  phases: experiment.phases.map(({ number, started_at }) => ({ number, started_at })),
  dimensions: [...new Set(experiment.dimensions)],
  watched: [...new Set(experiment.watched)].filter((id) => id !== experiment.id),
  member_type: experiment.member_type ?? null,
  window_ms: experiment.switchback_minutes === undefined ? null : experiment.switchback_minutes * 60_000,
  burn_in_ms: (experiment.burn_in_minutes ?? 0) * 60_000,
  is_interleaving: experiment.type === "interleaving",
  metrics,
});

interface GrowingPlan {
  readonly sides: Map<string, Map<string, PlannedSide>>;
  readonly teams: Map<string, Set<string>>;
  readonly covariates: Set<string>;
  readonly windows: Set<number>;
}

const addToPlan = (plan: GrowingPlan, { definition }: PlannedExperiment, metrics: readonly MetricWithSides[]): void => {
  const { window_ms, is_interleaving, variants } = definition;
  if (window_ms !== null) plan.windows.add(window_ms);
  for (const { metric, sides } of metrics)
    for (const side of sides) {
      const named = plan.sides.get(side.event) ?? new Map<string, PlannedSide>();
      plan.sides.set(side.event, named.set(side.text, side));
      if (window_ms === null && isAdditive(metric.type)) plan.covariates.add(side.text);
      if (!is_interleaving || !isCredited(metric.type)) continue;
      const teams = plan.teams.get(side.event) ?? new Set<string>();
      plan.teams.set(side.event, teams);
      for (const { key } of variants.slice(0, 2)) teams.add(key);
    }
};

/** The plan of one ruleset version. */
export const countingPlan = (ruleset: Ruleset, version: number, horizon: Horizon): CountingPlan => {
  const metrics = new Map(ruleset.metrics.map((metric) => [metric.id, plannedMetric(metric)]));
  const byKey = new Map<string, PlannedExperiment>();
  const byId = new Map<string, PlannedExperiment>();
  const byUnitType = new Map<string, GrowingPlan>();
  for (const experiment of ruleset.experiments) {
    const ids = new Set(experiment.metrics.map(({ id }) => id));
    const measured = [...ids].flatMap((id) => metrics.get(id) ?? []);
    const definition = definitionOf(
      experiment,
      measured.map(({ metric }) => metric),
    );
    const planned: PlannedExperiment = {
      id: experiment.id,
      unitType: experiment.unit_type,
      variants: new Map(experiment.variants.map(({ key, id }) => [key, id])),
      definition,
      text: JSON.stringify(definition),
    };
    byKey.set(experiment.key, planned);
    byId.set(experiment.id, planned);
    const plan = byUnitType.get(experiment.unit_type) ?? {
      sides: new Map(),
      teams: new Map(),
      covariates: new Set(),
      windows: new Set(),
    };
    byUnitType.set(experiment.unit_type, plan);
    addToPlan(plan, planned, measured);
  }
  return {
    version,
    horizon,
    byKey,
    byId,
    byUnitType: new Map(
      [...byUnitType].map(([unitType, { sides, teams, covariates, windows }]): [string, UnitTypePlan] => [
        unitType,
        {
          sides: new Map([...sides].map(([event, named]) => [event, [...named.values()]])),
          teams,
          covariates,
          windows: [...windows],
        },
      ]),
    ),
  };
};
