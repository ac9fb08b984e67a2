import type { AcceptedEvent } from "../../contract/event-message.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { Ruleset, RulesetExperiment, RulesetMetric } from "../../contract/ruleset.ts";
import type { CellKey } from "../../contract/sums.ts";
import {
  bucketIndex,
  hasDenominator,
  type IsRead,
  isBefore,
  isCounting,
  ONE,
  readNumerator,
  valueOf,
} from "./reference-metrics.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;
const WITH_AGES = new Set(["conversion", "count", "sum", "mean", "ratio"]);
const WITH_COVARIATES = WITH_AGES;

/** What one unit is in one metric, in millionths. */
export interface Numbers {
  /** 1 for a unit that is counted. */
  readonly n: 0 | 1;
  readonly y: bigint;
  readonly d: bigint;
  readonly x: bigint;
  readonly e: bigint;
}
/** Adds a unit to a cell. */
export type Add = (key: CellKey, numbers: Numbers) => void;

const own = (value: JsonValue | undefined, key: string): JsonValue | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
    ? value[key]
    : undefined;

const dimensionOf = (context: AcceptedEvent["context"], name: string): string => {
  const found =
    own(context, name) ?? name.split(".").reduce<JsonValue | undefined>((value, key) => own(value, key), context);
  if (typeof found === "string") return found.length <= 100 ? found.toWellFormed() : "";
  return typeof found === "number" || typeof found === "boolean" ? String(found) : "";
};

/** Where a unit, or one window of it, is in an experiment by all its exposures there. */
const placeOf = (experiment: RulesetExperiment, exposures: readonly AcceptedEvent[]) => {
  const at = Math.min(...exposures.map((exposure) => exposure.at));
  const first = exposures.filter((exposure) => exposure.at === at);
  const keys = new Set(exposures.map((exposure) => exposure.variant_key));
  const variant = experiment.variants.find(({ key }) => keys.has(key));
  const phase = experiment.phases.filter(({ started_at }) => started_at <= at).at(-1) ?? experiment.phases[0];
  const members = exposures
    .flatMap(({ units }) => units.filter(([type]) => type === experiment.member_type))
    .map(([, unit]) => unit);
  return {
    at,
    day: String(Math.floor(at / DAY)),
    phase: phase?.number ?? 1,
    isCrossover: keys.size > 1,
    variant_id: keys.size > 1 ? "" : (variant?.id ?? ""),
    dimensions: (experiment.dimensions ?? []).map((name) => ({
      name,
      slice: first.map(({ context }) => dimensionOf(context, name)).toSorted()[0] ?? "",
    })),
    size: experiment.member_type === undefined ? undefined : ONE * BigInt(new Set(members).size),
  };
};
type Place = ReturnType<typeof placeOf>;

const NOTHING: Numbers = { n: 0, y: 0n, d: 0n, x: 0n, e: 0n };

const withSize = (numbers: Numbers, metric: RulesetMetric | undefined, { size }: Place): Numbers =>
  size === undefined || (metric && hasDenominator(metric)) ? numbers : { ...numbers, d: size };

/** The key of a cell of a place, but for its metric. */
type Slot = Pick<CellKey, "kind" | "name" | "slice">;

const addTo = (add: Add, experiment: RulesetExperiment, place: Place, metric_id: string, numbers: Numbers) => {
  const { phase, variant_id } = place;
  return (slots: readonly Slot[]): void => {
    for (const slot of slots) add({ experiment_id: experiment.id, phase, variant_id, metric_id, ...slot }, numbers);
  };
};

const addSwitchback = (
  add: Add,
  experiment: RulesetExperiment,
  windowMs: number,
  metrics: readonly RulesetMetric[],
  exposures: readonly AcceptedEvent[],
  events: readonly AcceptedEvent[],
  isRead: IsRead,
): void => {
  const windowOf = ({ at }: AcceptedEvent) => Math.floor(at / windowMs);
  for (const window of new Set(exposures.map(windowOf))) {
    const place = placeOf(
      experiment,
      exposures.filter((exposure) => windowOf(exposure) === window),
    );
    const day: Slot = { kind: "day", name: "", slice: place.day };
    if (place.isCrossover) {
      addTo(add, experiment, place, "", { ...NOTHING, n: 1 })([day]);
      continue;
    }
    const slots: Slot[] = [
      day,
      { kind: "block", name: "", slice: String(window) },
      ...place.dimensions.map((dimension): Slot => ({ kind: "dimension", ...dimension })),
    ];
    addTo(add, experiment, place, "", withSize({ ...NOTHING, n: 1 }, undefined, place))(slots);
    const from = window * windowMs + (experiment.burn_in_minutes ?? 0) * MINUTE;
    for (const metric of metrics) {
      if (metric.type === "retention" || metric.type === "time_to_event") continue;
      const counting = events.filter((event) => event.at >= from && event.at < (window + 1) * windowMs);
      const { hasEvent, y, d } = valueOf(metric, counting, place.at, isRead);
      if (hasEvent)
        addTo(add, experiment, place, metric.id, withSize({ n: 1, y, d, x: 0n, e: 0n }, metric, place))(slots);
    }
  }
};

const sizeOf = (value: bigint): bigint => (value < 0n ? -value : value);

const addCredit = (
  add: Add,
  experiment: RulesetExperiment,
  { phase }: Place,
  metric: RulesetMetric,
  counting: readonly AcceptedEvent[],
  isRead: IsRead,
): void => {
  const readings = readNumerator(metric, counting, isRead);
  const [first, second] = experiment.variants;
  if (!first || !second) throw new Error("Interleaving is between two variants.");
  const [a, b] = [first, second].map(({ key }) =>
    readings
      .filter(({ event }) => event.properties?.team === key)
      .reduce((sum, { worth }) => sum + (metric.type === "sum" ? worth : ONE), 0n),
  ) as [bigint, bigint];
  const all = sizeOf(a) + sizeOf(b);
  if (all === 0n) return;
  const share = (2n * ONE * sizeOf(a - b) + all) / (2n * all);
  const slice = a === b ? "tie" : a > b ? first.id : second.id;
  add(
    { experiment_id: experiment.id, phase, variant_id: "", metric_id: metric.id, kind: "credit", name: "", slice },
    { ...NOTHING, n: 1, y: a < b ? -share : share },
  );
};

/** Adds one unit to all cells that its events put it into. They are distinct, and all that it ever sent. */
export const addUnit = (
  add: Add,
  ruleset: Ruleset,
  unitType: string,
  events: readonly AcceptedEvent[],
  isRead: IsRead,
): void => {
  const entered = ruleset.experiments
    .filter((experiment) => experiment.unit_type === unitType)
    .map((experiment) => ({
      experiment,
      exposures: events.filter((event) => event.type === "exposure" && event.experiment_key === experiment.key),
    }))
    .filter(({ exposures }) => exposures.length > 0);

  for (const { experiment, exposures } of entered) {
    const metrics = ruleset.metrics.filter((metric) => experiment.metrics.some(({ id }) => id === metric.id));
    if (experiment.switchback_minutes !== undefined) {
      addSwitchback(add, experiment, experiment.switchback_minutes * MINUTE, metrics, exposures, events, isRead);
      continue;
    }
    const place = placeOf(experiment, exposures);
    const countingOf = (metric: RulesetMetric) => events.filter((event) => isCounting(metric, place.at, event.at));

    if (experiment.type === "interleaving")
      for (const metric of metrics)
        if (metric.type === "conversion" || metric.type === "count" || metric.type === "sum")
          addCredit(add, experiment, place, metric, countingOf(metric), isRead);

    const day: Slot = { kind: "day", name: "", slice: place.day };
    if (place.isCrossover) {
      addTo(add, experiment, place, "", { ...NOTHING, n: 1 })([day]);
      continue;
    }
    const joint = entered
      .filter(
        (other) =>
          experiment.watched?.includes(other.experiment.id) && other.experiment.switchback_minutes === undefined,
      )
      .map((other) => ({ id: other.experiment.id, place: placeOf(other.experiment, other.exposures) }))
      .filter((other) => !other.place.isCrossover);
    const slots: Slot[] = [
      day,
      ...place.dimensions.map((dimension): Slot => ({ kind: "dimension", ...dimension })),
      ...joint.map((other): Slot => ({ kind: "joint", name: other.id, slice: other.place.variant_id })),
    ];
    addTo(add, experiment, place, "", withSize({ ...NOTHING, n: 1 }, undefined, place))(slots);

    for (const metric of metrics) {
      const counting = countingOf(metric);
      const { hasEvent, y, d } = valueOf(metric, counting, place.at, isRead);
      const before = WITH_COVARIATES.has(metric.type)
        ? valueOf(
            metric,
            events.filter((event) => isBefore(place.at, event.at)),
            place.at,
            isRead,
          )
        : { y: 0n, d: 0n };
      if (!hasEvent && before.y === 0n && before.d === 0n) continue;
      const numbers = withSize({ n: hasEvent ? 1 : 0, y, d, x: before.y, e: before.d }, metric, place);
      addTo(add, experiment, place, metric.id, numbers)(slots);

      if (hasEvent && (metric.type === "quantile" || metric.type === "time_to_event" || metric.cap_percentile !== null))
        addTo(
          add,
          experiment,
          place,
          metric.id,
          numbers,
        )([{ kind: "bucket", name: "", slice: String(bucketIndex(y)) }]);

      if (WITH_AGES.has(metric.type))
        for (let age = 0; age < 28; age++) {
          const from = place.at + age * DAY;
          const then = valueOf(
            metric,
            counting.filter(({ at }) => at >= from && at < from + DAY),
            place.at,
            isRead,
          );
          if (then.hasEvent)
            addTo(add, experiment, place, metric.id, { n: 1, y: then.y, d: then.d, x: 0n, e: 0n })([
              { kind: "age", name: "", slice: String(age) },
            ]);
        }
    }
  }
};
