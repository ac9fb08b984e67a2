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
  /**
   * Hands what is queued to the browser, which sends it even when the page is gone. What it refuses stays queued, and so does
   * all of it where a beacon may fail unseen: offline, after a failure, or while a request is on its way.
   */
  beacon(): void;
  /** The page lives on: a later `beacon` hands over again what an earlier one did. */
  resume(): void;
  /** Stops the timer: from now on only `flush` sends. */
  stop(): void;
}

interface Batch {
  readonly id: string;
  readonly events: readonly string[];
  /** A beacon carries it already, perhaps in vain. */
  handed: boolean;
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
  /** The oldest events, made batches and not taken yet; only the first is ever on its way. */
  let batches: readonly Batch[] = [];
  let sending: Promise<void> | undefined;
  let isSending = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let notBefore = 0;
  let stopped = false;

  /** Makes a batch of the oldest events that are in none; `undefined` when there are no such events. */
  const newBatch = (): Batch | undefined => {
    if (waiting.length === 0) return undefined;
    let bytes = ENVELOPE_BYTES;
    const tooMany = waiting.findIndex((event, index) => {
      bytes += bytesOf(event) + 1;
      return index === MAX_BATCH_EVENTS || bytes > MAX_BATCH_BYTES;
    });
    const events = waiting.splice(0, tooMany < 0 ? waiting.length : tooMany);
    const batch = { id: platform.randomId(), events, handed: false };
    batches = [...batches, batch];
    return batch;
  };

  const remove = (taken: Batch): void => {
    batches = batches.filter((batch) => batch !== taken);
  };

  /** Gives up the oldest events that are too many; not those on their way. */
  const keepBounded = (): void => {
    const queued = batches.reduce((sum, { events }) => sum + events.length, waiting.length);
    const [oldest] = batches.slice(isSending ? 1 : 0);
    let lost = queued - MAX_QUEUED_EVENTS;
    if (lost <= 0) return;
    if (lost < waiting.length) waiting.splice(0, lost);
    else if (oldest) {
      lost = oldest.events.length;
      remove(oldest);
    }
    report({ code: "events_dropped", message: "The queue is full: the oldest events were given up.", lost });
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
    failures += 1;
    schedule(Math.max(notBefore - platform.now(), retryDelayMs(failures, platform.random())));
    report({ code: "send_failed", message: "Events could not be sent; they will be sent again.", lost: 0, cause });
    return false;
  };

  const drain = async (): Promise<void> => {
    isSending = true;
    let next = batches[0] ?? newBatch();
    while (next && (await send(next))) next = batches[0] ?? newBatch();
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
      keepBounded();
      if (isSending || stopped) return;
      if (waiting.length >= MAX_BATCH_EVENTS && failures === 0) void flush();
      else if (timer === undefined) schedule(flushIntervalMs);
    },
    flush,
    beacon() {
      const { navigator } = platform;
      if (typeof navigator?.sendBeacon !== "function") return;
      // The browser says yes to a beacon offline too, and never tells that it failed.
      const isTrusted = failures === 0 && !isSending && navigator.onLine !== false;
      // A batch that is on its way goes too, since its request may die with the page.
      while (newBatch());
      for (const batch of batches.filter(({ handed }) => !handed)) {
        if (!navigator.sendBeacon(url, bodyOf(batch, { key }))) return;
        batch.handed = true;
        if (isTrusted) remove(batch);
      }
    },
    resume() {
      for (const batch of batches) batch.handed = false;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
};
