import type { RulesetPointer } from "../../contract/ruleset.ts";

/** What a stream of events needs of the outside. */
export interface StreamIo {
  /** The newest known pointer; `undefined` while there is none. */
  readonly poll: () => Promise<RulesetPointer | undefined>;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Runs once, when the stream ends for whatever reason. */
  readonly onEnd: () => void;
}

const POLL_MS = 2_000;
/** Something is sent at least each 20 s: proxies cut what is silent for 30 s or more. */
const POLLS_PER_PING = 10;
/** 15 minutes; the client then connects again, perhaps to a Worker nearer to it or newer. */
const MAX_POLLS = 450;
const RECONNECT_MS = 3_000;

const encoder = new TextEncoder();

/** As OFREP's event streams have it; `version` and the quoted hash as `etag` tell other clients what to wait for. */
const eventOf = ({ version, hash, published_at }: RulesetPointer): string => {
  const lastModified = Math.floor(published_at / 1000);
  const data = JSON.stringify({ type: "refetchEvaluation", etag: `"${hash}"`, lastModified, version });
  return `event: message\nid: ${version}\ndata: ${data}\n\n`;
};

/**
 * Server-sent events about one environment: one whenever its ruleset is newer than the last that the client was told of.
 * `since` is the version that the client has; without it, the one that is current when it connects. The client learns
 * that one's id at once, so that it is told of what comes out while it is away.
 *
 * Asks for the pointer each 2 s, and only while the client takes what is sent.
 */
export const streamEvents = (since: number | undefined, io: StreamIo): ReadableStream<Uint8Array> => {
  let told = since;
  let polls = 0;
  let silentPolls = 0;
  let isOver = false;
  const end = (): void => {
    if (!isOver) io.onEnd();
    isOver = true;
  };

  return new ReadableStream<Uint8Array>({
    async start(controller) {
      const pointer = await io.poll();
      const greeting = `retry: ${RECONNECT_MS}\n`;
      if (pointer && told !== undefined && pointer.version > told) {
        told = pointer.version;
        controller.enqueue(encoder.encode(greeting + eventOf(pointer)));
      } else {
        told ??= pointer?.version;
        // An id without data is kept by the client, which is told of no event.
        controller.enqueue(encoder.encode(`${greeting}${told === undefined ? "" : `id: ${told}\n`}\n`));
      }
    },

    async pull(controller) {
      while (polls < MAX_POLLS) {
        polls++;
        await io.sleep(POLL_MS);
        if (isOver) return;
        const pointer = await io.poll();
        if (isOver) return;
        silentPolls++;
        if (pointer && pointer.version > (told ?? 0)) {
          told = pointer.version;
          silentPolls = 0;
          controller.enqueue(encoder.encode(eventOf(pointer)));
          return;
        }
        if (silentPolls >= POLLS_PER_PING) {
          silentPolls = 0;
          controller.enqueue(encoder.encode(": ping\n\n"));
          return;
        }
      }
      end();
      controller.close();
    },

    cancel: end,
  });
};
