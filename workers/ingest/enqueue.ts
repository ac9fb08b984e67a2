import type { MessageToSend } from "./partition.ts";

/** What one call of `sendBatch` takes: 100 messages and 256 KB, with the envelope that the queue adds. */
const MAX_MESSAGES = 100;
const MAX_BYTES = 250_000;
const QUEUE_ENVELOPE_BYTES = 100;

/**
 * Puts every message on the queue, as text. Throws when the queue refuses any of them; those before it may be on it by then,
 * and the client's next try, which makes the same messages, is found to be a duplicate.
 */
export const enqueue = async (queue: Queue<string>, messages: readonly MessageToSend[]): Promise<void> => {
  const calls: string[][] = [];
  let bytes = Infinity;
  for (const { text, bytes: size } of messages) {
    bytes += size + QUEUE_ENVELOPE_BYTES;
    const call = calls.at(-1);
    if (call && call.length < MAX_MESSAGES && bytes <= MAX_BYTES) call.push(text);
    else {
      calls.push([text]);
      bytes = size + QUEUE_ENVELOPE_BYTES;
    }
  }
  for (const [first = "", ...others] of calls)
    // A visitor's batch is one message, which a call for one message carries with less ado.
    if (others.length === 0) await queue.send(first, { contentType: "text" });
    else await queue.sendBatch([first, ...others].map((body) => ({ body, contentType: "text" })));
};
