import type { MessageHead } from "../contract/event-message.ts";
import { headOf } from "../counting/message-text.ts";
import type { MessageOutcome } from "./apply-messages.ts";
import { readArchived } from "./archive-walk.ts";
import { shardAt } from "./generation-shards.ts";
import type { PlanVersion } from "./past-plans.ts";
import { type Layout, type MessagePart, relocate } from "./relocate.ts";
import type { UnitShard } from "./unit-shard.ts";

const DAY_MS = 86_400_000;

/** A shard remembers messages for 10 days at least. One of before that has long been counted, or given up. */
const REMEMBERED_MS = 9 * DAY_MS;

/** Files that are read from R2 side by side; six requests of an object may wait for an answer at any time. */
const READERS = 6;

/** When a ruleset became the newest, ms since 1970. */
export type PublishedVersion = PlanVersion & { readonly published_at: number };

/** Most messages are counted so long after they were received, by what is the newest ruleset then. */
const COUNTED_AFTER_MS = 1_000;

export interface ReplayFilesInput {
  readonly bucket: R2Bucket;
  readonly shards: DurableObjectNamespace<UnitShard>;
  readonly keys: readonly string[];
  /** What counts now, and what is being filled. */
  readonly from: Layout;
  readonly to: Layout;
  /** In the order of their versions. */
  readonly versions: readonly PublishedVersion[];
  /** ms since 1970. */
  readonly now: number;
}

export interface ReplayedFiles {
  /** Messages that are new to the generation that is being filled, and the events that they account for. */
  readonly messages: number;
  readonly events: number;
  /** Messages that what counts now has not counted yet. */
  readonly under_way: number;
  /** Messages that were given up before, and now. */
  readonly dead_lettered: number;
}

/** A message that was counted before, and cannot be counted now. Trying again does not help. */
export class NotCountable extends Error {
  override readonly name = "NotCountable";
}

const readAll = async (bucket: R2Bucket, keys: readonly string[]): Promise<string[]> => {
  const texts: string[][] = [];
  const next = keys.entries();
  await Promise.all(
    Array.from({ length: READERS }, async () => {
      for (const [index, key] of next) texts[index] = await readArchived(bucket, key);
    }),
  );
  return texts.flat();
};

type Fate = "applied" | "dead" | "under_way";

/** What became of each message where it counts now. */
const fatesOf = async (
  { shards, from, now }: ReplayFilesInput,
  messages: readonly { readonly text: string; readonly head: MessageHead }[],
): Promise<Fate[]> => {
  const asked = new Map<number, { readonly index: number; readonly head: MessageHead }[]>();
  for (const [index, { text, head }] of messages.entries()) {
    // One of an older generation was moved to this one, so it is known here by other names.
    const parts = head.shards === from.shards ? [head] : relocate(text, from).map((part) => part.head);
    for (const part of parts) {
      const list = asked.get(part.shard) ?? [];
      asked.set(part.shard, list);
      list.push({ index, head: part });
    }
  }
  const found: Set<string>[] = messages.map(() => new Set());
  await Promise.all(
    [...asked].map(async ([shard, parts]) => {
      const ids = parts.map(({ head: { message_id, intake } }) => ({ message_id, intake }));
      const fates = await shardAt(shards, from, shard).fates(ids);
      for (const [place, { index }] of parts.entries()) found[index]?.add(fates[place] ?? "unknown");
    }),
  );
  return messages.map(({ head }, index) => {
    const fates = found[index] ?? new Set<string>();
    if (fates.has("unknown") && head.received_at > now - REMEMBERED_MS) return "under_way";
    return fates.size === 1 && fates.has("dead") ? "dead" : "applied";
  });
};

const versionAt = (versions: readonly PublishedVersion[], receivedAt: number): PublishedVersion | undefined =>
  versions.findLast(({ published_at }) => published_at <= receivedAt + COUNTED_AFTER_MS) ?? versions[0];

/** The newest is what a shard counts by anyhow. */
const planOf = (versions: readonly PublishedVersion[], receivedAt: number): PlanVersion | undefined => {
  const found = versionAt(versions, receivedAt);
  return found === undefined || found === versions.at(-1) ? undefined : { version: found.version, hash: found.hash };
};

/** What one call takes at most; it may be 32 MB with all that is around it. */
const MAX_CALL_CHARACTERS = 6_000_000;

/** The same parts in groups that one call takes. */
const inCalls = (parts: readonly MessagePart[]): MessagePart[][] => {
  const calls: MessagePart[][] = [];
  let characters = Infinity;
  for (const part of parts) {
    characters += part.text.length;
    const call = calls.at(-1);
    if (call && characters <= MAX_CALL_CHARACTERS) call.push(part);
    else {
      calls.push([part]);
      characters = part.text.length;
    }
  }
  return calls;
};

/** Counts parts on the shard that they are for, in the order of the rulesets they are counted by. */
const applyParts = async (
  { shards, to, versions }: ReplayFilesInput,
  shard: number,
  parts: readonly MessagePart[],
): Promise<MessagePart[]> => {
  const byPlan = Map.groupBy(parts, ({ head }) => planOf(versions, head.received_at)?.version ?? Infinity);
  const applied: MessagePart[] = [];
  const calls = [...byPlan.keys()].toSorted((a, b) => a - b).flatMap((version) => inCalls(byPlan.get(version) ?? []));
  for (const call of calls) {
    const by = planOf(versions, call[0]?.head.received_at ?? 0);
    const texts = call.map(({ text }) => text);
    const outcomes: MessageOutcome[] = await shardAt(shards, to, shard).apply(texts, by);
    for (const [index, part] of call.entries()) {
      const { outcome, error } = outcomes[index] ?? { outcome: "failed", error: "It got no answer." };
      if (outcome === "applied") applied.push(part);
      else if (outcome === "failed")
        throw new NotCountable(`Message ${part.head.message_id} cannot be counted again: ${error}`);
      else if (outcome !== "redelivered")
        throw new Error(`Shard ${shard} of generation ${to.generation} is ${outcome}.`);
    }
  }
  return applied;
};

/**
 * Counts files of the archive in the generation that is being filled: what was counted before is counted there, what was given
 * up is given up there, and what is still on its way is left to the way it is on. Doing it again changes nothing.
 *
 * A message is counted by the ruleset that was the newest when it was received, because later ones do not know the
 * experiments that have been archived since, and count for metrics that joined later what was not counted for them then.
 * Only what was on its way in the seconds in which a metric joined may have been counted by either.
 */
export const replayFiles = async (input: ReplayFilesInput): Promise<ReplayedFiles> => {
  const { bucket, shards, keys, to } = input;
  const messages = (await readAll(bucket, keys)).map((text) => ({ text, head: headOf(text) }));
  const fates = await fatesOf(input, messages);
  const counted: MessagePart[] = [];
  const dead: MessagePart[] = [];
  for (const [index, { text }] of messages.entries()) {
    if (fates[index] === "applied") counted.push(...relocate(text, to));
    else if (fates[index] === "dead") dead.push(...relocate(text, to));
  }
  const applied = await Promise.all(
    [...Map.groupBy(counted, ({ head }) => head.shard)].map(([shard, parts]) => applyParts(input, shard, parts)),
  );
  for (const { head, text } of dead) await shardAt(shards, to, head.shard).deadLetter(text);
  return {
    messages: applied.flat().length,
    events: applied.flat().reduce((sum, { head }) => sum + head.accounted, 0),
    under_way: fates.filter((fate) => fate === "under_way").length,
    dead_lettered: fates.filter((fate) => fate === "dead").length,
  };
};
