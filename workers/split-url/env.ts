import type { EventReceipt } from "../../contract/event.ts";
import type { RulesetBindings } from "../../durable-objects/ruleset-source.ts";

/** What this Worker has bound: see wrangler.toml. */
export interface Env extends RulesetBindings {
  /** The environment whose split-URL tests run here. */
  readonly ENVIRONMENT: string;
  /** The entrypoint `EventIntake` of edgeworth-ingest. */
  readonly INGEST: { record(input: ExposureBatch): Promise<EventReceipt> };
  /** The example shop's pages. */
  readonly EXAMPLE_SITE: Fetcher;
}

export interface ExposureBatch {
  readonly environment: string;
  readonly batch_id: string;
  readonly events: unknown[];
  /** The visitor's, by which bots are told from people. */
  readonly user_agent: string;
}
