import type { Generation } from "../../contract/replay.ts";
import { headOf } from "../../counting/message-text.ts";
import { type MessagePart, relocate } from "../../durable-objects/relocate.ts";
import type { Env } from "./env.ts";
import { askShard } from "./unit-shard-stub.ts";

/** Switches that one message can have missed; each takes 14 days to be forgotten. */
const MAX_MOVES = 20;

/** Does `ask` with the parts of each shard; gives where one of those shards has moved, if any has. Throws when one fails. */
const askEach = async (
  parts: readonly MessagePart[],
  ask: (parts: readonly MessagePart[]) => Promise<Generation | undefined>,
): Promise<Generation | undefined> => {
  const moves = await Promise.all([...Map.groupBy(parts, ({ head }) => head.shard).values()].map(ask));
  return moves.find((move) => move !== undefined);
};

/** Takes texts to the generation that has their units. They are relocated from what they were in the beginning each time. */
const follow = async (
  texts: readonly string[],
  movedTo: Generation,
  ask: (parts: readonly MessagePart[]) => Promise<Generation | undefined>,
): Promise<void> => {
  let target: Generation | undefined = movedTo;
  for (let move = 0; move < MAX_MOVES; move++) {
    const to: Generation = target;
    const parts = texts.flatMap((text) => relocate(text, { environment: headOf(text).environment, ...to }));
    target = await askEach(parts, ask);
    if (!target) return;
  }
  throw new Error("The shards of these messages moved from one generation to the next without an end.");
};

/**
 * Counts messages of one environment whose shard has moved where their units are now: see `durable-objects/replay.ts`. Throws
 * unless all of them are counted there; it may be tried again.
 */
export const applyMoved = (env: Env, texts: readonly string[], movedTo: Generation): Promise<void> =>
  follow(texts, movedTo, async (parts) => {
    const [first] = parts;
    if (!first) return undefined;
    const outcomes = await askShard(env, first.head, (shard) => shard.apply(parts.map(({ text }) => text)));
    const stuck = outcomes.find(({ outcome }) => outcome === "failed" || outcome === "closed");
    if (stuck) throw new Error(`Message ${stuck.message_id} is ${stuck.outcome}. ${stuck.error ?? ""}`);
    return outcomes.find(({ moved_to }) => moved_to)?.moved_to;
  });

/** Has a message that was given up accounted for where its units are. */
export const deadLetterMoved = (env: Env, text: string, movedTo: Generation): Promise<void> =>
  follow([text], movedTo, async (parts) => {
    for (const { head, text: part } of parts) {
      const { moved_to } = await askShard(env, head, (shard) => shard.deadLetter(part));
      if (moved_to) return moved_to;
    }
    return undefined;
  });
