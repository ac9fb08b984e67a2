import type { EventReceipt } from "../contract/event.ts";
import type { ClientError } from "./client-error.ts";
import type { Platform } from "./platform.ts";
import { retryAfterMs, retryDelayMs } from "./retry-delay.ts";

const MAX_BATCH_EVENTS = 50;
/** A beacon may carry 64 kB in all; a batch must fit one. */
const MAX_BATCH_BYTES = 60_000;
/** Room for the batch's id and time and the key. */
const ENVELOPE_BYTES = 500;
const MAX_QUEUED_EVENTS = 1000;
const SEND_TIMEOUT_MS = 10_000;

export interface EventQueue {
  /** Queues one event, which has its id already. Throws what cannot be JSON. */
  add(event: object): void;
  /**
   * Sends what is queued; resolves when all is taken or an attempt has failed, after which a timer tries again.
   * Does nothing while the server has asked to be left alone.
   */
  flush(): Promise<void>;
  /** Hands what is queued to the browser, which sends it even when the page is gone. What it refuses stays queued. */
  beacon(): void;
  /** Stops the timer: from now on only `flush` sends. */
  stop(): void;
}

interface Batch {
  readonly id: string;
  readonly events: readonly string[];
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/**
 * A bounded first-in-first-out queue of events towards `POST /v1/events`, one request at a time. A batch that was not taken
 * is sent again with the same ids, which the server counts once, however often it arrives.
 */
export const createEventQueue = ({
  url,
  key,
  flushIntervalMs,
  fetch,
  platform,
  report,
}: {
  url: string;
  key: string;
  flushIntervalMs: number;
  fetch: typeof globalThis.fetch;
  platform: Platform;
  report: (error: ClientError) => void;
}): EventQueue => {
  /** Events as JSON that are in no batch yet, oldest first. */
  let waiting: string[] = [];
  /** The oldest events, made a batch and not taken yet. */
  let batch: Batch | undefined;
  let sending: Promise<void> | undefined;
  let isSending = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let notBefore = 0;
  let stopped = false;

  const nextBatch = (): Batch | undefined => {
    if (batch || waiting.length === 0) return batch;
    let bytes = ENVELOPE_BYTES;
    const tooMany = waiting.findIndex((event, index) => {
      bytes += bytesOf(event) + 1;
      return index === MAX_BATCH_EVENTS || bytes > MAX_BATCH_BYTES;
    });
    const events = waiting.splice(0, tooMany < 0 ? waiting.length : tooMany);
    batch = { id: platform.randomId(), events };
    return batch;
  };

  const remove = (taken: Batch): void => {
    if (batch === taken) batch = undefined;
  };

  const bodyOf = ({ id, events }: Batch, fields: object): string => {
    const envelope = JSON.stringify({ batch_id: id, sent_at: platform.now(), ...fields });
    return `${envelope.slice(0, -1)},"events":[${events.join(",")}]}`;
  };

  const schedule = (delayMs: number): void => {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(() => {
      timer = undefined;
      notBefore = 0;
      void flush();
    }, delayMs);
  };

  /** One attempt; true when the batch is done with, taken or not. */
  const send = async (current: Batch): Promise<boolean> => {
    let cause: unknown;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: bodyOf(current, {}),
        signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
      });
      const { status } = response;
      if (response.ok) {
        const { rejected } = (await response.json()) as EventReceipt;
        remove(current);
        failures = 0;
        for (const { code, message } of rejected)
          report({ code: "event_rejected", message: `${code}: ${message}`, lost: 1 });
        return true;
      }
      cause = await response.text();
      if (status < 500 && status !== 408 && status !== 429) {
        remove(current);
        const message = `The server refused a batch of events with ${status}.`;
        report({ code: "batch_refused", message, lost: current.events.length, cause });
        return true;
      }
      notBefore = platform.now() + retryAfterMs(response.headers.get("retry-after"), platform.now());
    } catch (error) {
      cause = error;
    }
    // A beacon took it meanwhile.
    if (batch !== current) return true;
    failures += 1;
    schedule(Math.max(notBefore - platform.now(), retryDelayMs(failures, platform.random())));
    report({ code: "send_failed", message: "Events could not be sent; they will be sent again.", lost: 0, cause });
    return false;
  };

  const drain = async (): Promise<void> => {
    isSending = true;
    let next = nextBatch();
    while (next && (await send(next))) next = nextBatch();
    isSending = false;
  };

  const flush = async (): Promise<void> => {
    if (platform.now() < notBefore) return;
    sending ??= drain().finally(() => {
      sending = undefined;
    });
    await sending;
  };

  return {
    add(event) {
      const text = JSON.stringify(event);
      if (bytesOf(text) + 1 > MAX_BATCH_BYTES - ENVELOPE_BYTES) {
        report({ code: "invalid_event", message: "An event can have 59 kB at most.", lost: 1 });
        return;
      }
      waiting.push(text);
      const lost = waiting.length + (batch?.events.length ?? 0) - MAX_QUEUED_EVENTS;
      if (lost > 0) {
        waiting.splice(0, lost);
        report({ code: "events_dropped", message: "The queue is full: the oldest event was given up.", lost });
      }
      if (isSending || stopped) return;
      if (waiting.length >= MAX_BATCH_EVENTS && failures === 0) void flush();
      else if (timer === undefined) schedule(flushIntervalMs);
    },
    flush,
    beacon() {
      const { navigator } = platform;
      if (typeof navigator?.sendBeacon !== "function") return;
      // A batch that is on its way goes too, since its request may die with the page.
      for (let next = nextBatch(); next; next = nextBatch()) {
        if (!navigator.sendBeacon(url, bodyOf(next, { key }))) return;
        remove(next);
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
};
