import { z } from "zod";
import { Units } from "./decision.ts";
import { JsonValue } from "./json.ts";
import { EventName } from "./metric.ts";

export const MAX_BATCH_EVENTS = 500;
export const MAX_BATCH_BYTES = 1_000_000;
/** An event may claim to be this far ahead of our clock, no more. */
export const MAX_FUTURE_MS = 10 * 60_000;
/** Older events are late: archived and counted as such, never in the sums. */
export const LATE_AFTER_MS = 7 * 24 * 3_600_000;

/** A client's clock that differs from ours by no more is taken for right: a request takes its time. */
export const MAX_SKEW_MS = 10_000;

const timestampError = "Use ISO 8601 with a zone, or whole milliseconds since 1970.";

/** What a {@link Timestamp} is as text, apart from its length. */
export const TIMESTAMP_TEXT = z.regexes.datetime({ offset: true });
export const MAX_TIMESTAMP_LENGTH = 64;

/** ISO 8601 with a zone, or ms since 1970. It is kept as sent, so the decimals of its seconds must end somewhere. */
export const Timestamp = z.union(
  [
    z.iso.datetime({ offset: true, error: timestampError }).max(MAX_TIMESTAMP_LENGTH, timestampError),
    z.number().int(timestampError).min(0, timestampError),
  ],
  timestampError,
);

const common = {
  event_id: z.string().min(1).max(100),
  timestamp: Timestamp,
  user_id: z.string().min(1).max(256).optional(),
  units: Units.refine((units) => Object.keys(units).length >= 1 && Object.keys(units).length <= 5, {
    message: "Name one to five units.",
  }).optional(),
};

export const ExposureEvent = z.strictObject({
  type: z.literal("exposure"),
  ...common,
  experiment_key: z.string().min(1).max(100),
  variant_key: z.string().min(1).max(100),
  config_version: z.number().int().min(0).optional(),
  context: z.record(z.string(), JsonValue).optional(),
});
export type ExposureEvent = z.infer<typeof ExposureEvent>;

export const MetricEvent = z.strictObject({
  type: z.literal("metric"),
  ...common,
  name: EventName,
  /** In the metric's own unit; kept to six decimals. */
  value: z.number().min(-1e9).max(1e9).optional(),
  properties: z.record(z.string().min(1).max(100), JsonValue).optional(),
});
export type MetricEvent = z.infer<typeof MetricEvent>;

/** One event; it names its unit by `user_id`, by `units`, or both. */
export const IncomingEvent = z
  .discriminatedUnion("type", [ExposureEvent, MetricEvent])
  .refine((event) => event.user_id !== undefined || event.units !== undefined, {
    message: "Name the unit: user_id or units.",
    path: ["user_id"],
  });
export type IncomingEvent = z.infer<typeof IncomingEvent>;

/** The envelope only: each event is checked by itself, so that a bad one does not spoil the batch. */
export const EventBatch = z.strictObject({
  batch_id: z.string().min(1).max(100),
  sent_at: Timestamp.optional(),
  /** The SDK key, for `sendBeacon`, which can set no header. */
  key: z.string().max(200).optional(),
  events: z.array(z.unknown()).min(1).max(MAX_BATCH_EVENTS),
});
export type EventBatch = z.infer<typeof EventBatch>;

export const EventRejection = z.enum([
  "invalid_event",
  "timestamp_in_future",
  "event_too_large",
  "unknown_experiment",
  "unknown_variant",
  /** An exposure of a unit whose variant was chosen by a person. */
  "overridden_unit",
  /** Of a unit that was deleted, and from before that. */
  "unit_deleted",
  /** Of a unit that has had 100,000 events in the last days. */
  "unit_too_large",
]);
export type EventRejection = z.infer<typeof EventRejection>;

export const RejectedEvent = z.object({ index: z.number().int(), code: EventRejection, message: z.string() });
export type RejectedEvent = z.infer<typeof RejectedEvent>;

export const EventReceipt = z.object({ accepted: z.number().int(), rejected: z.array(RejectedEvent) });
export type EventReceipt = z.infer<typeof EventReceipt>;
