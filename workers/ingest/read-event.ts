import type { AcceptedEvent } from "../../contract/event-message.ts";
import { type EventRejection, IncomingEvent, MAX_FUTURE_MS } from "../../contract/event.ts";
import { eventLine } from "../../counting/message-text.ts";
import { issuesOf } from "../http/issues.ts";
import { isNestedDeeperThan } from "../http/nesting.ts";
import { isIncomingEvent } from "./is-incoming-event.ts";
import { jsonBytes } from "./json-bytes.ts";
import { MAX_EVENT_BYTES, MAX_NESTING } from "./limits.ts";
import type { Taken } from "./partition.ts";

export type Reading =
  | ({ readonly kind: "event" } & Taken)
  | { readonly kind: "refused"; readonly code: EventRejection; readonly message: string };

/** When the batch came, and by how much its sender's clock was behind ours. */
export interface Clock {
  /** ms since 1970. */
  readonly receivedAt: number;
  /** Added to the sender's timestamps, in ms. */
  readonly skewMs: number;
}

/** 256 characters, each of them escaped. */
const MAX_UNIT_JSON = 1_536;

const refused = (code: EventRejection, message: string): Reading => ({ kind: "refused", code, message });

/** A lone surrogate is U+FFFD in UTF-8, so to hashing and to the database: two units must not be one there only. */
const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed());

/** The units by type; undefined when `user_id` is given twice and differs. */
const unitsOf = ({ user_id, units }: IncomingEvent): AcceptedEvent["units"] | undefined => {
  if (units === undefined) return user_id === undefined ? [] : [["user_id", wellFormed(user_id)]];
  if (user_id !== undefined && units["user_id"] !== undefined && units["user_id"] !== user_id) return undefined;
  const byType = new Map<string, string>();
  for (const type in units) byType.set(wellFormed(type), wellFormed(units[type] ?? ""));
  if (user_id !== undefined) byType.set("user_id", wellFormed(user_id));
  const sorted = [...byType];
  return sorted.length < 2 ? sorted : sorted.sort(([a], [b]) => (a < b ? -1 : 1));
};

/** The text of one event of a batch; undefined for one that is nested too deep to be read or written. */
export const textOfEvent = (input: unknown): string | undefined =>
  isNestedDeeperThan(MAX_NESTING, input) ? undefined : JSON.stringify(input);

const tooLarge = (bytes: number): Reading =>
  refused("event_too_large", `The event is ${bytes} bytes of JSON; send at most ${MAX_EVENT_BYTES}.`);

/** One event of a batch, checked by itself. */
export const readEvent = (input: unknown, clock: Clock): Reading => {
  if (isIncomingEvent(input)) return accept(input, input, clock);

  const json = textOfEvent(input);
  if (json === undefined) return refused("invalid_event", `Nest arrays and objects at most ${MAX_NESTING} deep.`);
  const bytes = jsonBytes(json);
  if (bytes > MAX_EVENT_BYTES) return tooLarge(bytes);
  const parsed = IncomingEvent.safeParse(input);
  if (parsed.success) return accept(parsed.data, input, clock);
  const [first] = issuesOf(parsed.error);
  const where = first?.path ? `${first.path}: ` : "";
  return refused("invalid_event", `${where}${first?.message ?? "Invalid event"}`.replace(/\.?$/, "."));
};

/** An event of the right shape, as it travels; `input` is what was sent. */
const accept = (incoming: IncomingEvent, input: unknown, { receivedAt, skewMs }: Clock): Reading => {
  const { timestamp } = incoming;
  const at = (typeof timestamp === "number" ? timestamp : Date.parse(timestamp)) + skewMs;
  if (at > receivedAt + MAX_FUTURE_MS) {
    const corrected = skewMs === 0 ? "" : `, corrected by the ${skewMs} ms that sent_at is behind our clock,`;
    return refused(
      "timestamp_in_future",
      `timestamp: ${timestamp}${corrected} is more than ${MAX_FUTURE_MS / 60_000} minutes ahead of our clock, ${new Date(receivedAt).toISOString()}.`,
    );
  }
  const units = unitsOf(incoming);
  if (!units) return refused("invalid_event", "units.user_id: it differs from user_id; give one of them.");

  const event = acceptedEvent(incoming, at, units);
  const line = eventLine(event);
  // All of what was sent is in the line, but for a user who was named twice, and a UTF-16 unit is three bytes at most.
  if ((line.length + MAX_UNIT_JSON) * 3 > MAX_EVENT_BYTES) {
    const bytes = jsonBytes(JSON.stringify(input));
    if (bytes > MAX_EVENT_BYTES) return tooLarge(bytes);
  }
  return { kind: "event", event, line };
};

/** What an event does not have is undefined, so it is not in its line. */
const acceptedEvent = (incoming: IncomingEvent, at: number, units: AcceptedEvent["units"]): AcceptedEvent => {
  const { event_id, timestamp } = incoming;
  if (incoming.type === "exposure") {
    const { experiment_key, variant_key, config_version, context } = incoming;
    return { event_id, type: "exposure", at, timestamp, units, experiment_key, variant_key, config_version, context };
  }
  const { name, value, properties } = incoming;
  return { event_id, type: "metric", at, timestamp, units, name, value, properties };
};
