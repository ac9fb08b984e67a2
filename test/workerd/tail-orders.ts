import type { TailFeed } from "../../contract/event-tail.ts";
import type { EventTail } from "../../durable-objects/event-tail.ts";

/** Has the tails of the ingest Worker do what a test asks for: a test's own stub would keep them from hibernating. */
interface Order {
  readonly environment: string;
  readonly feed?: TailFeed;
  readonly forget?: readonly [unitType: string, unit: string];
}

export default {
  async fetch(request, { EVENT_TAIL }) {
    const { environment, feed, forget } = await request.json<Order>();
    const tail = EVENT_TAIL.getByName(environment);
    if (feed) return Response.json(await tail.feed(feed));
    if (forget) await tail.forget(...forget);
    return Response.json(await tail.recent());
  },
} satisfies ExportedHandler<{ readonly EVENT_TAIL: DurableObjectNamespace<EventTail> }>;
