import type { EventMessage } from "../../contract/event-message.ts";
import { backOff } from "./back-off.ts";
import type { Env } from "./env.ts";
import { askShard } from "./unit-shard-stub.ts";

/** Parks messages that could not be counted, for a person to look at, and has their shard account for them. */
export const consumeDeadLetters = async (batch: MessageBatch<EventMessage>, env: Env): Promise<void> => {
  for (const message of batch.messages) {
    const { body } = message;
    try {
      await env.ARCHIVE.put(`dead/${body.environment}/${body.message_id}.json`, JSON.stringify(body), {
        httpMetadata: { contentType: "application/json" },
      });
      await askShard(env, body, (shard) => shard.deadLetter(body));
      message.ack();
    } catch (error) {
      console.error({ event: "dead_letter_not_parked", message_id: body.message_id, error: String(error) });
      message.retry(backOff(message));
    }
  }
};
