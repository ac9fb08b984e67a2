import { consumeDeadLetters } from "./consume-dead-letters.ts";
import { consumeEvents } from "./consume-events.ts";
import type { Env } from "./env.ts";
import { handleRequest } from "./post-events.ts";

export { EventTail } from "../../durable-objects/event-tail.ts";
export { Replay } from "../../durable-objects/replay.ts";
export { UnitShard } from "../../durable-objects/unit-shard.ts";
export { DeadLetters } from "./dead-letters.ts";
export { EventIntake } from "./event-intake.ts";

const DEAD_LETTER_QUEUE = "edgeworth-events-dead";

export default {
  fetch: handleRequest,
  queue: (batch, env) =>
    batch.queue === DEAD_LETTER_QUEUE ? consumeDeadLetters(batch, env) : consumeEvents(batch, env),
} satisfies ExportedHandler<Env, string>;
