import type { AcceptedEvent, EventMessage, MessageHead, RefusedEvent } from "../contract/event-message.ts";

/** The line of one event. */
export const eventLine = (event: AcceptedEvent): string => JSON.stringify({ event });

/** The line of one refused event. */
export const refusedLine = (rejected: RefusedEvent): string => JSON.stringify({ rejected });

/** Lines of JSON without a line break at the end: the head, {@link eventLine} of each event, {@link refusedLine} of each refused one. */
export const messageText = ({ events, rejected, ...head }: EventMessage): string =>
  [JSON.stringify(head), ...events.map(eventLine), ...rejected.map(refusedLine)].join("\n");

/** The head of a message's text; its events are not read. Throws for a text that has none of a known format. */
export const headOf = (text: string): MessageHead => {
  const end = text.indexOf("\n");
  const head = JSON.parse(end === -1 ? text : text.slice(0, end)) as MessageHead;
  if (head.format !== 2) throw new Error("A message is of a format that is not known.");
  return head;
};

type Line = { readonly event: AcceptedEvent } | { readonly rejected: RefusedEvent } | MessageHead;

/**
 * The messages of a text that holds one or more of them, one after the other, as the queue and the archive do. A head begins
 * a message. Throws for a text that {@link messageText} did not write.
 */
export const parseMessages = (text: string): EventMessage[] => {
  const messages: { head: MessageHead; events: AcceptedEvent[]; rejected: RefusedEvent[] }[] = [];
  const lines = JSON.parse(`[${text.trimEnd().replaceAll("\n", ",")}]`) as Line[];
  for (const line of lines) {
    if ("format" in line) {
      if (line.format !== 2) throw new Error("A message is of a format that is not known.");
      messages.push({ head: line, events: [], rejected: [] });
      continue;
    }
    const message = messages.at(-1);
    if (!message) throw new Error("A message begins with its head.");
    if ("event" in line) message.events.push(line.event);
    else message.rejected.push(line.rejected);
  }
  return messages.map(({ head, events, rejected }) => ({ ...head, events, rejected }));
};
