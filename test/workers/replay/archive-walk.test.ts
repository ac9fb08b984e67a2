import { expect, it } from "vitest";
import { messageText } from "../../../counting/message-text.ts";
import { hourAt, nextFiles } from "../../../durable-objects/archive-walk.ts";
import { archive } from "../../../workers/ingest/archive.ts";
import { aMessage, aPurchase, T0 } from "../../counting/fixtures.ts";

interface Stored {
  readonly key: string;
  readonly size: number;
  readonly uploaded: Date;
  readonly customMetadata?: Record<string, string>;
}

/** As much of a bucket as the archive needs. */
const aBucket = () => {
  const objects = new Map<string, Stored>();
  const bucket = {
    put: (key: string, body: ArrayBuffer, { customMetadata }: Pick<Stored, "customMetadata">) =>
      Promise.resolve(
        objects.set(key, {
          key,
          size: body.byteLength,
          uploaded: new Date(T0),
          ...(customMetadata && { customMetadata }),
        }),
      ),
    list: ({ prefix, startAfter = "", include = [] }: { prefix: string; startAfter?: string; include?: string[] }) =>
      Promise.resolve({
        objects: [...objects.values()]
          .filter(({ key }) => key.startsWith(prefix) && key > startAfter)
          .toSorted((a, b) => (a.key < b.key ? -1 : 1))
          .map(({ customMetadata = {}, ...object }) =>
            include.includes("customMetadata") ? { ...object, customMetadata } : object,
          ),
        truncated: false,
      }),
  };
  return { bucket: bucket as unknown as Parameters<typeof archive>[0], objects };
};

const MESSAGES = 90;

/** A message of some 100 kB that is next to nothing when it is packed. */
const aSparseMessage = (message_id: string) => {
  const { events, rejected, ...head } = aMessage({
    message_id,
    events: [1, 2, 3].map((id) => aPurchase({ event_id: `${id}`, properties: { note: "x".repeat(31_000) } })),
  });
  return { head, text: messageText({ ...head, events, rejected }) };
};

it("reads no more files at once than there is memory for, however well they are packed", async () => {
  const { bucket, objects } = aBucket();
  for (let file = 0; file < 8; file++)
    await archive(
      bucket,
      Array.from({ length: MESSAGES }, (_, index) => aSparseMessage(`${file}-${index}`)),
    );
  expect(Math.max(...Array.from(objects.values(), ({ size }) => size))).toBeLessThan(100_000);

  const pages: string[][] = [];
  for (let after: string | null = hourAt("production", T0), isOver = false; !isOver;) {
    const page = await nextFiles(bucket, "production", after, 0);
    pages.push([...page.keys]);
    after = page.next;
    isOver = after === null;
  }
  expect(pages.flat()).toEqual([...objects.keys()].toSorted());
  for (const page of pages) expect(page.length * MESSAGES * 93_000).toBeLessThan(25_000_000);

  // What was archived before sizes were noted is taken for ten times as large as it is packed.
  for (const { key, uploaded } of objects.values()) objects.set(key, { key, uploaded, size: 1_100_000 });
  expect((await nextFiles(bucket, "production", null, 0)).keys).toHaveLength(2);
});
