import type { MessageHead } from "../../contract/event-message.ts";
import { headOf } from "../../counting/message-text.ts";
import { backOff } from "./back-off.ts";

/** A message from a queue: its text, and what its head says. */
export interface Received {
  readonly message: Message<string>;
  readonly head: MessageHead;
}

/** A queue's messages by the shard that each is for, and those whose head cannot be read. */
export const byShard = (
  messages: readonly Message<string>[],
): { readonly groups: Received[][]; readonly unreadable: Message<string>[] } => {
  const groups = new Map<string, Received[]>();
  const unreadable: Message<string>[] = [];
  for (const message of messages) {
    const head = readHead(message.body);
    if (!head) {
      unreadable.push(message);
      continue;
    }
    const name = JSON.stringify([head.environment, head.generation, head.shard]);
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push({ message, head });
  }
  return { groups: [...groups.values()], unreadable };
};

const readHead = (text: unknown): MessageHead | undefined => {
  try {
    return headOf(text as string);
  } catch {
    return undefined;
  }
};

/** Has messages come again after a while. */
export const retryAll = (messages: readonly Message<string>[], event: string, error: unknown): void => {
  console.error({ event, messages: messages.length, error: String(error) });
  for (const message of messages) message.retry(backOff(message));
};
