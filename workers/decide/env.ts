import type { RulesetBindings } from "../../durable-objects/ruleset-source.ts";

/** See wrangler.toml. */
export type Env = RulesetBindings;
