import type { EventMessage } from "../../contract/event-message.ts";

/** The same items in groups of one shard each; `messageOf` gives an item's message. */
export const byShard = <Item>(items: readonly Item[], messageOf: (item: Item) => EventMessage): Item[][] => [
  ...Map.groupBy(items, (item) => {
    const { environment, generation, shard } = messageOf(item);
    return `${environment}:${generation}:${shard}`;
  }).values(),
];
