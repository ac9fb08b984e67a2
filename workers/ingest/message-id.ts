import type { RefusedEvent } from "../../contract/event-message.ts";
import { hash32 } from "../../core/hash.ts";

/** Any four different numbers: 32 bits of the id each. */
const SEEDS = [0, 0x9747b28c, 0x3c6ef372, 0x5bd1e995];

const hexOf = (word: number): string => word.toString(16).padStart(8, "0");

/**
 * The id of a message, 32 hex digits. A batch that is sent again gets the same ones; a batch under an id that was used for
 * other events gets others, and so does one of which other events were refused.
 */
export const messageId = (
  batchId: string,
  shard: number,
  eventIds: readonly string[],
  refused: readonly RefusedEvent[],
): string => {
  const text = JSON.stringify([batchId, shard, eventIds, refused]);
  return SEEDS.map((seed) => hexOf(hash32(text, seed))).join("");
};

/** 16 random hex digits, one for each time that a batch is taken. */
export const newIntake = (): string => Array.from(crypto.getRandomValues(new Uint32Array(2)), hexOf).join("");
