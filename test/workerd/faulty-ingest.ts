import type { Faults, Strikes } from "../faults/faults.ts";
import ingest, { Replay as RealReplay, UnitShard as RealUnitShard } from "../../workers/ingest/index.ts";
import type { Env as IngestEnv } from "../../workers/ingest/env.ts";

/**
 * The ingest Worker in a world that breaks on demand: all of it is the real one, but for what its bindings and its runtime do to
 * it. `POST /faults` takes a {@link Faults} and answers with {@link Strikes}, everything else is the Worker's.
 */
// oxlint-disable-next-line import/export -- the classes below stand in for those of the same names
export * from "../../workers/ingest/index.ts";

/** A shard that can be thrown out of memory. */
export class UnitShard extends RealUnitShard {
  abort(): void {
    this.ctx.abort("Thrown out of memory by a test.");
  }
}

interface Env extends Omit<IngestEnv, "UNIT_SHARD"> {
  readonly UNIT_SHARD: DurableObjectNamespace<UnitShard>;
}

let faults: Faults = {};
let crashesLeft = 0;
const strikes: Strikes = { archive: 0, queue: 0, shards: 0, consumerCrashes: 0, aborts: 0 };

type Method = (...args: never[]) => unknown;

/** The same object, whose methods are called through `around`. */
const wrapped = <T extends object>(target: T, around: (name: string | symbol, call: Method) => Method): T =>
  new Proxy(target, {
    get(real, name) {
      const value: unknown = Reflect.get(real, name);
      return typeof value === "function" ? around(name, (...args) => Reflect.apply(value, real, args)) : value;
    },
  });

const archive = (bucket: R2Bucket): R2Bucket =>
  wrapped(bucket, (name, call) => (...args) => {
    if (faults.archive !== "down" || name !== "put") return call(...args);
    strikes.archive++;
    throw new Error("put: We encountered an internal error. Please try again. (10001)");
  });

const queue = (events: Queue<string>): Queue<string> =>
  wrapped(events, (name, call) => async (...args) => {
    if (faults.queue === undefined) return call(...args);
    strikes.queue++;
    const [messages] = args as unknown as [Iterable<MessageSendRequest<string>>];
    if (faults.queue === "half" && name === "sendBatch") await events.sendBatch([...messages].slice(0, 1));
    throw new Error("Queue sendBatch failed: Too Many Requests");
  });

const overloaded = (): Error =>
  Object.assign(new Error("Durable Object is overloaded. Too many requests queued."), {
    overloaded: true,
    remote: true,
  });

const shards = <T extends Rpc.DurableObjectBranded>(namespace: DurableObjectNamespace<T>): DurableObjectNamespace<T> =>
  wrapped(namespace, (name, call) => (...args) => {
    const stub = call(...args);
    if (name !== "getByName" || typeof stub !== "object" || stub === null) return stub;
    return new Proxy(stub, {
      get(real, method) {
        const value: unknown = Reflect.get(real, method);
        if (typeof value !== "function" || faults.shards === undefined) return value;
        return async (...rest: unknown[]): Promise<unknown> => {
          if (faults.shards === "unanswering") await Reflect.apply(value, real, rest);
          strikes.shards++;
          throw overloaded();
        };
      },
    });
  });

/** How often a replay has died, and how many more calls the next one makes. */
let replayDeaths = 0;
let callsLeft = 0;

/** Shards whose caller dies with some of the calls. */
const deadly = <T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  die: () => Promise<never>,
): DurableObjectNamespace<T> =>
  wrapped(namespace, (name, call) => (...args) => {
    const stub = call(...args);
    if (name !== "getByName" || typeof stub !== "object" || stub === null) return stub;
    return new Proxy(stub, {
      get(real, method) {
        const value: unknown = Reflect.get(real, method);
        const deaths = faults.replayDeaths ?? 0;
        if (typeof value !== "function" || replayDeaths >= deaths) return value;
        return async (...rest: unknown[]): Promise<unknown> => {
          if (callsLeft > 0) {
            callsLeft--;
            return Reflect.apply(value, real, rest);
          }
          replayDeaths++;
          callsLeft = replayDeaths;
          strikes.aborts++;
          if (replayDeaths % 2 === 0) await Reflect.apply(value, real, rest);
          return die();
        };
      },
    });
  });

/** Replays that can be thrown out of memory. */
export class Replay extends RealReplay {
  constructor(ctx: DurableObjectState, env: IngestEnv) {
    const die = (): Promise<never> => {
      ctx.abort("Thrown out of memory by a test.");
      return new Promise(() => undefined);
    };
    super(ctx, { ...env, UNIT_SHARD: deadly(env.UNIT_SHARD, die) });
  }
}

const faulty = (env: Env): IngestEnv => ({
  ...env,
  ARCHIVE: archive(env.ARCHIVE),
  EVENTS: queue(env.EVENTS),
  UNIT_SHARD: shards(env.UNIT_SHARD as unknown as IngestEnv["UNIT_SHARD"]),
});

const nothing = (): void => undefined;

/** The same messages, with nobody who hears what is said of them. */
const deaf = <Body>(batch: MessageBatch<Body>): MessageBatch<Body> => {
  const messages = batch.messages.map(({ id, timestamp, body, attempts }) => ({
    id,
    timestamp,
    body,
    attempts,
    ack: nothing,
    retry: nothing,
  }));
  return { messages, queue: batch.queue, metadata: batch.metadata, ackAll: nothing, retryAll: nothing };
};

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname !== "/faults") return ingest.fetch(request, faulty(env), ctx);
    const { consumerCrashes = 0, abort = [], ...rest } = await request.json<Faults>();
    faults = rest;
    crashesLeft = consumerCrashes;
    for (const name of abort) {
      // The object that dies cannot answer.
      await env.UNIT_SHARD.getByName(name)
        .abort()
        .catch(() => undefined);
      strikes.aborts++;
    }
    return Response.json(strikes);
  },
  async queue(batch, env) {
    if (crashesLeft === 0) return ingest.queue(batch, faulty(env));
    crashesLeft--;
    await ingest.queue(deaf(batch), faulty(env));
    strikes.consumerCrashes++;
    throw new Error("The consumer died before it acknowledged anything.");
  },
} satisfies ExportedHandler<Env, string>;
