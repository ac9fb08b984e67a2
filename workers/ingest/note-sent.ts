import type { MessageHead } from "../../contract/event-message.ts";
import type { SentNote } from "../../durable-objects/apply-messages.ts";
import { shardName } from "../../durable-objects/shard-name.ts";
import type { Env } from "./env.ts";
import { askShard } from "./unit-shard-stub.ts";

/** Most messages are applied by then, and a note of such a one changes nothing. */
const DELAY_MS = 5_000;
/** Waits between the attempts, spread a little: a Worker has 30 s after its answer for all of them. */
const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000];
/** A request that was to tell a shard and has not by now was ended before it could. */
const GIVEN_UP_AFTER_MS = 60_000;
/** What is kept of a shard that cannot be told; the oldest go first. */
const MAX_NOTES = 10_000;

type Shard = Pick<MessageHead, "environment" | "generation" | "shard">;

/** What one shard is to be told of. */
interface Outbox {
  readonly shard: Shard;
  notes: SentNote[];
  /** When a request began to wait for telling it, ms since 1970; -Infinity while none does. */
  waitingSince: number;
}

/** By the shard's name. The isolate's requests share them, so that one of them tells of what all have sent. */
const outboxes = new Map<string, Outbox>();

const outboxOf = (shard: Shard): Outbox => {
  const name = shardName(shard.environment, shard.generation, shard.shard);
  let outbox = outboxes.get(name);
  if (!outbox) outboxes.set(name, (outbox = { shard, notes: [], waitingSince: -Infinity }));
  return outbox;
};

/** Tells a shard of everything that is in its outbox. What it does not take goes back there, to be tried again. */
const deliver = async (env: Env, shard: Shard): Promise<void> => {
  const name = shardName(shard.environment, shard.generation, shard.shard);
  let error: unknown;
  for (const waitMs of [DELAY_MS, ...RETRY_AFTER_MS]) {
    await scheduler.wait(waitMs * (1 + Math.random() / 4));
    const notes = outboxes.get(name)?.notes;
    if (!notes) return;
    // What is noted from here on has a request of its own to wait for.
    outboxes.delete(name);
    try {
      await askShard(env, shard, (stub) => stub.noteSent(notes));
      return;
    } catch (cause) {
      error = cause;
      const outbox = outboxOf(shard);
      outbox.notes = [...notes, ...outbox.notes].slice(-MAX_NOTES);
      outbox.waitingSince = Math.max(outbox.waitingSince, Date.now());
    }
  }
  outboxOf(shard).waitingSince = -Infinity;
  console.error({ event: "notes_not_taken", shard: name, error: String(error) });
};

/**
 * Sees to it that the shards of messages on the queue are told, some seconds later and behind the answer, what is on its way
 * to them: their ledgers miss what never comes. At any time one request of the isolate waits for each shard. The events
 * are safe without: a message whose shard was not told is counted as received when it comes. Only if it is lost as well does
 * no ledger know of it.
 */
export const noteSent = (env: Env, ctx: Pick<ExecutionContext, "waitUntil">, heads: readonly MessageHead[]): void => {
  const now = Date.now();
  for (const { message_id, intake, received_at, accounted, environment, generation, shard } of heads) {
    // A message that is there for its events' other units only is in no ledger.
    if (accounted === 0) continue;
    const outbox = outboxOf({ environment, generation, shard });
    outbox.notes.push({ message_id, intake, received_at, accounted });
    if (now - outbox.waitingSince < GIVEN_UP_AFTER_MS) continue;
    outbox.waitingSince = now;
    ctx.waitUntil(deliver(env, outbox.shard));
  }
};
