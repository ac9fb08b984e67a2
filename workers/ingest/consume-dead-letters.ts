import { sha256Hex } from "../http/credentials.ts";
import { archive } from "./archive.ts";
import { parkedMessage, parkedKey } from "./dead-letters.ts";
import type { Env } from "./env.ts";
import { lastFailure } from "./failure-reasons.ts";
import { deadLetterMoved } from "./follow-moved.ts";
import { byShard, type Received, retryAll } from "./received.ts";
import { askShard } from "./unit-shard-stub.ts";

/**
 * Parks a message and has its shard account for it. It is archived here, too: it may have come because the archive was out
 * of reach.
 */
const park = async ({ message, head }: Received, env: Env): Promise<void> => {
  const text = message.body;
  const parkedAt = Date.now();
  const known = lastFailure(head);
  await env.ARCHIVE.put(parkedKey(head), text, parkedMessage(head, { parkedAt, reason: known }));
  await archive(env.ARCHIVE, [{ head, text }]);
  const { moved_to, reason = known } = await askShard(env, head, (shard) => shard.deadLetter(text));
  if (moved_to) await deadLetterMoved(env, text, moved_to);
  if (reason !== known) await env.ARCHIVE.put(parkedKey(head), text, parkedMessage(head, { parkedAt, reason }));
  const { message_id, environment } = head;
  console.error({ event: "message_dead_lettered", message_id, environment, reason });
  message.ack();
};

/** What has no head is of no environment, and in no ledger but as what was received and never came. */
const parkUnreadable = async (message: Message<string>, env: Env): Promise<void> => {
  const text = typeof message.body === "string" ? message.body : JSON.stringify(message.body);
  const key = `unreadable/${await sha256Hex(text)}.txt`;
  await env.ARCHIVE.put(key, text, { httpMetadata: { contentType: "text/plain" } });
  console.error({ event: "message_unreadable", key });
  message.ack();
};

/** Parks messages that could not be counted, for a person to look at and to have them tried again: see `dead-letters.ts`. */
export const consumeDeadLetters = async (batch: MessageBatch<string>, env: Env): Promise<void> => {
  const { groups, unreadable } = byShard(batch.messages);
  for (const received of groups.flat())
    try {
      await park(received, env);
    } catch (error) {
      retryAll([received.message], "dead_letter_not_parked", error);
    }
  for (const message of unreadable)
    try {
      await parkUnreadable(message, env);
    } catch (error) {
      retryAll([message], "dead_letter_not_parked", error);
    }
};
