import type { RulesetBindings } from "../../durable-objects/ruleset-source.ts";
import type { RateLimitBindings } from "../http/rate-limit.ts";

/** See wrangler.toml. */
export type Env = RulesetBindings & RateLimitBindings;
