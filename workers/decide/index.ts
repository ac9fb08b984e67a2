import { compile } from "../../core/compile.ts";
import { createRulesetSource } from "../../durable-objects/ruleset-source.ts";
import type { Env } from "./env.ts";
import { createHandler } from "./handler.ts";

export { RulesetPublisher } from "../../durable-objects/ruleset-publisher.ts";

const handle = createHandler(createRulesetSource({ compile }));

export default {
  fetch: (request, env, ctx) => handle(request, env, (promise) => ctx.waitUntil(promise)),
} satisfies ExportedHandler<Env>;
