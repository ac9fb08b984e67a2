import type { CompiledRuleset } from "../../core/compile.ts";
import type { RulesetSource } from "../../durable-objects/ruleset-source.ts";
import type { WaitUntil } from "../http/rate-limit.ts";
import type { Authenticate } from "./authenticate.ts";
import type { Env } from "./env.ts";

/** Path and query of a request's URL as they were sent: nothing is decoded. `query` is without its mark. */
export interface Target {
  readonly pathname: string;
  readonly query: string;
}

/** What a request is answered with. */
export interface Services {
  readonly env: Env;
  /** Keeps the isolate alive until the promise is settled, behind the response. */
  readonly waitUntil: WaitUntil;
  readonly authenticate: Authenticate;
  readonly source: RulesetSource<CompiledRuleset>;
  /** The clock, ms since 1970. In a Worker it stands still between I/O. */
  readonly now: () => number;
}

/**
 * Answers the requests of one path, or of all paths under one. Throws a `Problem` for a mistake of the caller's, unless the
 * protocol of the path has a shape of its own for those. Gives the response itself and no promise where it can: a promise
 * costs as much as a decision.
 */
export type Route = (request: Request, target: Target, services: Services) => Response | Promise<Response>;
