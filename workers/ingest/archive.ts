import type { EventMessage } from "../../contract/event-message.ts";
import { sha256Hex } from "../http/credentials.ts";

/** One line for each event, with what its message says of it; refused events too. */
const linesOf = ({ events, rejected, ...message }: EventMessage): string[] => [
  ...events.map((event) => JSON.stringify({ ...message, event })),
  ...rejected.map((refused) => JSON.stringify({ ...message, rejected: refused })),
];

const gzip = (text: string): Promise<ArrayBuffer> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();

/** `events/<environment>/<date>/<hour>/<shard>-<id>.ndjson.gz`, the same for the same messages in any order. */
const archiveKey = async (messages: readonly EventMessage[], { environment, shard }: EventMessage): Promise<string> => {
  const ids = messages.map(({ message_id }) => message_id).toSorted();
  const id = (await sha256Hex(ids.join("\n"))).slice(0, 32);
  const oldest = Math.min(...messages.map(({ received_at }) => received_at));
  const [date, time = ""] = new Date(oldest).toISOString().split("T");
  return `events/${environment}/${date}/${time.slice(0, 2)}/${shard}-${id}.ndjson.gz`;
};

/**
 * Keeps messages of one shard as received, before they are counted. The same group overwrites itself; a message that is
 * redelivered in other company is in two files, so readers go by `message_id`.
 */
export const archive = async (bucket: R2Bucket, messages: readonly EventMessage[]): Promise<void> => {
  const [first] = messages;
  if (!first) return;
  const text = messages.flatMap(linesOf).join("\n");
  await bucket.put(await archiveKey(messages, first), await gzip(`${text}\n`), {
    httpMetadata: { contentType: "application/gzip" },
  });
};
