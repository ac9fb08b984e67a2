import { compile } from "../../core/compile.ts";
import { type Handler, createHandler } from "../../workers/decide/handler.ts";

/** The environment that `workerd serve` gives. */
interface BenchEnv {
  /** The text of the encoded ruleset. */
  readonly RULESET: string;
}

/**
 * The real decide handler. Only the source of the ruleset is another: `workerd serve` has no KV, so this one holds the ruleset
 * from the first request on, which is where the real source is after its first request.
 */
const handlerOf = (text: string): Handler => {
  const loaded = {
    compiled: compile(JSON.parse(text)),
    pointer: { version: 1, hash: "", published_at: 0 },
  };
  return createHandler({
    peek: () => loaded,
    get: () => Promise.resolve(loaded),
    isAbsent: () => false,
    refresh: () => Promise.resolve({ loaded, isNewest: true }),
  });
};

let handle: Handler | undefined;

export default {
  fetch(request: Request, env: Parameters<Handler>[1] & BenchEnv) {
    handle ??= handlerOf(env.RULESET);
    return handle(request, env, () => undefined);
  },
};
