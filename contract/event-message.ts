import { z } from "zod";
import { EventRejection, Timestamp } from "./event.ts";
import { JsonValue } from "./json.ts";

/**
 * An accepted event, as it travels and as the archive keeps it: all that was sent. Two things are normalised: `user_id` is
 * one of the units, and the instant, by our clock, is in `at` too.
 */
export const AcceptedEvent = z.object({
  event_id: z.string(),
  type: z.enum(["exposure", "metric"]),
  /** ms since 1970: the instant of `timestamp`, and what the client's clock was behind ours. */
  at: z.number().int(),
  /** As sent, with the client's zone. */
  timestamp: Timestamp,
  /** Unit type → unit, sorted by type; the first one's shard accounts for the event in the ledger. */
  units: z.array(z.tuple([z.string(), z.string()])),
  experiment_key: z.string().optional(),
  variant_key: z.string().optional(),
  config_version: z.number().int().optional(),
  /** What an exposure was decided by. */
  context: z.record(z.string(), JsonValue).optional(),
  name: z.string().optional(),
  value: z.number().optional(),
  properties: z.record(z.string(), JsonValue).optional(),
});
export type AcceptedEvent = z.infer<typeof AcceptedEvent>;

/** An event that was refused. */
export const RefusedEvent = z.object({
  code: EventRejection,
  /** As received, in JSON. */
  event: z.string(),
  /** Its size in bytes, if it was larger than an event may be: then only its beginning is kept. */
  cut_from: z.number().int().optional(),
});
export type RefusedEvent = z.infer<typeof RefusedEvent>;

/** What a message says of itself, apart from its events. */
export const MessageHead = z.object({
  format: z.literal(2),
  /**
   * 32 hex digits made of the batch id, the shard, and the ids and units of the events: the same for a batch that is sent again,
   * and another one for other events under the same batch id.
   */
  message_id: z.string(),
  /** Random, one for each time that a batch is taken: tells a batch sent again from a message delivered again. */
  intake: z.string(),
  batch_id: z.string(),
  environment: z.string(),
  generation: z.number().int(),
  shard: z.number().int(),
  /** How many shards the generation has, so that a message tells by itself which of its units are here. */
  shards: z.number().int(),
  /** ms since 1970, by the clock of the Worker that took the batch. */
  received_at: z.number().int(),
  /** When the client says to have sent the batch, as sent. */
  sent_at: Timestamp.optional(),
  /** What was added to the client's timestamps, in ms; left out for 0. */
  skew_ms: z.number().int().optional(),
  /** Events of a known bot: archived and accounted for, never counted. */
  lane: z.literal("bot").optional(),
  /** How many of its events, refused ones included, this shard accounts for in the ledger. */
  accounted: z.number().int(),
});
export type MessageHead = z.infer<typeof MessageHead>;

/**
 * One Queue message: the part of one received batch that belongs to one shard. It travels and is archived as text, see
 * `counting/message-text.ts`: a line of JSON for the head, one for each event and one for each refused event.
 */
export interface EventMessage extends MessageHead {
  readonly events: readonly AcceptedEvent[];
  readonly rejected: readonly RefusedEvent[];
}
