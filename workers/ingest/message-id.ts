import type { AcceptedEvent, MessageHead, RefusedEvent } from "../../contract/event-message.ts";
import { wideHash } from "../../core/wide-hash.ts";

const hexOf = (word: number): string => word.toString(16).padStart(8, "0");

/**
 * The id of a message, 32 hex digits. A batch that is sent again gets the same ones; a batch under an id that was used for
 * other events or other units gets others, and so does one of which other events were refused, or that a bot sent.
 */
export const messageId = (
  batchId: string,
  shard: number,
  events: readonly Pick<AcceptedEvent, "event_id" | "units">[],
  refused: readonly RefusedEvent[],
  lane?: MessageHead["lane"],
): string =>
  wideHash(JSON.stringify([batchId, shard, events.flatMap(({ event_id, units }) => [event_id, units]), refused, lane]));

/** 16 random hex digits, one for each time that a batch is taken. */
export const newIntake = (): string => Array.from(crypto.getRandomValues(new Uint32Array(2)), hexOf).join("");
