import type { EventMessage } from "../../contract/event-message.ts";
import { archive } from "./archive.ts";
import { backOff } from "./back-off.ts";
import { byShard } from "./by-shard.ts";
import type { Env } from "./env.ts";
import { askShard } from "./unit-shard-stub.ts";

type Group = Message<EventMessage>[];

const consumeGroup = async (group: Group, env: Env): Promise<void> => {
  const bodies = group.map(({ body }) => body);
  const [first] = bodies;
  if (!first) return;
  await archive(env.ARCHIVE, bodies);
  const outcomes = await askShard(env, first, (shard) => shard.apply(bodies));
  const failed = new Set(outcomes.flatMap(({ message_id, outcome }) => (outcome === "failed" ? [message_id] : [])));
  for (const message of group)
    if (failed.has(message.body.message_id)) message.retry(backOff(message));
    else message.ack();
};

/**
 * Archives and counts. A message is acknowledged only when its events are in the archive and on its shard's disk; whatever
 * goes wrong before, it comes again and changes nothing that it changed already.
 */
export const consumeEvents = async (batch: MessageBatch<EventMessage>, env: Env): Promise<void> => {
  await Promise.all(
    byShard(batch.messages, ({ body }) => body).map(async (group) => {
      try {
        await consumeGroup(group, env);
      } catch (error) {
        console.error({ event: "group_failed", messages: group.length, error: String(error) });
        for (const message of group) message.retry(backOff(message));
      }
    }),
  );
};
