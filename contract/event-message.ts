import { z } from "zod";
import { EventRejection } from "./event.ts";
import { JsonValue } from "./json.ts";

/** An accepted event, as it travels and as the archive keeps it. */
export const AcceptedEvent = z.object({
  event_id: z.string(),
  type: z.enum(["exposure", "metric"]),
  /** ms since 1970, as the client said. */
  at: z.number().int(),
  /** Unit type → unit, sorted by type; the first one's shard accounts for the event in the ledger. */
  units: z.array(z.tuple([z.string(), z.string()])),
  experiment_key: z.string().optional(),
  variant_key: z.string().optional(),
  config_version: z.number().int().optional(),
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
  events: z.array(AcceptedEvent),
  /** Events of the batch that were refused, each as received (cut to 1,000 characters of JSON). */
  rejected: z.array(z.object({ code: EventRejection, event: z.string() })),
});
export type EventMessage = z.infer<typeof EventMessage>;
