import type { DeadLetterPage, ReplayedDeadLetters } from "../../contract/dead-letter.ts";
import type { EventTail } from "../../durable-objects/event-tail.ts";
import type { Replay } from "../../durable-objects/replay.ts";
import type { RulesetPublisher } from "../../durable-objects/ruleset-publisher.ts";
import type { UnitShard } from "../../durable-objects/unit-shard.ts";
import type { Principal } from "./authentication.ts";

export interface Env {
  readonly DB: D1Database;
  readonly PUBLISHER: DurableObjectNamespace<RulesetPublisher>;
  readonly UNIT_SHARD: DurableObjectNamespace<UnitShard>;
  readonly REPLAY: DurableObjectNamespace<Replay>;
  readonly EVENT_TAIL: DurableObjectNamespace<EventTail>;
  /** The entrypoint `DeadLetters` of edgeworth-ingest. */
  readonly DEAD_LETTERS: {
    list(input: { environment: string; limit: number; cursor?: string }): Promise<DeadLetterPage>;
    replay(input: { environment: string; ids?: string[] }): Promise<ReplayedDeadLetters>;
  };
  /** A secret that makes the first administrator, once. */
  readonly SETUP_TOKEN?: string;
}

/** What Hono's handlers know: the bindings, and who is asking. */
export interface AdminEnv {
  Bindings: Env;
  Variables: { principal: Principal; request_id: string };
}
