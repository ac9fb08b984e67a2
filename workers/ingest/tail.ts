import type { RejectedEvent } from "../../contract/event.ts";
import type { AcceptedEvent, RefusedEvent } from "../../contract/event-message.ts";
import {
  TAIL_EVENTS,
  TAIL_EVENTS_PER_SECOND,
  TAIL_TEXT_CHARACTERS,
  type TailEvent,
  type TailFeed,
} from "../../contract/event-tail.ts";
import { createSample, type Sample } from "../../durable-objects/sample.ts";
import type { Env } from "./env.ts";

/** What a tail shows of a batch that is on the queue. */
export interface TailBatch {
  readonly environment: string;
  readonly batch_id: string;
  /** ms since 1970. */
  readonly received_at: number;
  readonly lane?: "bot" | undefined;
  readonly accepted: readonly { readonly event: AcceptedEvent }[];
  /** In the order of {@link refused}. */
  readonly rejected: readonly Pick<RejectedEvent, "code" | "message">[];
  readonly refused: readonly Pick<RefusedEvent, "event">[];
  /** Whether units are known by their hashes only: then no texts are shown, which may name them. */
  readonly hides_units: boolean;
}

/** Between two feeds of one isolate while somebody listens. */
const INTERVAL_MS = 1_000;
/** While nobody does, every wait is twice the last one, up to this: the pages that open then see what came before. */
const MAX_INTERVAL_MS = 5_000;
/** A feed that is this late has died with its request. */
const OVERDUE_MS = 20_000;
const REJECTED_EVENTS = 25;

/** What an isolate has of an environment for its next feed. */
interface Waiting {
  accepted: number;
  rejected: number;
  taken: Sample<TailEvent>;
  refused: Sample<TailEvent>;
  intervalMs: number;
  /** When the last feed began, ms since 1970. */
  fedAt: number;
  /** When the next one begins, if a request is waiting to do it. */
  dueAt: number | undefined;
}

const waiting = new Map<string, Waiting>();

const nothing = (isListenedTo: boolean): Pick<Waiting, "accepted" | "rejected" | "taken" | "refused"> => ({
  accepted: 0,
  rejected: 0,
  taken: createSample(isListenedTo ? TAIL_EVENTS_PER_SECOND : TAIL_EVENTS, Math.random),
  refused: createSample(REJECTED_EVENTS, Math.random),
});

const waitingFor = (environment: string): Waiting => {
  const found = waiting.get(environment);
  if (found) return found;
  const made: Waiting = { ...nothing(false), intervalMs: INTERVAL_MS, fedAt: 0, dueAt: undefined };
  waiting.set(environment, made);
  return made;
};

const textIn = (text: string, { hides_units }: TailBatch): string =>
  hides_units ? "" : text.slice(0, TAIL_TEXT_CHARACTERS);

const acceptedRow = (batch: TailBatch, event: AcceptedEvent): TailEvent => {
  const { batch_id, received_at, lane } = batch;
  const { event_id, type, units, experiment_key, variant_key, name } = event;
  return {
    received_at,
    batch_id,
    outcome: lane ?? "accepted",
    event_id,
    type,
    subject: type === "exposure" ? `${experiment_key}: ${variant_key}` : (name ?? ""),
    units,
    text: textIn(JSON.stringify(event), batch),
  };
};

const isShort = (value: unknown): value is string => typeof value === "string" && value.length <= 256;

const words = (...values: readonly unknown[]): string => values.filter(isShort).join(": ");

/** What can be read of a refused event, which may be anything. */
const readRefused = (text: string): Pick<TailEvent, "event_id" | "type" | "subject" | "units"> => {
  let fields: Readonly<Record<string, unknown>> = {};
  try {
    fields = { ...(JSON.parse(text) as object) };
  } catch {
    // It was cut, or was nothing that could be kept.
  }
  const { event_id, type, experiment_key, variant_key, name, user_id, units } = fields;
  const named = Object.entries<unknown>({ ...(typeof units === "object" ? units : {}), user_id });
  return {
    event_id: words(event_id),
    type: words(type),
    subject: words(experiment_key, variant_key, name),
    units: named.filter((pair): pair is [string, string] => isShort(pair[0]) && isShort(pair[1])).slice(0, 5),
  };
};

const rejectedRow = (batch: TailBatch, at: number): TailEvent => {
  const { batch_id, received_at, rejected, refused } = batch;
  const { code = "invalid_event", message = "" } = rejected[at] ?? {};
  const { event: text = "" } = refused[at] ?? {};
  return {
    received_at,
    batch_id,
    outcome: "rejected",
    code,
    message,
    ...readRefused(text),
    text: textIn(text, batch),
  };
};

const feed = async (env: Env, environment: string, state: Waiting): Promise<void> => {
  const events = [...state.taken.items(), ...state.refused.items()].toSorted((a, b) => a.received_at - b.received_at);
  const news: TailFeed = { accepted: state.accepted, rejected: state.rejected, events };
  let listeners = 0;
  state.fedAt = Date.now();
  Object.assign(state, nothing(state.intervalMs === INTERVAL_MS));
  try {
    ({ listeners } = await env.EVENT_TAIL.getByName(environment).feed(news));
  } catch (error) {
    // It is for looking only, and what is not shown is in the archive all the same.
    console.warn({ event: "tail_not_fed", environment, error: String(error) });
  }
  state.intervalMs = listeners > 0 ? INTERVAL_MS : Math.min(MAX_INTERVAL_MS, state.intervalMs * 2);
};

/**
 * Shows a batch in the environment's tail, behind the answer: a sample of it goes there with those of the isolate's other
 * batches, at most once a second. Never throws, and costs nothing more for a larger batch but the sample.
 */
export const showInTail = (env: Env, ctx: Pick<ExecutionContext, "waitUntil">, batch: TailBatch): void => {
  const { environment, accepted, rejected } = batch;
  const state = waitingFor(environment);
  state.accepted += accepted.length;
  state.rejected += rejected.length;
  state.taken.offer(accepted.length, (at) => acceptedRow(batch, (accepted[at] as { event: AcceptedEvent }).event));
  state.refused.offer(rejected.length, (at) => rejectedRow(batch, at));

  const now = Date.now();
  if (state.dueAt !== undefined && now < state.dueAt + OVERDUE_MS) return;
  const waitMs = Math.max(0, state.fedAt + state.intervalMs - now);
  state.dueAt = now + waitMs;
  ctx.waitUntil(
    (async () => {
      await scheduler.wait(waitMs);
      state.dueAt = undefined;
      await feed(env, environment, state);
    })(),
  );
};
