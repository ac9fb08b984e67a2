import type { AcceptedEvent } from "../contract/event-message.ts";
import type { EventRejection } from "../contract/event.ts";
import { definitionOf } from "./bound-definition.ts";
import type { CountingPlan, Definition, PlannedExperiment } from "./counting-plan.ts";
import { type EventContent, readEvent } from "./read-event.ts";
import { finalBefore, settle } from "./settle.ts";
import type { SumsChanges } from "./sums.ts";
import type { Terms } from "./terms.ts";
import { idOfText } from "./text-hash.ts";
import { placesOf, replaceRows, type UnitBlocks, unitBlocks, unitRows, unitRowsWithMore } from "./unit-rows.ts";
import { blockOf, withSeries } from "./blocks.ts";
import { type SeriesBySide, seriesOf } from "./series.ts";
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

/** How many recent events are looked through one by one for an id; beyond that an index is made. */
const MAX_SCANNED = 200;

/** A unit while events are applied to it. */
class OpenUnit {
  readonly #terms: Terms;
  readonly #recent: readonly RecentEvent[];
  /** By id: those that are indexed, and those that are new or take the place of another copy. */
  readonly #byId = new Map<number, RecentEvent>();
  readonly #isIndexed: boolean;
  readonly #taken = new Map<number, RecentEvent>();
  readonly experiments: ExperimentState[];
  #hasReplaced = false;

  constructor(state: UnitState, plan: CountingPlan, terms: Terms) {
    this.#terms = terms;
    this.#recent = state.recent;
    this.#isIndexed = state.recent.length > MAX_SCANNED;
    if (this.#isIndexed) for (const event of state.recent) this.#byId.set(event.id, event);
    this.experiments = withPlan(state, plan, terms);
  }

  #find(id: number): RecentEvent | undefined {
    const taken = this.#taken.get(id);
    if (taken !== undefined) return taken;
    return this.#isIndexed ? this.#byId.get(id) : this.#recent.find((event) => event.id === id);
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
    const id = idOfText(event_id);
    const terms = this.#terms;
    if (content.kind === "elsewhere") return { kind: "elsewhere", id, at, received_at };
    if (content.kind === "metric") {
      const readings = content.readings.map(({ side, value }) => ({ side: terms.idOf(side.text), value }));
      const team = content.team === undefined ? undefined : terms.idOf(content.team);
      return { kind: "metric", id, at, received_at, readings, team };
    }
    return {
      kind: "exposure",
      id,
      at,
      received_at,
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
    const kept = this.#find(event.id);
    if (kept !== undefined && this.#isKept(kept, event)) return "duplicate";
    if (kept !== undefined) this.#hasReplaced = true;
    this.#taken.set(event.id, event);
    return kept === undefined ? "applied" : "duplicate";
  }

  /** The events that are new or take the place of another copy, in order of `at`. */
  taken(): RecentEvent[] {
    return [...this.#taken.values()].toSorted(byTime);
  }

  /** Whether some event took the place of another copy. */
  get hasReplaced(): boolean {
    return this.#hasReplaced;
  }

  /** All events, with those that were taken, in order of `at`. */
  recent(taken: readonly RecentEvent[]): RecentEvent[] {
    const others = this.#hasReplaced ? this.#recent.filter(({ id }) => !this.#taken.has(id)) : this.#recent;
    const all = [...others, ...taken];
    const isInOrder = (others.at(-1)?.at ?? -Infinity) <= (taken[0]?.at ?? Infinity);
    return isInOrder ? all : all.sort(byTime);
  }
}

const byTime = (a: RecentEvent, b: RecentEvent): number => a.at - b.at;

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
  const taken = open.taken();
  if (taken.length === 0) return { state, fates };

  const newest = arrivals.reduce((latest, { received_at }) => Math.max(latest, received_at), state.newest);
  const { experiments } = open;
  const unsettled = { ...state, newest, experiments, recent: open.recent(taken) };
  const next = settle(unsettled, plan, unitPlan, terms);
  const before = unitBlocks(state, terms);
  // Settling moves events into totals and changes no value; but it is only after a recomputation that this can be relied on.
  const isMore =
    next === unsettled &&
    !open.hasReplaced &&
    hasSamePlan(state.experiments, experiments) &&
    taken.every((event) => isNoNews(event, before));
  const rows = unitRows(before, terms);
  if (isMore) {
    const after = withMore(before, seriesOf(taken));
    replaceRows(changes, rows, unitRowsWithMore(before, rows, after, terms));
  } else replaceRows(changes, rows, unitRows(unitBlocks(next, terms), terms));
  return { state: next, fates };
};

const hasSamePlan = (before: readonly ExperimentState[], after: readonly ExperimentState[]): boolean =>
  before.length === after.length &&
  before.every(({ definition, frozen }, place) => {
    const other = after[place];
    return definition === other?.definition && frozen === other.frozen;
  });

/** Whether an event leaves all exposures as they are: it is none, or a later one of what is known. */
const isNoNews = (event: RecentEvent, units: readonly UnitBlocks[]): boolean => {
  if (event.kind !== "exposure") return true;
  const unit = units[event.experiment];
  const block = unit?.blocks.get(blockOf(unit.bound, event.at));
  return (
    block !== undefined &&
    event.at > block.at &&
    block.variants.includes(event.variant) &&
    (event.member === undefined || block.members.has(event.member))
  );
};

/** The shortcut for what comes most: more metric events of a unit whose exposures stay as they are. */
const withMore = (before: readonly UnitBlocks[], series: SeriesBySide): UnitBlocks[] =>
  before.map((unit) =>
    unit.places === undefined ? { ...unit, blocks: withSeries(unit.blocks, unit.bound, series) } : unit,
  );

/** What takes all that a unit adds to the sums away. */
export const removeRows = (changes: SumsChanges, state: UnitState, terms: Terms): void =>
  replaceRows(changes, unitRows(unitBlocks(state, terms), terms), []);
