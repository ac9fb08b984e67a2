import type { RulesetSource } from "../../durable-objects/ruleset-source.ts";
import { withCors } from "../http/cors.ts";
import { Problem, problemResponse } from "../http/problem.ts";
import { createAuthenticate } from "./authenticate.ts";
import { answerDecide, nothingDecided } from "./decide-route.ts";
import type { Env } from "./env.ts";
import type { Prepared } from "./prepared.ts";
import { targetOf } from "./query.ts";
import type { Route, WaitUntil } from "./route.ts";

export type Handler = (request: Request, env: Env, waitUntil: WaitUntil) => Response | Promise<Response>;

/** `/v1/decide` is looked for first: it is the hot path. */
const routeOf = (pathname: string): Route | undefined => (pathname === "/v1/decide" ? answerDecide : undefined);

/**
 * Everything that SDKs ask this Worker, by path. Does no I/O once the environment's ruleset is in memory. A mistake of the
 * caller's is a problem; anything that breaks on our side is answered 200 with defaults, so that the page works.
 */
export const createHandler = (source: RulesetSource<Prepared>, now: () => number = Date.now): Handler => {
  const authenticate = createAuthenticate(source, now);

  const answer = async (request: Request, env: Env, waitUntil: WaitUntil): Promise<Response> => {
    const target = targetOf(request.url);
    const route = routeOf(target.pathname);
    if (!route) throw new Problem(404, "not_found", `There is nothing at ${target.pathname}.`);
    return route(request, target, { env, waitUntil, authenticate, now });
  };

  return async (request, env, waitUntil) => {
    try {
      return await answer(request, env, waitUntil);
    } catch (error) {
      if (error instanceof Problem) return withCors(problemResponse(error));
      console.error({ event: "decide_failed", error: error instanceof Error ? error.stack : String(error) });
      return nothingDecided(request);
    }
  };
};
