import type { AcceptedEvent, MessageHead, RefusedEvent } from "../../contract/event-message.ts";
import { refusedLine } from "../../counting/message-text.ts";
import { shardOf } from "../../core/bucket.ts";
import type { IntakeRules } from "./intake-rules.ts";
import { jsonBytes } from "./json-bytes.ts";
import { messageId } from "./message-id.ts";

/** A queue takes 128 KB a message, envelope included. */
const MAX_MESSAGE_BYTES = 120_000;
/** What a message is besides its events: ids, numbers, a time and a batch id of up to 100 characters. */
const HEAD_BYTES = 1_500;

/** An event that is taken, and its line by `counting/message-text.ts`. */
export interface Taken {
  readonly event: AcceptedEvent;
  readonly line: string;
}

/** What a batch says in the head of each of its messages, and what is in it. */
export interface Intake extends Pick<
  MessageHead,
  "intake" | "batch_id" | "received_at" | "sent_at" | "skew_ms" | "lane"
> {
  readonly accepted: readonly Taken[];
  readonly refused: readonly RefusedEvent[];
}

/** A message as it travels: its head, and its whole text with its size in UTF-8. */
export interface MessageToSend {
  readonly head: MessageHead;
  readonly text: string;
  readonly bytes: number;
}

/** A message that is being filled. */
interface Open {
  readonly shard: number;
  bytes: number;
  accounted: number;
  readonly lines: string[];
  readonly events: AcceptedEvent[];
  readonly refused: RefusedEvent[];
}

/**
 * The messages of one batch: to each shard the events that name a unit of it, more than one message where it would be too
 * large. Every event is in one message of each of its shards, and accounted for on that of its first unit; the refused ones
 * go to the shard that the batch id falls on.
 */
export const partition = (
  { accepted, refused, batch_id, intake, received_at, sent_at, skew_ms, lane }: Intake,
  { environment, generation, shards }: Pick<IntakeRules, "environment" | "generation" | "shards">,
): MessageToSend[] => {
  const all: Open[] = [];
  const openByShard = new Map<number, Open>();

  const openFor = (shard: number, line: string): Open => {
    const bytes = jsonBytes(line) + 1;
    let open = openByShard.get(shard);
    if (!open || open.bytes + bytes > MAX_MESSAGE_BYTES) {
      open = { shard, bytes: HEAD_BYTES, accounted: 0, lines: [], events: [], refused: [] };
      openByShard.set(shard, open);
      all.push(open);
    }
    open.bytes += bytes;
    open.lines.push(line);
    return open;
  };

  for (const { event, line } of accepted) {
    let first = -1;
    const others: number[] = [];
    for (const [unitType, unit] of event.units) {
      const shard = shardOf(unitType, unit, shards);
      if (shard === first || others.includes(shard)) continue;
      const open = openFor(shard, line);
      open.events.push(event);
      if (first === -1) {
        first = shard;
        open.accounted++;
      } else others.push(shard);
    }
  }
  for (const each of refused) {
    const open = openFor(shardOf("batch_id", batch_id, shards), refusedLine(each));
    open.refused.push(each);
    open.accounted++;
  }

  return all.map(({ shard, bytes, accounted, lines, events, refused: refusedHere }) => {
    const head: MessageHead = {
      format: 2,
      message_id: messageId(batch_id, shard, events, refusedHere, lane),
      intake,
      batch_id,
      environment,
      generation,
      shard,
      shards,
      received_at,
      ...(sent_at === undefined ? {} : { sent_at }),
      ...(skew_ms === undefined ? {} : { skew_ms }),
      ...(lane === undefined ? {} : { lane }),
      accounted,
    };
    const headText = JSON.stringify(head);
    return { head, text: [headText, ...lines].join("\n"), bytes: bytes - HEAD_BYTES + jsonBytes(headText) };
  });
};
