import type { MetricType } from "../contract/metric.ts";
import type { PlannedMetric } from "./counting-plan.ts";
import { type Int, plus, times } from "./int.ts";
import type { UnitValue } from "./sums.ts";

const ONE = 1_000_000;

/** What the events of one side of one metric add up to. */
export interface Tally {
  events: number;
  /** In millionths. */
  sum: Int;
}

/** Both sides of a metric; only a ratio has a denominator. */
export interface Sides {
  readonly numerator: Tally;
  readonly denominator: Tally;
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

const newTally = (): Tally => ({ events: 0, sum: 0 });
export const newSides = (): Sides => ({ numerator: newTally(), denominator: newTally() });
export const newMetricTally = (): MetricTally => ({
  counted: newSides(),
  before: newSides(),
  ages: new Map(),
  first: Infinity,
  credit: [0, 0],
});

export const copyOfSides = ({ numerator, denominator }: Sides): Sides => ({
  numerator: { ...numerator },
  denominator: { ...denominator },
});

export const copyOfMetricTally = ({ counted, before, ages, first, credit }: MetricTally): MetricTally => ({
  counted: copyOfSides(counted),
  before: copyOfSides(before),
  ages: new Map(Array.from(ages, ([age, sides]) => [age, copyOfSides(sides)])),
  first,
  credit: [...credit],
});

/** Takes events of a side into account, worth so much together. */
export const addEvents = (sides: Sides, isDenominator: boolean, events: number, sum: Int): void => {
  const tally = isDenominator ? sides.denominator : sides.numerator;
  tally.events += events;
  tally.sum = plus(tally.sum, sum);
};

export const hasEvent = ({ numerator, denominator }: Sides): boolean => numerator.events + denominator.events > 0;

/** The value and, for means and ratios, the denominator; before any cap. Nothing that depends on time is one of these. */
const plainValue = (type: MetricType, { numerator, denominator }: Sides): readonly [y: Int, d: Int] => {
  switch (type) {
    case "count":
      return [times(numerator.events, ONE), 0];
    case "conversion":
    case "retention":
      return [numerator.events > 0 ? ONE : 0, 0];
    case "mean":
      return [numerator.sum, times(numerator.events, ONE)];
    case "ratio":
      return [numerator.sum, denominator.sum];
    case "sum":
    case "quantile":
    case "time_to_event":
  }
  return [numerator.sum, 0];
};

const capped = ({ cap }: PlannedMetric, y: Int): Int => (cap !== null && y > cap ? cap : y);

/** Whether the metric has a denominator of its own. */
export const hasDenominator = ({ type }: PlannedMetric): boolean => type === "mean" || type === "ratio";

/** What a unit that was exposed at `at` (ms since 1970) is worth by its tally; `size` is the cluster's, in millionths. */
export const valueOf = (metric: PlannedMetric, tally: MetricTally, at: number, size: Int): UnitValue => {
  const { counted, before, first } = tally;
  const n = hasEvent(counted) ? 1 : 0;
  const [total, own] = plainValue(metric.type, counted);
  const y = metric.type === "time_to_event" && n === 1 ? (first - at) * 1000 : total;
  const [x, e] = plainValue(metric.type, before);
  return { n, y: capped(metric, y), d: hasDenominator(metric) ? own : size, x: capped(metric, x), e };
};

/** What a unit is worth by the events of one day since exposure. */
export const ageValueOf = (metric: PlannedMetric, sides: Sides): UnitValue => {
  const [y, d] = plainValue(metric.type, sides);
  return { n: 1, y: capped(metric, y), d, x: 0, e: 0 };
};
