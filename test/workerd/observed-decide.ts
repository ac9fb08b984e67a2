import { compile } from "../../core/compile.ts";
import { RulesetPublisher as Publisher } from "../../durable-objects/ruleset-publisher.ts";
import { createRulesetSource } from "../../durable-objects/ruleset-source.ts";
import type { Env } from "../../workers/decide/env.ts";
import { createHandler } from "../../workers/decide/handler.ts";

/**
 * The decide Worker with its real bindings, seen through: every call on them is noted, each can be made to fail, and the
 * clock is the test's. `POST /test` takes orders, everything else is the handler's.
 */
interface Order {
  /** Answers the calls and the compiled versions since the last time. */
  readonly observe?: boolean;
  /** Forgets all that is in memory, as a new isolate would. */
  readonly restart?: boolean;
  /** ms since 1970. */
  readonly clock?: number;
  /** Answers what the clock says. */
  readonly readClock?: boolean;
  /** The bindings whose calls throw from now on. */
  readonly broken?: readonly ("RULES" | "PUBLISHER" | "MIRROR" | "RATE_LIMIT")[];
  /** The bindings whose calls never end from now on. */
  readonly hanging?: readonly ("RULES" | "PUBLISHER" | "MIRROR")[];
  /** Limits the rate of requests, which nothing does without it; the limits are vars of the Worker. */
  readonly limits?: Readonly<Record<string, string>> | null;
  readonly publish?: { readonly environment: string; readonly text: string; readonly source_revision: number };
  readonly rollback?: { readonly environment: string; readonly version: number };
  readonly versionsOf?: string;
  readonly blobOf?: { readonly environment: string; readonly hash: string };
  readonly putKv?: { readonly key: string; readonly value: string };
  readonly deleteKv?: string;
  readonly getKv?: string;
}

const state = {
  clock: 1_000_000,
  broken: new Set<string>(),
  hanging: new Set<string>(),
  limits: null as Readonly<Record<string, string>> | null,
  calls: [] as string[],
  compiled: [] as number[],
};

/** The binding, with every call noted under its name and refused while it is broken. */
const observe = <Binding extends object>(binding: Binding, name: string): Binding =>
  new Proxy(binding, {
    get(target, property) {
      const method: unknown = Reflect.get(target, property);
      if (typeof method !== "function") return method;
      return (...inputs: unknown[]): unknown => {
        state.calls.push(`${name}.${String(property)}`);
        if (state.broken.has(name)) throw new Error(`${name} is broken.`);
        if (state.hanging.has(name) && property !== "getByName") return new Promise(() => undefined);
        const result: unknown = Reflect.apply(method, target, inputs);
        return property === "getByName" ? observe(result as object, name) : result;
      };
    },
  });

const start = () =>
  createHandler(
    createRulesetSource({
      compile: (ruleset, pointer) => {
        state.compiled.push(pointer.version);
        return compile(ruleset);
      },
      now: () => state.clock,
    }),
    () => state.clock,
  );

let handle = start();

/** The publisher whose mirror, KV, can be broken. */
export class RulesetPublisher extends Publisher {
  constructor(ctx: ConstructorParameters<typeof Publisher>[0], env: Env) {
    super(ctx, { RULES: observe(env.RULES, "MIRROR") });
  }
}

const obey = async (order: Order, env: Env): Promise<unknown> => {
  if (order.restart) handle = start();
  if (order.clock !== undefined) state.clock = order.clock;
  if (order.broken) state.broken = new Set(order.broken);
  if (order.hanging) state.hanging = new Set(order.hanging);
  if (order.limits !== undefined) state.limits = order.limits;
  if (order.publish) return env.PUBLISHER.getByName(order.publish.environment).publish(order.publish);
  if (order.readClock) return { clock: state.clock };
  if (order.rollback) return env.PUBLISHER.getByName(order.rollback.environment).rollback(order.rollback);
  if (order.versionsOf) return env.PUBLISHER.getByName(order.versionsOf).versions(10);
  if (order.blobOf) return env.PUBLISHER.getByName(order.blobOf.environment).blob(order.blobOf.hash);
  if (order.putKv) await env.RULES.put(order.putKv.key, order.putKv.value);
  if (order.deleteKv) await env.RULES.delete(order.deleteKv);
  if (order.getKv) return env.RULES.get(order.getKv);
  if (!order.observe) return null;
  const { calls, compiled } = state;
  state.calls = [];
  state.compiled = [];
  return { calls, compiled };
};

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname === "/test") return Response.json(await obey(await request.json(), env));
    const behind: Promise<unknown>[] = [];
    const response = await handle(
      request,
      {
        RULES: observe(env.RULES, "RULES"),
        PUBLISHER: observe(env.PUBLISHER, "PUBLISHER"),
        ...(state.limits && env.RATE_LIMIT && { RATE_LIMIT: observe(env.RATE_LIMIT, "RATE_LIMIT"), ...state.limits }),
      },
      (promise) => {
        ctx.waitUntil(promise);
        behind.push(promise);
      },
    );
    // What runs behind the response is over when the test has it, so that no test needs to wait.
    response.headers.set("x-behind", String(behind.length));
    if (state.hanging.size === 0) await Promise.all(behind);
    return response;
  },
};
