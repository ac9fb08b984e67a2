import type { AcceptedEvent, EventMessage } from "../../contract/event-message.ts";
import { shardOf } from "../../core/bucket.ts";
import type { IntakeRules } from "./intake-rules.ts";
import { jsonBytes } from "./json-bytes.ts";

/** A queue takes 128 KB a message, envelope included. */
const MAX_MESSAGE_BYTES = 120_000;
/** What a message is besides its events: ids, numbers, a time and a batch id of up to 100 characters. */
const ENVELOPE_BYTES = 1_500;

/** A refused event as the archive keeps it. */
export type Refused = EventMessage["rejected"][number];

export interface Intake {
  readonly batch_id: string;
  /** ms since 1970. */
  readonly received_at: number;
  readonly sent_at?: EventMessage["sent_at"];
  readonly accepted: readonly AcceptedEvent[];
  readonly rejected: readonly Refused[];
}

/** A message and its size as JSON. */
export interface SizedMessage {
  readonly message: EventMessage;
  readonly bytes: number;
}

/**
 * The messages of one batch: to each shard the events that name a unit of it, more than one message where it would be too
 * large. Every event is in one message of each of its shards; the refused ones go to the shard that the batch id falls on.
 */
export const partition = (
  { batch_id, received_at, sent_at, accepted, rejected }: Intake,
  { environment, generation, shards }: IntakeRules,
  newId: () => string,
): SizedMessage[] => {
  const done: SizedMessage[] = [];
  const open = new Map<number, { message: EventMessage; bytes: number }>();

  const messageFor = (shard: number, bytes: number): EventMessage => {
    const current = open.get(shard);
    if (current && current.bytes + bytes <= MAX_MESSAGE_BYTES) {
      current.bytes += bytes;
      return current.message;
    }
    if (current) done.push(current);
    const message: EventMessage = {
      format: 1,
      message_id: newId(),
      batch_id,
      environment,
      generation,
      shard,
      shards,
      received_at,
      ...(sent_at === undefined ? {} : { sent_at }),
      events: [],
      rejected: [],
    };
    open.set(shard, { message, bytes: ENVELOPE_BYTES + bytes });
    return message;
  };

  for (const event of accepted) {
    const bytes = jsonBytes(JSON.stringify(event)) + 1;
    const targets = new Set(event.units.map(([unitType, unit]) => shardOf(unitType, unit, shards)));
    for (const shard of targets) messageFor(shard, bytes).events.push(event);
  }
  for (const refusal of rejected)
    messageFor(shardOf("batch_id", batch_id, shards), jsonBytes(JSON.stringify(refusal)) + 1).rejected.push(refusal);
  return [...done, ...open.values()];
};
