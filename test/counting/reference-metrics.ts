import type { AcceptedEvent } from "../../contract/event-message.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { MetricFilter, MetricType } from "../../contract/metric.ts";
import type { RulesetMetric, RulesetMetricSide } from "../../contract/ruleset.ts";

const DAY = 86_400_000;
/** What one event is worth, in millionths. */
export const ONE = 1_000_000n;

/** Rounds the exact value of a double to millionths, half away from zero, in integers only. */
export const exactMillionths = (value: number): bigint => {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const exponent = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & ((1n << 52n) - 1n);
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  const power = Math.max(exponent, 1) - 1075;
  const scaled = mantissa * 1_000_000n;
  const size = power >= 0 ? scaled << BigInt(power) : (2n * scaled + (1n << BigInt(-power))) >> BigInt(1 - power);
  return raw >> 63n === 1n ? -size : size;
};

const propertyOf = (event: AcceptedEvent, name: string): JsonValue | undefined => {
  if (name === "value") return event.value;
  return event.properties && Object.hasOwn(event.properties, name) ? event.properties[name] : undefined;
};

const fulfils = (event: AcceptedEvent, filter: MetricFilter): boolean => {
  const found = propertyOf(event, filter.property);
  const isScalar = typeof found === "string" || typeof found === "number" || typeof found === "boolean";
  const { operator } = filter;
  if (operator === "exists" || operator === "not_exists")
    return (found !== undefined && found !== null) === (operator === "exists");
  if (operator === "eq" || operator === "neq") return (isScalar && found === filter.value) === (operator === "eq");
  if (operator === "in" || operator === "not_in")
    return (isScalar && filter.value.includes(found)) === (operator === "in");
  if (typeof found !== "number") return false;
  return (
    (operator === "gt" && found > filter.value) ||
    (operator === "gte" && found >= filter.value) ||
    (operator === "lt" && found < filter.value) ||
    (operator === "lte" && found <= filter.value)
  );
};

interface Reading {
  readonly event: AcceptedEvent;
  /** In millionths. */
  readonly worth: bigint;
}

/** Whether a side was already read when an event came: an event does not count for a side that joined the rules after it. */
export type IsRead = (event: AcceptedEvent, type: MetricType, side: RulesetMetricSide) => boolean;

/** The events of one side with what each is worth to a metric of this type. */
const read = (type: MetricType, side: RulesetMetricSide, events: readonly AcceptedEvent[], isRead: IsRead): Reading[] =>
  events
    .filter((event) => isRead(event, type, side))
    .filter((event) => event.type === "metric" && event.name === side.event)
    .filter((event) => side.filters.every((filter) => fulfils(event, filter)))
    .flatMap((event): Reading[] => {
      if (side.value === null || type === "conversion" || type === "count") return [{ event, worth: ONE }];
      const value = propertyOf(event, side.value);
      if (typeof value === "number" && Math.abs(value) <= 1e9) return [{ event, worth: exactMillionths(value) }];
      return type === "sum" ? [{ event, worth: 0n }] : [];
    });

const total = (readings: readonly Reading[]): bigint => readings.reduce((sum, { worth }) => sum + worth, 0n);

/** What of a metric's events counts: those that its numerator reads, with what each is worth. */
export const readNumerator = (metric: RulesetMetric, events: readonly AcceptedEvent[], isRead: IsRead): Reading[] =>
  read(metric.type, metric.numerator, events, isRead);

export const hasDenominator = ({ type }: RulesetMetric): boolean => type === "mean" || type === "ratio";

/** What a metric makes of events that are all those that count, the unit having been exposed first at `exposedAt`. */
export const valueOf = (
  metric: RulesetMetric,
  events: readonly AcceptedEvent[],
  exposedAt: number,
  isRead: IsRead,
): { readonly hasEvent: boolean; readonly y: bigint; readonly d: bigint } => {
  const numerator = readNumerator(metric, events, isRead);
  const denominator = metric.denominator === null ? [] : read(metric.type, metric.denominator, events, isRead);
  if (numerator.length + denominator.length === 0) return { hasEvent: false, y: 0n, d: 0n };

  const many = ONE * BigInt(numerator.length);
  const uncapped = {
    conversion: () => ONE,
    retention: () => ONE,
    count: () => many,
    sum: () => total(numerator),
    mean: () => total(numerator),
    ratio: () => total(numerator),
    quantile: () => total(numerator),
    time_to_event: () => BigInt(Math.min(...numerator.map(({ event }) => event.at)) - exposedAt) * 1000n,
  }[metric.type]();
  const cap = metric.cap === null ? undefined : exactMillionths(metric.cap);
  const y = cap !== undefined && uncapped > cap ? cap : uncapped;
  return { hasEvent: true, y, d: metric.type === "mean" ? many : metric.type === "ratio" ? total(denominator) : 0n };
};

/** Whether an event at an instant counts for a metric of a unit that was exposed first at `exposedAt`. */
export const isCounting = (metric: RulesetMetric, exposedAt: number, at: number): boolean => {
  if (metric.retention_days !== null) {
    const [from, to] = metric.retention_days;
    return at >= exposedAt + from * DAY && at < exposedAt + (to + 1) * DAY;
  }
  return at >= exposedAt && (metric.window_hours === null || at < exposedAt + metric.window_hours * 3_600_000);
};

/** Whether an event at an instant belongs to the covariates of a unit that was exposed first at `exposedAt`. */
export const isBefore = (exposedAt: number, at: number): boolean =>
  at < exposedAt && Math.floor(at / DAY) >= Math.floor(exposedAt / DAY) - 14;

/** Index of the histogram's bucket of a total: 64 buckets between powers of two, and each integer below 64 its own. */
export const bucketIndex = (y: bigint): bigint => {
  const size = y < 0n ? -y : y;
  if (size < 64n) return y;
  const bits = size.toString(2);
  const index = 64n * BigInt(bits.length - 6) + BigInt(`0b${bits.slice(1, 7)}`);
  return y < 0n ? -index : index;
};
