import type { AcceptedEvent } from "../contract/event-message.ts";
import type { EventRejection } from "../contract/event.ts";
import type { JsonValue } from "../contract/json.ts";
import type { MetricFilter } from "../contract/metric.ts";
import type { Definition, PlannedExperiment, PlannedSide, UnitTypePlan, CountingPlan } from "./counting-plan.ts";
import { millionthsOf } from "./millionths.ts";

/** What a unit remembers of an event, before texts become terms. */
export type EventContent =
  | {
      readonly kind: "metric";
      readonly readings: readonly { readonly side: PlannedSide; readonly value: number | undefined }[];
      readonly team: string | undefined;
    }
  | {
      readonly kind: "exposure";
      readonly experiment: PlannedExperiment;
      readonly variant_id: string;
      readonly dimensions: readonly { readonly name: string; readonly value: string }[];
      /** A unit of the experiment's member type. */
      readonly member: string | undefined;
    }
  | { readonly kind: "elsewhere" };

const own = (value: JsonValue | undefined, key: string): JsonValue | undefined =>
  value !== null && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, key)
    ? value[key]
    : undefined;

/** A property of an event; `value` is the event's own value. */
const propertyOf = (event: AcceptedEvent, name: string): JsonValue | undefined =>
  name === "value" ? event.value : own(event.properties, name);

const holds = (filter: MetricFilter, found: JsonValue | undefined): boolean => {
  switch (filter.operator) {
    case "eq":
      return found === filter.value;
    case "neq":
      return found !== filter.value;
    case "in":
      return filter.value.some((value) => value === found);
    case "not_in":
      return !filter.value.some((value) => value === found);
    case "gt":
      return typeof found === "number" && found > filter.value;
    case "gte":
      return typeof found === "number" && found >= filter.value;
    case "lt":
      return typeof found === "number" && found < filter.value;
    case "lte":
      return typeof found === "number" && found <= filter.value;
    case "exists":
      return found !== undefined && found !== null;
    case "not_exists":
  }
  return found === undefined || found === null;
};

const ONE = 1_000_000;

const readMetric = (event: AcceptedEvent, name: string, plan: UnitTypePlan | undefined): EventContent => {
  const readings: { side: PlannedSide; value: number | undefined }[] = [];
  for (const side of plan?.sides.get(name) ?? [])
    if (side.filters.every((filter) => holds(filter, propertyOf(event, filter.property))))
      readings.push({ side, value: side.value === null ? ONE : millionthsOf(propertyOf(event, side.value)) });
  const teams = plan?.teams.get(name);
  const team = teams === undefined ? undefined : own(event.properties, "team");
  return { kind: "metric", readings, team: typeof team === "string" && teams?.has(team) ? team : undefined };
};

/** Longer texts are no values to split results by. */
const MAX_VALUE_LENGTH = 100;

/** The value of an attribute: the context's own key of exactly that name, else a dot path. `""` when there is none. */
const dimensionOf = (context: AcceptedEvent["context"], name: string): string => {
  let found = own(context, name);
  if ((found === undefined || found === null) && name.includes(".")) {
    found = context;
    for (const key of name.split(".")) found = own(found, key);
  }
  if (typeof found === "number" || typeof found === "boolean") return String(found);
  return typeof found === "string" && found.length <= MAX_VALUE_LENGTH ? found.toWellFormed() : "";
};

const dimensionsOf = ({ context }: AcceptedEvent, { dimensions }: Definition) =>
  context === undefined
    ? []
    : dimensions.map((name) => ({ name, value: dimensionOf(context, name) })).filter(({ value }) => value !== "");

/** What a unit of this type remembers of an event, or why it cannot be counted. */
export const readEvent = (
  event: AcceptedEvent,
  unitType: string,
  plan: CountingPlan,
  unitPlan: UnitTypePlan | undefined,
): EventContent | EventRejection => {
  if (event.type === "metric")
    return event.name === undefined ? "invalid_event" : readMetric(event, event.name, unitPlan);
  const experiment = plan.byKey.get(event.experiment_key ?? "");
  if (!experiment) return "unknown_experiment";
  const variant_id = experiment.variants.get(event.variant_key ?? "");
  if (variant_id === undefined) return "unknown_variant";
  if (experiment.unitType !== unitType)
    return event.units.some(([type]) => type === experiment.unitType) ? { kind: "elsewhere" } : "invalid_event";
  const { definition } = experiment;
  return {
    kind: "exposure",
    experiment,
    variant_id,
    dimensions: dimensionsOf(event, definition),
    member: event.units.find(([type]) => type === definition.member_type)?.[1],
  };
};
