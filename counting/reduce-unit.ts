import type { AcceptedEvent } from "../contract/event-message.ts";
import type { EventRejection } from "../contract/event.ts";
import { definitionOf } from "./bound-definition.ts";
import type { CountingPlan, Definition, PlannedExperiment } from "./counting-plan.ts";
import { type EventContent, readEvent } from "./read-event.ts";
import { finalBefore, settle } from "./settle.ts";
import type { SumsChanges } from "./sums.ts";
import type { Terms } from "./terms.ts";
import { idOfText } from "./text-hash.ts";
import { placesOf, rowsOf, unitBlocks } from "./unit-rows.ts";
import type { ExperimentState, Frozen, RecentEvent, UnitState } from "./unit-state.ts";

/** One event with the time that its message was received, ms since 1970. */
export interface Arrival {
  readonly event: AcceptedEvent;
  readonly received_at: number;
}

/** What became of an event. */
export type Fate = "applied" | "duplicate" | "late" | EventRejection;

/**
 * A total order of what copies of one event can be, so that it does not matter which is applied first. It is made of texts:
 * terms have other numbers on another shard.
 */
const contentOf = (event: RecentEvent, experiments: readonly ExperimentState[], terms: Terms): string => {
  if (event.kind === "metric") {
    const readings = event.readings.map(({ side, value }) => JSON.stringify([terms.textOf(side), value ?? null]));
    const team = event.team === undefined ? null : terms.textOf(event.team);
    return JSON.stringify([event.at, event.kind, readings.toSorted(), team]);
  }
  if (event.kind === "elsewhere") return JSON.stringify([event.at, event.kind]);
  const { at, kind, experiment, variant, dimensions, member } = event;
  const definition = experiments[experiment]?.definition;
  const id = definition === undefined ? null : definitionOf(definition, terms).definition.id;
  const values = dimensions.map(({ name, value }) => JSON.stringify([terms.textOf(name), value]));
  return JSON.stringify([at, kind, id, terms.textOf(variant), values.toSorted(), member ?? null]);
};

/** A metric that has left the experiment goes on by its last definition. */
const withGoneMetrics = ({ definition, text }: PlannedExperiment, before: Definition): string => {
  const ids = new Set(definition.metrics.map(({ id }) => id));
  const gone = before.metrics.filter(({ id }) => !ids.has(id));
  return gone.length === 0 ? text : JSON.stringify({ ...definition, metrics: [...definition.metrics, ...gone] });
};

const freeze = (state: UnitState, place: number, terms: Terms): Frozen => {
  const experiments = unitBlocks(state, terms);
  const watched = new Set(experiments[place]?.bound.watched.map(({ term }) => term));
  return {
    blocks: experiments[place]?.blocks ?? new Map(),
    places: new Map([...placesOf(experiments)].filter(([experiment]) => watched.has(experiment))),
  };
};

/** The experiments as the plan now has them. One that is not in it any more keeps what it has. */
const withPlan = (state: UnitState, plan: CountingPlan, terms: Terms): ExperimentState[] =>
  state.experiments.map((experiment, place) => {
    const { definition: before } = definitionOf(experiment.definition, terms);
    const planned = plan.byId.get(before.id);
    if (planned) return { ...experiment, definition: terms.idOf(withGoneMetrics(planned, before)), frozen: null };
    return experiment.frozen ? experiment : { ...experiment, frozen: freeze(state, place, terms) };
  });

/** A unit while events are applied to it. */
class OpenUnit {
  readonly #terms: Terms;
  readonly #recent: Map<number, RecentEvent>;
  readonly experiments: ExperimentState[];
  #isTouched = false;

  constructor(state: UnitState, plan: CountingPlan, terms: Terms) {
    this.#terms = terms;
    this.#recent = new Map(state.recent.map((event) => [event.id, event]));
    this.experiments = withPlan(state, plan, terms);
  }

  get isTouched(): boolean {
    return this.#isTouched;
  }

  /** The place of an experiment, a new one if the unit was not in it yet. */
  #placeOf({ id, text }: PlannedExperiment): number {
    const place = this.experiments.findIndex(
      ({ definition }) => definitionOf(definition, this.#terms).definition.id === id,
    );
    if (place >= 0) return place;
    return this.experiments.push({ definition: this.#terms.idOf(text), blocks: new Map(), frozen: null }) - 1;
  }

  #remember({ event, received_at }: Arrival, content: EventContent): RecentEvent {
    const { event_id, at } = event;
    const common = { id: idOfText(event_id), at, received_at };
    const terms = this.#terms;
    if (content.kind === "elsewhere") return { kind: "elsewhere", ...common };
    if (content.kind === "metric")
      return {
        kind: "metric",
        ...common,
        readings: content.readings.map(({ side, value }) => ({ side: terms.idOf(side.text), value })),
        team: content.team === undefined ? undefined : terms.idOf(content.team),
      };
    return {
      kind: "exposure",
      ...common,
      experiment: this.#placeOf(content.experiment),
      variant: terms.idOf(content.variant_id),
      dimensions: content.dimensions.map(({ name, value }) => ({ name: terms.idOf(name), value })),
      member: content.member === undefined ? undefined : idOfText(content.member),
    };
  }

  /** Of two events with the same id the one received first is kept; if that does not tell, the smaller one. */
  #isKept(kept: RecentEvent, other: RecentEvent): boolean {
    if (kept.received_at !== other.received_at) return kept.received_at < other.received_at;
    const { experiments } = this;
    return contentOf(kept, experiments, this.#terms) <= contentOf(other, experiments, this.#terms);
  }

  take(arrival: Arrival, content: EventContent): Fate {
    const event = this.#remember(arrival, content);
    const kept = this.#recent.get(event.id);
    if (kept !== undefined && this.#isKept(kept, event)) return "duplicate";
    this.#recent.set(event.id, event);
    this.#isTouched = true;
    return kept === undefined ? "applied" : "duplicate";
  }

  recent(): RecentEvent[] {
    return [...this.#recent.values()].toSorted((a, b) => a.at - b.at);
  }
}

/** Adds all that a unit adds to the sums, or takes it away. */
export const addUnitTo = (changes: SumsChanges, state: UnitState, terms: Terms, sign: 1 | -1): void => {
  const experiments = unitBlocks(state, terms);
  const places = placesOf(experiments);
  for (const experiment of experiments) for (const row of rowsOf(experiment, places, terms)) changes.add(row, sign);
};

/**
 * Applies events to one unit. The result does not depend on their order, on how they come in batches, or on how often they
 * come: what is counted is always that of the set of events so far, and `changes` receives the difference.
 *
 * `fates[i]` is what became of `arrivals[i]`. The state that comes back is the one that went in when nothing changed.
 */
export const reduceUnit = (
  state: UnitState,
  unitType: string,
  arrivals: readonly Arrival[],
  plan: CountingPlan,
  terms: Terms,
  changes: SumsChanges,
): { state: UnitState; fates: Fate[] } => {
  const final = finalBefore(state.newest, plan);
  const unitPlan = plan.byUnitType.get(unitType);
  const open = new OpenUnit(state, plan, terms);
  const fates = arrivals.map((arrival): Fate => {
    const { at } = arrival.event;
    // The second condition is the first one for any message that kept the promise of settle.ts. One that did not, because
    // somebody sent it again much later, must not count anything twice.
    if (at < arrival.received_at - plan.horizon.lateAfterMs || at < final) return "late";
    const content = readEvent(arrival.event, unitType, plan, unitPlan);
    return typeof content === "string" ? content : open.take(arrival, content);
  });
  if (!open.isTouched) return { state, fates };

  const newest = arrivals.reduce((latest, { received_at }) => Math.max(latest, received_at), state.newest);
  const { experiments } = open;
  const next = settle({ ...state, newest, experiments, recent: open.recent() }, plan, unitPlan, terms);
  addUnitTo(changes, state, terms, -1);
  addUnitTo(changes, next, terms, 1);
  return { state: next, fates };
};
