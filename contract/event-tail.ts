import { z } from "zod";
import { EventRejection } from "./event.ts";

/** How many events a tail keeps. */
export const TAIL_EVENTS = 200;
/** How many it takes in a second; of more, a sample. */
export const TAIL_EVENTS_PER_SECOND = 50;
/** How much of an event's text it keeps, in characters. */
export const TAIL_TEXT_CHARACTERS = 1_000;
/** What is older is forgotten, however few came after it. */
export const TAIL_KEPT_MS = 24 * 3_600_000;

/** One event, minutes after it came, to be looked at and not counted. */
export const TailEvent = z.object({
  /** ms since 1970, by the clock of the Worker that took it. */
  received_at: z.number().int(),
  batch_id: z.string(),
  /** `bot` was taken, and is never counted. */
  outcome: z.enum(["accepted", "bot", "rejected"]),
  /** Why it was rejected. */
  code: EventRejection.optional(),
  message: z.string().optional(),
  /** Of a rejected event only what could be read of it: `""` and `[]` for the rest. */
  event_id: z.string(),
  /** `exposure` or `metric`. */
  type: z.string(),
  /** What it is about: the experiment and its variant of an exposure, the name of a metric event. */
  subject: z.string(),
  /** Unit type → unit, as they are counted. */
  units: z.array(z.tuple([z.string(), z.string()])),
  /** The event as JSON, or its first {@link TAIL_TEXT_CHARACTERS}; `""` for what may hold names that are not to be kept. */
  text: z.string(),
});
export type TailEvent = z.infer<typeof TailEvent>;

/** What ingest tells a tail: how many events came, and some of them or all, oldest first. */
export const TailFeed = z.object({
  accepted: z.number().int(),
  rejected: z.number().int(),
  events: z.array(TailEvent),
});
export type TailFeed = z.infer<typeof TailFeed>;

/** What a listener is told, and first of all what the tail has kept: then its counts are 0. Oldest first. */
export const TailNews = TailFeed.extend({ type: z.enum(["kept", "news"]) });
export type TailNews = z.infer<typeof TailNews>;

/** What a tail has kept, newest first. */
export const EventTail = z.object({ items: z.array(TailEvent) });
export type EventTail = z.infer<typeof EventTail>;
