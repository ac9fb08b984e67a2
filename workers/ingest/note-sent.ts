import type { EventMessage } from "../../contract/event-message.ts";
import { receivedOf, type SentNote } from "../../durable-objects/apply-messages.ts";
import { byShard } from "./by-shard.ts";
import type { Env } from "./env.ts";
import { askShard } from "./unit-shard-stub.ts";

/** A client's answer waits for slow shards no longer than this. */
const MAX_WAIT_MS = 500;
/** Waits between the attempts behind the answer, spread a little: a Worker has 30 s for all of them. */
const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000];

const noteOf = (message: EventMessage): SentNote => ({
  message_id: message.message_id,
  received_at: message.received_at,
  received: receivedOf(message),
});

/** Tells one shard of its messages; gives the error, if any. */
const tell = async (env: Env, messages: readonly EventMessage[]): Promise<{ error?: unknown }> => {
  const [first] = messages;
  if (!first) return {};
  try {
    await askShard(env, first, (shard) => shard.noteSent(messages.map(noteOf)));
    return {};
  } catch (error) {
    return { error };
  }
};

const tellAgain = async (env: Env, messages: readonly EventMessage[]): Promise<void> => {
  let error: unknown;
  for (const waitMs of RETRY_AFTER_MS) {
    await scheduler.wait(waitMs * (1 + Math.random() / 4));
    ({ error } = await tell(env, messages));
    if (error === undefined) return;
  }
  console.error({ event: "note_not_taken", messages: messages.length, error: String(error) });
};

/**
 * Tells the shards of messages that are on the queue what is on its way to them, so that their ledgers miss what never
 * comes. Never throws: the events are safe, and a message whose shard could not be told is counted as received when it
 * comes. Only if it is lost as well, after every attempt here has failed, does no ledger know of it.
 */
export const noteSent = async (
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  messages: readonly EventMessage[],
): Promise<void> => {
  // A message that is there for its events' other units only is in no ledger.
  const accounted = messages.filter((message) => receivedOf(message) > 0);
  const told = Promise.all(
    byShard(accounted, (message) => message).map(async (group) => {
      const { error } = await tell(env, group);
      if (error !== undefined) ctx.waitUntil(tellAgain(env, group));
    }),
  );
  ctx.waitUntil(told);
  await Promise.race([told, scheduler.wait(MAX_WAIT_MS)]);
};
