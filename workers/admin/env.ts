import type { LedgerCounts } from "../../contract/ledger.ts";
import type { SumsCell } from "../../contract/sums.ts";
import type { RulesetPublisher } from "../../durable-objects/ruleset-publisher.ts";
import type { Principal } from "./authentication.ts";

type UnitShard = Rpc.DurableObjectBranded & {
  sums(experimentIds: string[]): Promise<SumsCell[]>;
  ledger(): Promise<LedgerCounts>;
};

export interface Env {
  readonly DB: D1Database;
  readonly PUBLISHER: DurableObjectNamespace<RulesetPublisher>;
  readonly UNIT_SHARD: DurableObjectNamespace<UnitShard>;
  /** A secret that makes the first administrator, once. */
  readonly SETUP_TOKEN?: string;
}

/** What Hono's handlers know: the bindings, and who is asking. */
export interface AdminEnv {
  Bindings: Env;
  Variables: { principal: Principal; request_id: string };
}
