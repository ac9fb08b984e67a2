import { z } from "zod";
import { pageOf, pageQuery } from "./page.ts";

/** A message that could not be counted and waits for somebody to have it tried again. */
export const DeadLetter = z.object({
  /** Names it among the dead letters of its environment. */
  id: z.string(),
  message_id: z.string(),
  batch_id: z.string(),
  shard: z.number().int(),
  /** When its batch was taken, ms since 1970. */
  received_at: z.number().int(),
  /** When it was given up, ms since 1970. */
  parked_at: z.number().int(),
  /** How many of its events its shard's ledger accounts for. */
  events: z.number().int(),
  bytes: z.number().int(),
  /** Why it could not be counted when it was tried last, as far as that is known. */
  reason: z.string().nullable(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

export const DeadLetterPage = pageOf(DeadLetter);
export type DeadLetterPage = z.infer<typeof DeadLetterPage>;

const Id = /^[0-9A-Za-z._-]{1,200}$/;

export const DeadLettersQuery = pageQuery(Id);
export type DeadLettersQuery = z.infer<typeof DeadLettersQuery>;

/** Which of them to try again; without `ids` all of them, a hundred at a time. */
export const DeadLetterReplay = z.strictObject({ ids: z.array(z.string().regex(Id)).min(1).max(100).optional() });
export type DeadLetterReplay = z.infer<typeof DeadLetterReplay>;

export const ReplayedDeadLetters = z.object({
  /** The ids of messages that are on the queue again. */
  replayed: z.array(z.string()),
  /** Ids that are not among the dead letters. */
  unknown: z.array(z.string()),
  /** Whether there are more of them. */
  has_more: z.boolean(),
});
export type ReplayedDeadLetters = z.infer<typeof ReplayedDeadLetters>;
