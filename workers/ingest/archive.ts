import type { MessageHead } from "../../contract/event-message.ts";
import { hourAt, sizeNote } from "../../durable-objects/archive-walk.ts";
import { sha256Hex } from "../http/credentials.ts";

/** A message as it is kept. */
export interface Archived {
  readonly head: MessageHead;
  readonly text: string;
}

const gzip = (blob: Blob): Promise<ArrayBuffer> =>
  new Response(blob.stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();

/** `events/<environment>/<date>/<hour>/<shard>-<id>.ndjson.gz`, the same for the same messages in any order. */
const archiveKey = async (messages: readonly Archived[], { environment, shard }: MessageHead): Promise<string> => {
  const ids = messages.map(({ head }) => `${head.message_id}:${head.intake}`).toSorted();
  const id = (await sha256Hex(ids.join("\n"))).slice(0, 32);
  const oldest = messages.reduce((least, { head }) => Math.min(least, head.received_at), Infinity);
  return `${hourAt(environment, oldest)}/${shard}-${id}.ndjson.gz`;
};

/**
 * Keeps messages of one shard as they came, one after the other, before they are counted. The same group overwrites itself; a
 * message that is redelivered in other company is in two files, so readers go by its id and intake. A file is in the hour in
 * which its oldest message was received; others in it may be of later ones.
 */
export const archive = async (bucket: R2Bucket, messages: readonly Archived[]): Promise<void> => {
  const [first] = messages;
  if (!first) return;
  const text = messages.map((message) => message.text).join("\n");
  const blob = new Blob([`${text}\n`]);
  await bucket.put(await archiveKey(messages, first.head), await gzip(blob), {
    httpMetadata: { contentType: "application/gzip" },
    customMetadata: sizeNote(blob.size),
  });
};
