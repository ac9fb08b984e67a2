import type { Generation } from "../../contract/replay.ts";
import { archive } from "./archive.ts";
import { backOff } from "./back-off.ts";
import type { Env } from "./env.ts";
import { noteFailure } from "./failure-reasons.ts";
import { applyMoved } from "./follow-moved.ts";
import { byShard, type Received, retryAll } from "./received.ts";
import { askShard } from "./unit-shard-stub.ts";

const consumeGroup = async (group: readonly Received[], env: Env): Promise<void> => {
  const [first] = group;
  if (!first) return;
  const texts = group.map(({ message }) => message.body);
  await archive(
    env.ARCHIVE,
    group.map(({ head, message }) => ({ head, text: message.body })),
  );
  const outcomes = await askShard(env, first.head, (shard) => shard.apply(texts));
  const moved: Received[] = [];
  for (const [index, received] of group.entries()) {
    const { message, head } = received;
    const { outcome, error } = outcomes[index] ?? {};
    if (outcome === "applied" || outcome === "redelivered") message.ack();
    else if (outcome === "moved") moved.push(received);
    else {
      noteFailure(head, error ?? `Its shard was ${outcome ?? "silent"}.`);
      message.retry(backOff(message));
    }
  }
  const movedTo = outcomes.find(({ moved_to }) => moved_to)?.moved_to;
  if (movedTo) await consumeMoved(moved, movedTo, env);
};

/** Counts messages where their units are now; if that fails, each by itself, so that one that cannot be counted is alone. */
const consumeMoved = async (group: readonly Received[], movedTo: Generation, env: Env): Promise<void> => {
  const messages = group.map(({ message }) => message);
  try {
    await applyMoved(
      env,
      messages.map(({ body }) => body),
      movedTo,
    );
    for (const message of messages) message.ack();
  } catch (error) {
    if (group.length > 1) for (const received of group) await consumeMoved([received], movedTo, env);
    else {
      for (const { head } of group) noteFailure(head, error);
      retryAll(messages, "message_not_moved", error);
    }
  }
};

/**
 * Archives and counts. A message is acknowledged only when its text is in the archive and its events are on its shard's disk;
 * whatever goes wrong before, it comes again and changes nothing that it changed already. One that cannot be counted comes
 * until the queue gives it up to `consume-dead-letters.ts`, and so does one that cannot be read.
 */
export const consumeEvents = async (batch: MessageBatch<string>, env: Env): Promise<void> => {
  const { groups, unreadable } = byShard(batch.messages);
  if (unreadable.length > 0) retryAll(unreadable, "messages_unreadable", "They have no head.");
  await Promise.all(
    groups.map(async (group) => {
      try {
        await consumeGroup(group, env);
      } catch (error) {
        for (const { head } of group) noteFailure(head, error);
        retryAll(
          group.map(({ message }) => message),
          "group_failed",
          error,
        );
      }
    }),
  );
};
