import type { EventTail } from "../../durable-objects/event-tail.ts";
import type { RulesetBindings } from "../../durable-objects/ruleset-source.ts";
import type { UnitShard } from "../../durable-objects/unit-shard.ts";
import type { RateLimitBindings } from "../http/rate-limit.ts";

/** See wrangler.toml. */
export interface Env extends RulesetBindings, RateLimitBindings {
  /** Texts of messages, see `counting/message-text.ts`. */
  readonly EVENTS: Queue<string>;
  readonly UNIT_SHARD: DurableObjectNamespace<UnitShard>;
  readonly EVENT_TAIL: DurableObjectNamespace<EventTail>;
  readonly ARCHIVE: R2Bucket;
}
