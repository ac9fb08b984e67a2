import type { MessageHead } from "../contract/event-message.ts";

const HEX = /^(?:[0-9a-f]{2})+$/;

/** As hex digits; what is none already, by its UTF-8. */
const hexOf = (text: string): string =>
  HEX.test(text)
    ? text
    : Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A message as one time of being taken made it. Ids are hex digits of any even number. */
export interface Taking {
  readonly id: string;
  readonly intake: string;
}

export const takingIn = ({ message_id, intake }: Pick<MessageHead, "message_id" | "intake">): Taking => ({
  id: hexOf(message_id),
  intake: hexOf(intake),
});

/** One text for the two. */
export const takingOf = ({ id, intake }: Taking): string => `${id}:${intake}`;
