import type { EventMessage } from "../../contract/event-message.ts";
import type { RulesetBindings } from "../../durable-objects/ruleset-source.ts";
import type { UnitShard } from "../../durable-objects/unit-shard.ts";

/** See wrangler.toml. */
export interface Env extends RulesetBindings {
  readonly EVENTS: Queue<EventMessage>;
  readonly UNIT_SHARD: DurableObjectNamespace<UnitShard>;
  readonly ARCHIVE: R2Bucket;
}
