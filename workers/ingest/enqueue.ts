import type { EventMessage } from "../../contract/event-message.ts";
import type { SizedMessage } from "./partition.ts";

/** What one call of `sendBatch` takes: 100 messages and 256 KB, with the envelope that the queue adds. */
const MAX_MESSAGES = 100;
const MAX_BYTES = 250_000;
const QUEUE_ENVELOPE_BYTES = 100;

/**
 * Puts every message on the queue. Throws when the queue refuses any of them; those before it may be on it by then, and the
 * client's next try, which repeats the events, is found to be a duplicate.
 */
export const enqueue = async (queue: Queue<EventMessage>, messages: readonly SizedMessage[]): Promise<void> => {
  const calls: EventMessage[][] = [];
  let bytes = Infinity;
  for (const { message, bytes: size } of messages) {
    bytes += size + QUEUE_ENVELOPE_BYTES;
    const call = calls.at(-1);
    if (call && call.length < MAX_MESSAGES && bytes <= MAX_BYTES) call.push(message);
    else {
      calls.push([message]);
      bytes = size + QUEUE_ENVELOPE_BYTES;
    }
  }
  for (const call of calls) await queue.sendBatch(call.map((body) => ({ body })));
};
