import { aRuleset } from "./a-ruleset.ts";
import { createHandler } from "../../workers/decide/handler.ts";
import { prepare } from "../../workers/decide/prepared.ts";

/**
 * The real decide handler with one experiment. Only the source of the ruleset is another: `workerd serve` has no KV, so this
 * one holds the ruleset from the start, which is where the real source is after its first request.
 */
const loaded = {
  compiled: prepare(aRuleset),
  pointer: { version: 1, hash: "", published_at: 0 },
};
const source = {
  get: () => Promise.resolve(loaded),
  isAbsent: () => false,
  refresh: () => Promise.resolve({ loaded, isNewest: true }),
};

const handle = createHandler(source);

export default {
  fetch: (request: Request, env: Parameters<typeof handle>[1]) => handle(request, env, () => undefined),
};
