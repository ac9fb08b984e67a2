/** When and into what a unit was first exposed, from all exposures of one experiment. */
export interface FirstExposure {
  /** ms since 1970. */
  readonly at: number;
  readonly variant_id: string;
  /** Every variant seen, sorted; more than one makes the unit a crossover. */
  readonly variants: readonly string[];
}

/** An event that another copy of itself could still follow, or that a late exposure could still make count. */
export type RecentEvent = {
  readonly event_id: string;
  readonly at: number;
  /** When the copy that is kept was received. */
  readonly received_at: number;
} & (
  | { readonly kind: "exposure"; readonly experiment_id: string; readonly variant_id: string }
  /** Values in millionths by field. */
  | { readonly kind: "metric"; readonly name: string; readonly values: Readonly<Record<string, number>> }
  /** An exposure that counts for another unit of the event; here only its id is remembered. */
  | { readonly kind: "elsewhere" }
);

/** What the events of one metric add up to, before any cap. */
export interface Total {
  readonly events: number;
  /** In millionths. */
  readonly sum: bigint;
}

/** What one unit adds to the sums of one experiment. */
export interface Contribution {
  readonly phase: number;
  /** Days since 1970-01-01 UTC. */
  readonly day: number;
  /** `""` for a crossover, which has no totals. */
  readonly variant_id: string;
  /** Metric id → the unit's total in millionths, capped; only metrics with an event that counts. */
  readonly totals: ReadonlyMap<string, bigint>;
}

/** All that is kept of one unit. Experiments and metrics go by id. */
export interface UnitState {
  /** The newest `received_at` so far, ms since 1970. */
  readonly newest: number;
  /** By event id. */
  readonly recent: ReadonlyMap<string, RecentEvent>;
  /** First exposures from events that are settled. */
  readonly exposures: ReadonlyMap<string, FirstExposure>;
  /** Experiment → metric → total of the events that are settled. */
  readonly settled: ReadonlyMap<string, ReadonlyMap<string, Total>>;
  /** What is in the sums by now, so that a change is always a difference from what was really added. */
  readonly counted: ReadonlyMap<string, Contribution>;
}

export const NEW_UNIT: UnitState = {
  newest: 0,
  recent: new Map(),
  exposures: new Map(),
  settled: new Map(),
  counted: new Map(),
};
