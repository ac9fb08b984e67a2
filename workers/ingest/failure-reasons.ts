import type { MessageHead } from "../../contract/event-message.ts";
import { RecentMap } from "../../counting/recent-map.ts";

/** Messages whose last failure is remembered in this isolate: a queue gives one up soon after it. */
const MAX_REMEMBERED = 1_000;
const MAX_LENGTH = 500;
/** The platform takes 8 kB of metadata of a file. */
const MAX_ENCODED = 3_000;

const reasons = new RecentMap<string, string>(MAX_REMEMBERED);

const nameOf = ({ message_id, intake }: Pick<MessageHead, "message_id" | "intake">): string =>
  `${message_id}:${intake}`;

/** Remembers why a message could not be counted. */
export const noteFailure = (head: MessageHead, reason: unknown): void => {
  reasons.set(nameOf(head), String(reason).slice(0, MAX_LENGTH));
};

/** Why it could not, the last time that this isolate tried. */
export const lastFailure = (head: MessageHead): string | undefined => reasons.get(nameOf(head));

/** A reason as it is put into a header: its beginning, in characters that headers hold. */
export const encodeReason = (reason: string): string => {
  let text = reason.slice(0, MAX_LENGTH);
  while (encodeURIComponent(text.toWellFormed()).length > MAX_ENCODED)
    text = text.slice(0, Math.floor(text.length / 2));
  return encodeURIComponent(text.toWellFormed());
};
