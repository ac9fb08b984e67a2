import type { RulesetBindings } from "../../durable-objects/ruleset-source.ts";
import type { RateLimitBindings } from "./rate-limit.ts";

/** See wrangler.toml. */
export type Env = RulesetBindings & RateLimitBindings;
