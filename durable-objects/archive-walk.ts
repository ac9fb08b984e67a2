import { splitMessages } from "./relocate.ts";

/** A part of the walk: files in the order of their names, and the name after which the next part begins; null at the end. */
export interface ArchivePage {
  readonly keys: readonly string[];
  /** How many bytes the files have, unpacked. */
  readonly bytes: number;
  readonly next: string | null;
}

/** What is read at once: few enough to be held in memory with what becomes of them. */
const MAX_FILES = 48;
const MAX_BYTES = 24_000_000;

/** How much smaller files are when they are packed, where it was not noted. */
const PACKED_TO = 10;

/** What a file says of its size: whoever sends the same over and over makes 10 MB of what is 10 kB packed. `bytes` is unpacked. */
export const sizeNote = (bytes: number): Record<string, string> => ({ bytes: String(bytes) });

const unpackedSize = ({ size, customMetadata }: R2Object): number =>
  Number(customMetadata?.["bytes"] ?? size * PACKED_TO);

/** The folder of an environment's archive; below it, names are in the order of the hours that events were received in. */
const archiveFolder = (environment: string): string => `events/${environment}/`;

/** The folder of the hour in which an instant is, ms since 1970. Its name is before those of all files of then and later. */
export const hourAt = (environment: string, ms: number): string => {
  const [date, time = ""] = new Date(ms).toISOString().split("T");
  return `${archiveFolder(environment)}${date}/${time.slice(0, 2)}`;
};

/**
 * The next files of an environment's archive after the one called `after`, those that were written at `since` or later,
 * ms since 1970. Their names are in the order of the hours in which their events were received.
 */
export const nextFiles = async (
  bucket: R2Bucket,
  environment: string,
  after: string | null,
  since: number,
): Promise<ArchivePage> => {
  const { objects, truncated } = await bucket.list({
    prefix: archiveFolder(environment),
    include: ["customMetadata"],
    ...(after === null ? {} : { startAfter: after }),
  });
  const keys: string[] = [];
  let bytes = 0;
  for (const object of objects) {
    const { key, uploaded } = object;
    if (uploaded.getTime() < since) continue;
    const size = unpackedSize(object);
    if (keys.length > 0 && (keys.length === MAX_FILES || bytes + size > MAX_BYTES))
      return { keys, bytes, next: keys.at(-1) ?? null };
    keys.push(key);
    bytes += size;
  }
  return { keys, bytes, next: truncated ? (objects.at(-1)?.key ?? null) : null };
};

/** How many files there are. */
export const countFiles = async (bucket: R2Bucket, environment: string): Promise<number> => {
  let files = 0;
  let after: string | undefined;
  for (;;) {
    const { objects, truncated } = await bucket.list({
      prefix: archiveFolder(environment),
      ...(after === undefined ? {} : { startAfter: after }),
    });
    files += objects.length;
    after = objects.at(-1)?.key;
    if (!truncated || after === undefined) return files;
  }
};

/** The messages of a file; none when it is gone. Throws for one that cannot be read. */
export const readArchived = async (bucket: R2Bucket, key: string): Promise<string[]> => {
  const file = await bucket.get(key);
  if (!file) return [];
  const text = await new Response(file.body.pipeThrough(new DecompressionStream("gzip"))).text();
  try {
    return splitMessages(text);
  } catch (cause) {
    throw new Error(`${key} is no archive of messages.`, { cause });
  }
};
