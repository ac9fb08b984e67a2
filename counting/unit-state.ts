import type { Int } from "./int.ts";
import type { MetricTally } from "./tally.ts";

/**
 * What one side reads from one event, in millionths: 1,000,000 where the side counts events, undefined where the event has no
 * number that can be read.
 */
export interface Reading {
  /** The term of the side's text. */
  readonly side: number;
  readonly value: number | undefined;
}

/** The value of an attribute at an exposure. */
export interface DimensionValue {
  /** The term of the attribute's name. */
  readonly name: number;
  readonly value: string;
}

export interface RecentMetric {
  readonly kind: "metric";
  /** 53 bits that stand for the event id; see `text-hash.ts`. */
  readonly id: number;
  /** ms since 1970. */
  readonly at: number;
  /** When the copy that is kept was received. */
  readonly received_at: number;
  readonly readings: readonly Reading[];
  /** The term of the variant key that gets credit for it. */
  readonly team: number | undefined;
}

export interface RecentExposure {
  readonly kind: "exposure";
  readonly id: number;
  readonly at: number;
  readonly received_at: number;
  /** Place in the unit's experiments. */
  readonly experiment: number;
  /** The term of the variant's id. */
  readonly variant: number;
  /** Those that are not `""`. */
  readonly dimensions: readonly DimensionValue[];
  /** 53 bits that stand for the unit of the experiment's member type. */
  readonly member: number | undefined;
}

/** An exposure that counts for another unit of the event; here only its id is remembered. */
interface RecentElsewhere {
  readonly kind: "elsewhere";
  readonly id: number;
  readonly at: number;
  readonly received_at: number;
}

/** An event that another copy of itself could still follow, or that a late exposure could still make count. */
export type RecentEvent = RecentMetric | RecentExposure | RecentElsewhere;

/** Where a unit, or a window of it in a switchback test, was exposed, and what its events add up to. */
export interface Block {
  /** The first exposure, ms since 1970. */
  at: number;
  /** The term of the first exposure's variant id; of two at the same instant that of the smaller id. */
  variant: number;
  /** Every variant seen; more than one makes it a crossover. */
  readonly variants: number[];
  /** Those of the first exposure; of several the smaller value. By the term of the attribute's name. */
  readonly dimensions: Map<number, string>;
  readonly members: Set<number>;
  /** By the term of the metric's id; only those with an event. */
  readonly tallies: Map<number, MetricTally>;
}

/** Blocks by window of a switchback test; otherwise there is one, 0. */
export type Blocks = ReadonlyMap<number, Block>;

/** What a unit had in an experiment when that left the plan. */
export interface Frozen {
  readonly blocks: Blocks;
  /** Where it was in the experiments that are watched: the term of the variant's id by that of the experiment's. */
  readonly places: ReadonlyMap<number, number>;
}

export interface ExperimentState {
  /** The term of the definition that it was counted by. */
  readonly definition: number;
  /** What is settled. */
  readonly blocks: Blocks;
  /** Only while the experiment is not in the plan: then this is what counts. */
  readonly frozen: Frozen | null;
}

/** What the events of a side added up to on one day. */
export interface DayTotal {
  readonly events: number;
  readonly sum: Int;
}

/** All that is kept of one unit. What it adds to the sums follows from this alone and the texts of the terms. */
export interface UnitState {
  /** The newest `received_at` so far, ms since 1970. */
  readonly newest: number;
  /** In order of `at`. */
  readonly recent: readonly RecentEvent[];
  /** Those that the unit was exposed to. Their places do not change. */
  readonly experiments: readonly ExperimentState[];
  /** Settled events with a number by the term of the side and by day since 1970-01-01 UTC. */
  readonly daily: ReadonlyMap<number, ReadonlyMap<number, DayTotal>>;
}

export const NEW_UNIT: UnitState = { newest: 0, recent: [], experiments: [], daily: new Map() };
