import { WorkerEntrypoint } from "cloudflare:workers";
import type { DeadLetter, DeadLetterPage, ReplayedDeadLetters } from "../../contract/dead-letter.ts";
import type { MessageHead } from "../../contract/event-message.ts";
import type { Env } from "./env.ts";
import { encodeReason } from "./failure-reasons.ts";

const MAX_REPLAYED = 100;

const folder = (environment: string): string => `dead/${environment}/`;
const SUFFIX = ".ndjson";

/** Where a message that was given up is parked. */
export const parkedKey = ({ environment, message_id, intake }: MessageHead): string =>
  `${folder(environment)}${message_id}-${intake}${SUFFIX}`;

/** What is said of it there, so that it can be listed without being read. `parkedAt` is ms since 1970. */
export const parkedMessage = (
  { message_id, batch_id, shard, received_at, accounted }: MessageHead,
  { parkedAt, reason }: { readonly parkedAt: number; readonly reason: string | undefined },
): R2PutOptions => ({
  httpMetadata: { contentType: "application/x-ndjson" },
  customMetadata: {
    message_id,
    // Headers hold no other characters.
    batch_id: encodeURIComponent(batch_id.toWellFormed()),
    shard: String(shard),
    received_at: String(received_at),
    parked_at: String(parkedAt),
    events: String(accounted),
    ...(reason !== undefined && { reason: encodeReason(reason) }),
  },
});

const idIn = (environment: string, key: string): string => key.slice(folder(environment).length, -SUFFIX.length);

const deadLetterOf = (environment: string, { key, size, customMetadata = {} }: R2Object): DeadLetter => ({
  id: idIn(environment, key),
  message_id: customMetadata["message_id"] ?? "",
  batch_id: decodeURIComponent(customMetadata["batch_id"] ?? ""),
  shard: Number(customMetadata["shard"]),
  received_at: Number(customMetadata["received_at"]),
  parked_at: Number(customMetadata["parked_at"]),
  events: Number(customMetadata["events"]),
  bytes: size,
  reason: customMetadata["reason"] === undefined ? null : decodeURIComponent(customMetadata["reason"]),
});

/** The messages that could not be counted, for the administrators' Worker. */
export class DeadLetters extends WorkerEntrypoint<Env> {
  /** Those of an environment in the order of their ids, `limit` at most, after the id `cursor`. */
  async list({
    environment,
    limit,
    cursor,
  }: {
    environment: string;
    limit: number;
    cursor?: string;
  }): Promise<DeadLetterPage> {
    const { objects, truncated } = await this.env.ARCHIVE.list({
      prefix: folder(environment),
      limit,
      include: ["customMetadata"],
      ...(cursor === undefined ? {} : { startAfter: `${folder(environment)}${cursor}${SUFFIX}` }),
    });
    const items = objects.map((object) => deadLetterOf(environment, object));
    return { items, next_cursor: truncated ? (items.at(-1)?.id ?? null) : null };
  }

  /**
   * Puts dead letters on the queue as they are: those of these ids or, without any, the first hundred. One that still cannot
   * be counted comes back here. Doing it twice changes nothing, since a message is known by its id.
   */
  async replay({ environment, ids }: { environment: string; ids?: string[] }): Promise<ReplayedDeadLetters> {
    const listed = ids ? undefined : await this.list({ environment, limit: MAX_REPLAYED });
    const asked = ids ?? listed?.items.map(({ id }) => id) ?? [];
    const replayed: string[] = [];
    const unknown: string[] = [];
    for (const id of asked) {
      const key = `${folder(environment)}${id}${SUFFIX}`;
      const parked = await this.env.ARCHIVE.get(key);
      if (!parked) {
        unknown.push(id);
        continue;
      }
      await this.env.EVENTS.send(await parked.text(), { contentType: "text" });
      // Only now: whatever ends this in between, the message is somewhere.
      await this.env.ARCHIVE.delete(key);
      replayed.push(id);
    }
    return { replayed, unknown, has_more: typeof listed?.next_cursor === "string" };
  }
}
