import { WorkerEntrypoint } from "cloudflare:workers";
import { createRulesetSource } from "../../durable-objects/ruleset-source.ts";
import type { Env } from "./env.ts";
import { handle, type Io } from "./handle.ts";
import { recordExposure } from "./record-exposure.ts";
import { compileSplitTests } from "./split-tests.ts";

const rulesets = createRulesetSource({ compile: compileSplitTests });

const ioOf = (
  env: Env,
  userAgent: string | null,
  waitUntil: (promise: Promise<unknown>) => void,
  origin: Io["origin"],
): Io => ({
  findTests: () => rulesets.get(env, env.ENVIRONMENT, waitUntil),
  origin,
  expose: (exposure) => {
    const event = { event_id: crypto.randomUUID(), timestamp: Date.now(), ...exposure };
    const batch = {
      environment: env.ENVIRONMENT,
      batch_id: crypto.randomUUID(),
      events: [event],
      user_agent: userAgent ?? "",
    };
    waitUntil(
      recordExposure(
        (input) => env.INGEST.record(input),
        batch,
        (ms) => scheduler.wait(ms),
      ),
    );
  },
  randomId: () => crypto.randomUUID(),
  now: Date.now,
});

/** On the customer's own routes: behind the tests is whatever the route led to without them. */
export default {
  fetch: (request, env, context) =>
    handle(
      request,
      ioOf(
        env,
        request.headers.get("user-agent"),
        (promise) => context.waitUntil(promise),
        (passed) => fetch(passed),
      ),
    ),
} satisfies ExportedHandler<Env>;

/** The same in front of the example shop, which the front Worker serves under `/shop/`. */
export class ExampleShop extends WorkerEntrypoint<Env> {
  override async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === "/shop/edgeworth.json")
      return Response.json(
        { key: await this.env.RULES.get("example:client_key") },
        { headers: { "cache-control": "no-store" } },
      );
    return handle(
      request,
      ioOf(
        this.env,
        request.headers.get("user-agent"),
        (promise) => this.ctx.waitUntil(promise),
        (passed) => this.env.EXAMPLE_SITE.fetch(passed),
      ),
    );
  }
}
