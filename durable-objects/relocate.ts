import type { AcceptedEvent, MessageHead } from "../contract/event-message.ts";
import { shardOf } from "../core/bucket.ts";
import { wideHash } from "../core/wide-hash.ts";
import { headOf } from "../counting/message-text.ts";

/** Which shards count an environment. */
export interface Layout {
  readonly environment: string;
  readonly generation: number;
  readonly shards: number;
}

/** A message's text, and its head as the text has it. */
export interface MessagePart {
  readonly head: MessageHead;
  readonly text: string;
}

/**
 * The id of what one shard of another layout gets of a message: always the same for the same two, and nobody else's. It
 * must not depend on the generation or on the way there, because the archive and the queue bring the same message.
 */
const partId = (messageId: string, shard: number, shards: number): string =>
  wideHash(`${messageId}/${shard}/${shards}`);

const isEvent = (line: string): boolean => line.startsWith('{"event":');
const isRefused = (line: string): boolean => line.startsWith('{"rejected":');

/** The messages of a text that holds one or more of them, such as a file of the archive. Throws for what is no such text. */
export const splitMessages = (text: string): string[] => {
  const messages: string[][] = [];
  for (const line of text.trimEnd().split("\n")) {
    const lines = messages.at(-1);
    if (!isEvent(line) && !isRefused(line)) messages.push([line]);
    else if (lines) lines.push(line);
    else throw new Error("A message begins with its head.");
  }
  return messages.map((lines) => lines.join("\n"));
};

/**
 * The messages of another layout that stand for a message: together they bring every one of its events once to each shard that
 * counts it.
 *
 * Ingest puts an event into one message for each shard that has a unit of it. Here, what a shard of the new layout needs may
 * come in several messages of the old one, so one of them has to carry it: that of the shard which had the first of the
 * event's units that the new shard has. So each shard gets each event in exactly one message, as if ingest had sent it there,
 * and accounts for it if it has the event's first unit. Refused events go where the batch id falls.
 *
 * With as many shards as before only the generation differs: ids, intake and all the rest stay.
 */
export const relocate = (text: string, { generation, shards }: Layout): MessagePart[] => {
  const before = headOf(text);
  const [, ...lines] = text.split("\n");
  if (before.shards === shards) {
    const head = { ...before, generation };
    return [{ head, text: [JSON.stringify(head), ...lines].join("\n") }];
  }

  const parts = new Map<number, { lines: string[]; accounted: number }>();
  const add = (shard: number, line: string, accounted: 0 | 1): void => {
    const part = parts.get(shard) ?? { lines: [], accounted: 0 };
    parts.set(shard, part);
    part.lines.push(line);
    part.accounted += accounted;
  };
  for (const line of lines) {
    if (isRefused(line)) {
      add(shardOf("batch_id", before.batch_id, shards), line, 1);
      continue;
    }
    const { event } = JSON.parse(line) as { event: AcceptedEvent };
    const seen = new Set<number>();
    for (const [index, [unitType, unit]] of event.units.entries()) {
      const shard = shardOf(unitType, unit, shards);
      if (seen.has(shard)) continue;
      seen.add(shard);
      if (shardOf(unitType, unit, before.shards) === before.shard) add(shard, line, index === 0 ? 1 : 0);
    }
  }
  return [...parts].map(([shard, { lines: own, accounted }]) => {
    const head: MessageHead = {
      ...before,
      message_id: partId(before.message_id, shard, shards),
      generation,
      shard,
      shards,
      accounted,
    };
    return { head, text: [JSON.stringify(head), ...own].join("\n") };
  });
};
