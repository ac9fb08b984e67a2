import { LedgerCounts } from "../../contract/ledger.ts";
import type { EventMessage } from "../../contract/event-message.ts";
import { SumsKind } from "../../contract/sums.ts";
import { addLedgers, emptyLedger } from "../../counting/ledger-counts.ts";
import { messageText } from "../../counting/message-text.ts";
import { shardName } from "../../durable-objects/shard-name.ts";
import { consumeDeadLetters } from "../../workers/ingest/consume-dead-letters.ts";
import { consumeEvents } from "../../workers/ingest/consume-events.ts";
import type { Env as IngestEnv } from "../../workers/ingest/env.ts";
import { handleRequest } from "../../workers/ingest/post-events.ts";

/**
 * The ingest Worker's handlers with bindings that can be made to fail, beside the real one and on the same queue, archive and
 * shards. `POST /test` takes orders, everything else is the handler's.
 */
interface Env extends IngestEnv {
  readonly DEAD: Queue<string>;
}

type Binding = "EVENTS" | "ARCHIVE" | "UNIT_SHARD" | "RULES" | "PUBLISHER";

interface Order {
  /** The bindings whose use throws from now on. */
  readonly broken?: readonly Binding[];
  /** Whether the queue takes messages from now on and loses them. */
  readonly lossy?: boolean;
  /** Answers how often the publisher was asked for something since the last time. */
  readonly observe?: boolean;
  /** Answers how often a broken binding was used so far. */
  readonly observeBroken?: Binding;
  readonly publish?: { readonly environment: string; readonly text: string; readonly source_revision: number };
  /** Cells and ledger of an environment's shards, each as it is. */
  readonly read?: { readonly environment: string; readonly shards: number; readonly experiment_ids: string[] };
  /** The texts in the archive below a prefix, unpacked. */
  readonly archived?: string;
  /** The texts of objects below a prefix that are not packed. */
  readonly objects?: string;
  /** What objects below a prefix say about why their message failed. */
  readonly reasons?: string;
  /** Messages of one shard. */
  readonly apply?: EventMessage[];
  readonly deadLetter?: EventMessage;
  readonly send?: EventMessage[];
  readonly sendDead?: EventMessage[];
}

let broken = new Set<Binding>();
let lossy = false;
let publisherCalls = 0;
/** How often a broken binding was used. */
const failures = new Map<Binding, number>();

const refusing = <T extends object>(binding: T, name: Binding): T =>
  new Proxy(binding, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        if (name === "PUBLISHER") publisherCalls += 1;
        if (broken.has(name)) {
          failures.set(name, (failures.get(name) ?? 0) + 1);
          throw new Error(`${name} is out of reach.`);
        }
        if (name === "EVENTS" && lossy) return Promise.resolve();
        return Reflect.apply(value, target, args);
      };
    },
  });

const observed = (env: Env): IngestEnv => ({
  ...env,
  EVENTS: refusing(env.EVENTS, "EVENTS"),
  EVENT_TAIL: env.EVENT_TAIL,
  ARCHIVE: refusing(env.ARCHIVE, "ARCHIVE"),
  UNIT_SHARD: refusing(env.UNIT_SHARD, "UNIT_SHARD"),
  RULES: refusing(env.RULES, "RULES"),
  PUBLISHER: refusing(env.PUBLISHER, "PUBLISHER"),
});

const listTexts = async (bucket: R2Bucket, prefix: string, unpack: boolean): Promise<Record<string, string>> => {
  const { objects } = await bucket.list({ prefix });
  const texts: Record<string, string> = {};
  for (const { key } of objects) {
    const body = (await bucket.get(key))?.body;
    if (body) texts[key] = await new Response(unpack ? body.pipeThrough(new DecompressionStream("gzip")) : body).text();
  }
  return texts;
};

const textOf = (message: EventMessage): MessageSendRequest<string> => ({
  body: messageText(message),
  contentType: "text",
});

const obey = async (order: Order, env: Env): Promise<unknown> => {
  const shardOf = ({ environment, generation, shard }: EventMessage) =>
    env.UNIT_SHARD.getByName(shardName(environment, generation, shard));
  if (order.broken) broken = new Set(order.broken);
  if (order.lossy !== undefined) lossy = order.lossy;
  if (order.observe) {
    const calls = publisherCalls;
    publisherCalls = 0;
    return calls;
  }
  if (order.observeBroken) return failures.get(order.observeBroken) ?? 0;
  if (order.publish) return env.PUBLISHER.getByName(order.publish.environment).publish(order.publish);
  if (order.read) {
    const { environment, shards, experiment_ids } = order.read;
    let ledger = emptyLedger();
    const cells = [];
    for (let shard = 0; shard < shards; shard++) {
      const stub = env.UNIT_SHARD.getByName(shardName(environment, 1, shard));
      ledger = addLedgers(ledger, LedgerCounts.parse(await stub.ledger()));
      cells.push(...(await stub.sums({ experiment_ids, kinds: SumsKind.options })));
    }
    return { ledger, cells };
  }
  if (order.archived !== undefined) return listTexts(env.ARCHIVE, order.archived, true);
  if (order.objects !== undefined) return listTexts(env.ARCHIVE, order.objects, false);
  if (order.reasons !== undefined) {
    const { objects } = await env.ARCHIVE.list({ prefix: order.reasons, include: ["customMetadata"] });
    return Object.fromEntries(objects.map(({ key, customMetadata }) => [key, customMetadata?.["reason"] ?? null]));
  }
  const [first] = order.apply ?? [];
  if (order.apply && first) return shardOf(first).apply(order.apply.map(messageText));
  if (order.deadLetter) await shardOf(order.deadLetter).deadLetter(messageText(order.deadLetter));
  if (order.send) await env.EVENTS.sendBatch(order.send.map(textOf));
  if (order.sendDead) await env.DEAD.sendBatch(order.sendDead.map(textOf));
  return {};
};

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname !== "/test") return handleRequest(request, observed(env), ctx);
    return Response.json((await obey(await request.json(), env)) ?? null);
  },
  queue: (batch, env) => (batch.queue === "dead" ? consumeDeadLetters : consumeEvents)(batch, observed(env)),
} satisfies ExportedHandler<Env, string>;
