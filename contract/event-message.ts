import { z } from "zod";
import { EventRejection, Timestamp } from "./event.ts";
import { JsonValue } from "./json.ts";

/**
 * An accepted event, as it travels and as the archive keeps it: all that was sent. Two things are normalised: `user_id` is
 * one of the units, and the instant is in `at` too.
 */
export const AcceptedEvent = z.object({
  event_id: z.string(),
  type: z.enum(["exposure", "metric"]),
  /** ms since 1970: the instant of `timestamp`. */
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

/**
 * One Queue message: the part of one received batch that belongs to one shard. A redelivered message has the same
 * `message_id`, a resent batch another one, so the first changes nothing at all and the second is counted as duplicates.
 */
export const EventMessage = z.object({
  format: z.literal(1),
  message_id: z.string(),
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
  events: z.array(AcceptedEvent),
  /** Events of the batch that were refused, each as received, in JSON. */
  rejected: z.array(
    z.object({
      code: EventRejection,
      event: z.string(),
      /** Its size in bytes, if it was larger than an event may be: then only its beginning is kept. */
      cut_from: z.number().int().optional(),
    }),
  ),
});
export type EventMessage = z.infer<typeof EventMessage>;
