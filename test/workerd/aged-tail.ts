import type { TailFeed } from "../../contract/event-tail.ts";
import { EventTail } from "../../durable-objects/event-tail.ts";

/** A tail whose listeners can be made to have listened for longer. */
export class AgedTail extends EventTail {
  age(ms: number): void {
    for (const socket of this.ctx.getWebSockets())
      socket.serializeAttachment(Number(socket.deserializeAttachment()) - ms);
  }
}

interface Order {
  readonly feed?: TailFeed;
  /** By how many ms its listeners are to be older. */
  readonly age?: number;
}

export default {
  async fetch(request, { TAIL }) {
    const tail = TAIL.getByName("environment");
    if (request.headers.get("upgrade") !== null) return tail.fetch(request);
    const { feed, age } = await request.json<Order>();
    if (age !== undefined) await tail.age(age);
    return Response.json(feed ? await tail.feed(feed) : null);
  },
} satisfies ExportedHandler<{ readonly TAIL: DurableObjectNamespace<AgedTail> }>;
