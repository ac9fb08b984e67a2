import type { MetricType } from "../contract/metric.ts";
import type { PlannedMetric } from "./counting-plan.ts";
import { type Int, plus, times } from "./int.ts";
import type { UnitValue } from "./sums.ts";

const ONE = 1_000_000;

/** What events of the two sides of a metric add up to, sums in millionths. Only a ratio has a denominator. */
export interface Sides {
  events: number;
  sum: Int;
  denominatorEvents: number;
  denominatorSum: Int;
}

/** What one unit's events add up to for one metric, before any cap. */
export interface MetricTally {
  /** Events that count. */
  readonly counted: Sides;
  /** Events before the first exposure. */
  readonly before: Sides;
  /** By days since exposure. */
  readonly ages: Map<number, Sides>;
  /** ms since 1970 of the first event that counts; Infinity without one. */
  first: number;
  /** What the first and the second variant earned, in millionths. */
  readonly credit: [Int, Int];
}

export const newSides = (): Sides => ({ events: 0, sum: 0, denominatorEvents: 0, denominatorSum: 0 });
export const newMetricTally = (): MetricTally => ({
  counted: newSides(),
  before: newSides(),
  ages: new Map(),
  first: Infinity,
  credit: [0, 0],
});

const copyOfSides = ({ events, sum, denominatorEvents, denominatorSum }: Sides): Sides => ({
  events,
  sum,
  denominatorEvents,
  denominatorSum,
});

export const copyOfMetricTally = ({ counted, before, ages, first, credit }: MetricTally): MetricTally => {
  const copies = new Map<number, Sides>();
  for (const [age, sides] of ages) copies.set(age, copyOfSides(sides));
  return {
    counted: copyOfSides(counted),
    before: copyOfSides(before),
    ages: copies,
    first,
    credit: [credit[0], credit[1]],
  };
};

/** Takes events of a side into account, worth so much together. */
export const addEvents = (sides: Sides, isDenominator: boolean, events: number, sum: Int): void => {
  if (isDenominator) {
    sides.denominatorEvents += events;
    sides.denominatorSum = plus(sides.denominatorSum, sum);
  } else {
    sides.events += events;
    sides.sum = plus(sides.sum, sum);
  }
};

export const hasEvent = ({ events, denominatorEvents }: Sides): boolean => events + denominatorEvents > 0;

/** A unit's value, before any cap. That of `time_to_event` depends on more and is not here. */
const plainValue = (type: MetricType, { events, sum }: Sides): Int => {
  if (type === "conversion" || type === "retention") return events > 0 ? ONE : 0;
  return type === "count" ? times(events, ONE) : sum;
};

/** The denominator of means and ratios; 0 for others. */
const denominatorOf = (type: MetricType, { events, denominatorSum }: Sides): Int => {
  if (type === "mean") return times(events, ONE);
  return type === "ratio" ? denominatorSum : 0;
};

const capped = ({ cap }: PlannedMetric, y: Int): Int => (cap !== null && y > cap ? cap : y);

/** What a unit that was exposed at `at` (ms since 1970) is worth by its tally; `size` is the cluster's, in millionths. */
export const valueOf = (metric: PlannedMetric, tally: MetricTally, at: number, size: Int): UnitValue => {
  const { type } = metric;
  const { counted, before, first } = tally;
  const n = hasEvent(counted) ? 1 : 0;
  const y = type === "time_to_event" && n === 1 ? (first - at) * 1000 : plainValue(type, counted);
  return {
    n,
    y: capped(metric, y),
    d: type === "mean" || type === "ratio" ? denominatorOf(type, counted) : size,
    x: capped(metric, plainValue(type, before)),
    e: denominatorOf(type, before),
  };
};

/** What a unit is worth by the events of one day since exposure. */
export const ageValueOf = (metric: PlannedMetric, sides: Sides): UnitValue => ({
  n: 1,
  y: capped(metric, plainValue(metric.type, sides)),
  d: denominatorOf(metric.type, sides),
  x: 0,
  e: 0,
});
