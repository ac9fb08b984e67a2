import type { CompiledRuleset } from "../../core/compile.ts";
import type { RulesetSource } from "../../durable-objects/ruleset-source.ts";
import { withCors } from "../http/cors.ts";
import { Problem, problemResponse } from "../http/problem.ts";
import type { WaitUntil } from "../http/rate-limit.ts";
import { createAuthenticate } from "./authenticate.ts";
import { answerDecide, nothingDecided } from "./decide-route.ts";
import type { Env } from "./env.ts";
import { answerOfrep } from "./ofrep.ts";
import { targetOf } from "./query.ts";
import type { Route } from "./route.ts";
import { answerRuleset } from "./ruleset-download.ts";
import { answerStream } from "./stream.ts";

/** Gives the response itself where it can: see `Route`. Never throws, and the promise never rejects. */
export type Handler = (request: Request, env: Env, waitUntil: WaitUntil) => Response | Promise<Response>;

/** `/v1/decide` is looked for first: it is the hot path. Some OpenFeature clients begin the path with two slashes. */
const routeOf = (pathname: string): Route => {
  if (pathname === "/v1/decide") return answerDecide;
  if (pathname.startsWith("/ofrep/") || pathname.startsWith("//ofrep/")) return answerOfrep;
  if (pathname === "/v1/ruleset") return answerRuleset;
  if (pathname === "/v1/stream") return answerStream;
  return nowhere;
};

const nowhere: Route = (_, { pathname }) => {
  throw new Problem(404, "not_found", `There is nothing at ${pathname}.`);
};

/**
 * Everything that SDKs ask this Worker, by path. Does no I/O once the environment's ruleset is in memory. A mistake of the
 * caller's is a problem; a decision that breaks on our side is answered 200 with defaults, so that the page works.
 */
export const createHandler = (source: RulesetSource<CompiledRuleset>, now: () => number = Date.now): Handler => {
  const authenticate = createAuthenticate(source, now);
  return (request, env, waitUntil) => {
    try {
      const target = targetOf(request.url);
      const answer = routeOf(target.pathname)(request, target, { env, waitUntil, authenticate, source, now });
      return answer instanceof Promise ? answer.catch((error: unknown) => failed(error, request)) : answer;
    } catch (error) {
      return failed(error, request);
    }
  };
};

const failed = (error: unknown, request: Request): Response => {
  if (error instanceof Problem) return withCors(problemResponse(error));
  const { pathname } = targetOf(request.url);
  console.error({ event: "decide_failed", pathname, error: error instanceof Error ? error.stack : String(error) });
  if (pathname === "/v1/decide") return nothingDecided(request);
  const problem = new Problem(503, "unavailable", "This did not work; try again.", { headers: { "retry-after": "5" } });
  return withCors(problemResponse(problem));
};
