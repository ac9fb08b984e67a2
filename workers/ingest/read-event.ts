import type { AcceptedEvent } from "../../contract/event-message.ts";
import { type EventRejection, IncomingEvent, MAX_FUTURE_MS } from "../../contract/event.ts";
import { issuesOf } from "../http/issues.ts";
import { isNestedDeeperThan } from "../http/nesting.ts";
import { jsonBytes } from "./json-bytes.ts";

/** The most that one event may be, in bytes of JSON. */
export const MAX_EVENT_BYTES = 32_000;
/** How deep an event's arrays and objects may lie in one another: what reads JSON recurs, and so does what writes it. */
const MAX_NESTING = 32;

export type Reading =
  | { readonly kind: "event"; readonly event: AcceptedEvent }
  | { readonly kind: "refused"; readonly code: EventRejection; readonly message: string };

const refused = (code: EventRejection, message: string): Reading => ({ kind: "refused", code, message });

/** The units by type; undefined when `user_id` is given twice and differs. */
const unitsOf = ({ user_id, units }: IncomingEvent): AcceptedEvent["units"] | undefined => {
  if (user_id === undefined) return sorted(units ?? {});
  if (units?.user_id !== undefined && units.user_id !== user_id) return undefined;
  return sorted({ ...units, user_id });
};

const sorted = (units: Readonly<Record<string, string>>): AcceptedEvent["units"] =>
  // A lone surrogate is U+FFFD in UTF-8, so to hashing and to the database: two units must not be one there only.
  Object.entries(
    Object.fromEntries(Object.entries(units).map(([type, unit]) => [type.toWellFormed(), unit.toWellFormed()])),
  ).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** The text of one event of a batch; undefined for one that is nested too deep to be read or written. */
export const textOfEvent = (input: unknown): string | undefined =>
  isNestedDeeperThan(MAX_NESTING, input) ? undefined : JSON.stringify(input);

/** One event of a batch, checked by itself. `json` is its text by {@link textOfEvent}, `receivedAt` ms since 1970. */
export const readEvent = (input: unknown, json: string | undefined, receivedAt: number): Reading => {
  if (json === undefined) return refused("invalid_event", `Nest arrays and objects at most ${MAX_NESTING} deep.`);
  const bytes = jsonBytes(json);
  if (bytes > MAX_EVENT_BYTES)
    return refused("event_too_large", `The event is ${bytes} bytes of JSON; send at most ${MAX_EVENT_BYTES}.`);

  const parsed = IncomingEvent.safeParse(input);
  if (!parsed.success) {
    const [first] = issuesOf(parsed.error);
    const where = first?.path ? `${first.path}: ` : "";
    return refused("invalid_event", `${where}${first?.message ?? "Invalid event"}`.replace(/\.?$/, "."));
  }
  const incoming = parsed.data;

  const { timestamp } = incoming;
  const at = typeof timestamp === "number" ? timestamp : Date.parse(timestamp);
  if (at > receivedAt + MAX_FUTURE_MS)
    return refused(
      "timestamp_in_future",
      `timestamp: ${timestamp} is more than ${MAX_FUTURE_MS / 60_000} minutes ahead of our clock, ${new Date(receivedAt).toISOString()}.`,
    );

  const units = unitsOf(incoming);
  if (!units) return refused("invalid_event", "units.user_id: it differs from user_id; give one of them.");

  const common = { event_id: incoming.event_id, at, timestamp, units };
  if (incoming.type === "exposure") {
    const { experiment_key, variant_key, config_version, context } = incoming;
    return {
      kind: "event",
      event: {
        ...common,
        type: "exposure",
        experiment_key,
        variant_key,
        ...(config_version === undefined ? {} : { config_version }),
        ...(context === undefined ? {} : { context }),
      },
    };
  }
  const { name, value, properties } = incoming;
  return {
    kind: "event",
    event: {
      ...common,
      type: "metric",
      name,
      ...(value === undefined ? {} : { value }),
      ...(properties === undefined ? {} : { properties }),
    },
  };
};
