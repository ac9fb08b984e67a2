import type { AcceptedEvent } from "../contract/event-message.ts";
import type { EventRejection } from "../contract/event.ts";
import { definitionOf } from "./bound-definition.ts";
import type { CountingPlan, PlannedExperiment } from "./counting-plan.ts";
import { withPlan } from "./plan-change.ts";
import type { EventContent } from "./read-event.ts";
import { finalBefore } from "./settle.ts";
import type { Terms } from "./terms.ts";
import { idOfText } from "./text-hash.ts";
import type { ExperimentState, RecentEvent, UnitState } from "./unit-state.ts";

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

const byTime = (a: RecentEvent, b: RecentEvent): number => a.at - b.at;

/** How many recent events are looked through one by one for an id; beyond that an index is made. */
const MAX_SCANNED = 200;

/**
 * Recent events of one unit; they are in memory while it is counted, and 100,000 take some 50 MB of the 128 MB that there are.
 * Nobody does so much in 12 days: what has more is no unit but a name that many share, or somebody who wants to do harm.
 */
export const MAX_RECENT = 100_000;

/** A unit while events are applied to it. */
export class OpenUnit {
  readonly #plan: CountingPlan;
  readonly #terms: Terms;
  readonly #recent: readonly RecentEvent[];
  /** By id; only where there are many. */
  readonly #byId: ReadonlyMap<number, RecentEvent> | undefined;
  /** By id: those that are new or take the place of another copy. */
  readonly #taken = new Map<number, RecentEvent>();
  readonly experiments: ExperimentState[];
  #hasReplaced = false;

  constructor(state: UnitState, plan: CountingPlan, terms: Terms) {
    this.#plan = plan;
    this.#terms = terms;
    this.#recent = state.recent;
    if (state.recent.length > MAX_SCANNED) this.#byId = new Map(state.recent.map((event) => [event.id, event]));
    this.experiments = withPlan(state, plan, terms);
  }

  #find(id: number): RecentEvent | undefined {
    const taken = this.#taken.get(id);
    if (taken !== undefined) return taken;
    return this.#byId ? this.#byId.get(id) : this.#recent.find((event) => event.id === id);
  }

  /** The place of an experiment, a new one if the unit was not in it yet. */
  #placeOf({ id, text }: PlannedExperiment): number {
    const place = this.experiments.findIndex(
      ({ definition }) => definitionOf(definition, this.#terms).definition.id === id,
    );
    if (place >= 0) return place;
    return this.experiments.push({ definition: this.#terms.idOf(text), blocks: new Map(), frozen: null }) - 1;
  }

  #remember(id: number, { event, received_at }: Arrival, content: EventContent): RecentEvent {
    const { at } = event;
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

  /** Whether there are few events that are still recent once this one has come. */
  #hasRoom({ received_at }: Arrival): boolean {
    const tooMany = this.#recent.length + this.#taken.size - MAX_RECENT;
    return tooMany < 0 || (this.#recent[tooMany]?.at ?? Infinity) < finalBefore(received_at, this.#plan);
  }

  take(arrival: Arrival, content: EventContent): Fate {
    const id = idOfText(arrival.event.event_id);
    const kept = this.#find(id);
    if (kept === undefined && !this.#hasRoom(arrival)) return "unit_too_large";
    const event = this.#remember(id, arrival, content);
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
