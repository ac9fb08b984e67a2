import { createRulesetSource } from "../../durable-objects/ruleset-source.ts";
import type { Env } from "./env.ts";
import { createHandler } from "./handler.ts";
import { prepare } from "./prepared.ts";

export { RulesetPublisher } from "../../durable-objects/ruleset-publisher.ts";

const handle = createHandler(createRulesetSource({ compile: prepare }));

export default {
  fetch: (request, env, ctx) => handle(request, env, (promise) => ctx.waitUntil(promise)),
} satisfies ExportedHandler<Env>;
