import { withCors } from "../http/cors.ts";
import { Problem, problemResponse } from "../http/problem.ts";
import type { Env } from "./env.ts";

/** Who answers a path; `undefined` for what is reserved and not there. */
const targetOf = (pathname: string, env: Env): Fetcher | undefined => {
  if (pathname === "/v1/decide" || pathname === "/v1/ruleset" || pathname === "/v1/stream") return env.DECIDE;
  if (pathname === "/v1/events") return env.INGEST;
  if (pathname.startsWith("/v1/")) return undefined;
  // A client whose base URL ends in a slash sends two.
  if (pathname.startsWith("/ofrep/") || pathname.startsWith("//ofrep/")) return env.DECIDE;
  if (pathname.startsWith("/api/")) return env.ADMIN;
  if (pathname === "/shop" || pathname.startsWith("/shop/")) return env.EXAMPLE_SHOP;
  return env.ASSETS;
};

/**
 * One hostname for the product: passes each request on as it came. Which paths run this Worker at all is `run_worker_first`
 * in wrangler.toml; all others are answered from the assets, whose headers are in `ui/public/_headers`.
 */
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const target = targetOf(pathname, env);
    if (!target) return withCors(problemResponse(new Problem(404, "not_found", `There is nothing at ${pathname}.`)));
    try {
      return await target.fetch(request);
    } catch (error) {
      console.error({ event: "target_failed", pathname, error: String(error) });
      const problem = new Problem(503, "unavailable", "This part of Edgeworth does not answer; try again.", {
        headers: { "retry-after": "5" },
      });
      return withCors(problemResponse(problem));
    }
  },
} satisfies ExportedHandler<Env>;
