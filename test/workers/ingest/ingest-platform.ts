import { createHash } from "node:crypto";
import { createTestHarness } from "wrangler";
import { afterAll, beforeAll } from "vitest";
import type { AcceptedEvent, EventMessage, MessageHead, RefusedEvent } from "../../../contract/event-message.ts";
import type { EventReceipt } from "../../../contract/event.ts";
import type { LedgerCounts } from "../../../contract/ledger.ts";
import type { Ruleset } from "../../../contract/ruleset.ts";
import type { SumsCell } from "../../../contract/sums.ts";
import { encodeRuleset } from "../../../core/encode-ruleset.ts";
import { messageText, parseMessages } from "../../../counting/message-text.ts";
import { aRuleset } from "../../counting/fixtures.ts";
import { eventually } from "../../platform.ts";

export const SHARDS = 4;

/** Requests that the Worker whose bindings can break takes in a minute, from an address or with a server's key. */
export const OBSERVED_PER_MINUTE = 40;

export const keyOf = (environment: string, type: "client" | "server" = "client"): string =>
  `ew_${type}_${environment}_${"k".repeat(32)}`;

interface Consumer {
  queue(
    name: string,
    messages: { id: string; timestamp: Date; attempts: number; body: string }[],
  ): Promise<{ explicitAcks: string[]; retryMessages: { msgId: string; delaySeconds: number }[] }>;
}

/** One event of the archive. */
type ArchivedLine = MessageHead & { readonly event?: AcceptedEvent; readonly rejected?: RefusedEvent };

/** The real decide and ingest Workers, and a third one through which a test publishes, reads and breaks things. */
export const startIngest = () => {
  const harness = createTestHarness({
    root: new URL("../../..", import.meta.url).pathname,
    workers: [
      {
        config: {
          name: "observed-ingest",
          main: "test/workerd/observed-ingest.ts",
          compatibility_date: "2026-11-01",
          kv_namespaces: [{ binding: "RULES", id: "edgeworth-rules" }],
          durable_objects: {
            bindings: [
              { name: "PUBLISHER", class_name: "RulesetPublisher", script_name: "edgeworth-decide" },
              { name: "UNIT_SHARD", class_name: "UnitShard", script_name: "edgeworth-ingest" },
              { name: "EVENT_TAIL", class_name: "EventTail", script_name: "edgeworth-ingest" },
            ],
          },
          queues: {
            producers: [
              { binding: "EVENTS", queue: "edgeworth-events" },
              { binding: "DEAD", queue: "edgeworth-events-dead" },
            ],
          },
          r2_buckets: [{ binding: "ARCHIVE", bucket_name: "edgeworth-archive" }],
          ratelimits: [{ name: "RATE_LIMIT", namespace_id: "5003", simple: { limit: 100_000, period: 60 } }],
          vars: {
            CLIENT_REQUESTS_PER_MINUTE: String(OBSERVED_PER_MINUTE),
            SERVER_REQUESTS_PER_MINUTE: String(OBSERVED_PER_MINUTE),
          },
        },
      },
      { configPath: "workers/ingest/wrangler.toml" },
      { configPath: "workers/decide/wrangler.toml" },
    ],
  });
  const ingest = harness.getWorker("edgeworth-ingest");
  const observed = harness.getWorker("observed-ingest");
  beforeAll(async () => {
    await harness.listen();
  });
  afterAll(() => harness.close());

  const order = async <Answer>(command: object): Promise<Answer> => {
    const response = await observed.fetch("http://test/test", { method: "POST", body: JSON.stringify(command) });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Answer;
  };

  let revision = 0;
  const read = (environment: string, ...experiment_ids: string[]) =>
    order<{ ledger: LedgerCounts; cells: SumsCell[] }>({ read: { environment, shards: SHARDS, experiment_ids } });

  return {
    harness,
    order,
    ingest,
    observed,
    read,
    /** Makes a ruleset with both keys of the environment its newest one. */
    publish: (environment: string, change: Partial<Ruleset> = {}) =>
      order({
        publish: {
          environment,
          source_revision: ++revision,
          text: JSON.stringify(
            encodeRuleset(
              aRuleset({
                environment,
                shards: SHARDS,
                keys: (["client", "server"] as const).map((type) => ({
                  id: type,
                  type,
                  hash: createHash("sha256").update(keyOf(environment, type)).digest("hex"),
                })),
                ...change,
              }),
            ),
          ),
        },
      }),

    post: (environment: string, body: unknown, headers: Record<string, string> = {}) =>
      ingest.fetch("http://test/v1/events", {
        method: "POST",
        headers: { authorization: `Bearer ${keyOf(environment)}`, "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),

    /** The same through the Worker whose bindings can break. */
    postObserved: (environment: string, body: unknown, headers: Record<string, string> = {}) =>
      observed.fetch("http://test/v1/events", {
        method: "POST",
        headers: { "x-api-key": keyOf(environment), ...headers },
        body: JSON.stringify(body),
      }),

    /** Sends a batch that must be taken. */
    async send(environment: string, batch_id: string, events: readonly unknown[]): Promise<EventReceipt> {
      const response = await this.post(environment, { batch_id, events });
      if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
      return (await response.json()) as EventReceipt;
    },

    /** Waits until so many events were received and every one of them is accounted for. */
    settled: (environment: string, received: number, ...experiment_ids: string[]) =>
      eventually(
        () => read(environment, ...experiment_ids),
        ({ ledger }) => ledger.received >= received && differenceOf(ledger) === 0,
      ),

    /** Every event and refused event of an environment's archive, with what its message says; each message once. */
    async archived(environment: string): Promise<ArchivedLine[]> {
      const files = await order<Record<string, string>>({ archived: `events/${environment}/` });
      const messages = Object.values(files).flatMap(parseMessages);
      const once = new Map(messages.map((message) => [`${message.message_id}:${message.intake}`, message]));
      return [...once.values()].flatMap(({ events, rejected, ...head }): ArchivedLine[] => [
        ...events.map((event) => ({ ...head, event })),
        ...rejected.map((refused) => ({ ...head, rejected: refused })),
      ]);
    },

    /** Hands messages to the observed Worker's consumer as the queue would. */
    async consume(queue: "events" | "dead", messages: readonly EventMessage[]) {
      const consumer = (await observed.getExport()) as unknown as Consumer;
      return consumer.queue(
        queue,
        messages.map((message) => ({
          id: message.message_id,
          timestamp: new Date(),
          attempts: 1,
          body: messageText(message),
        })),
      );
    },
  };
};

/** Events that are under way, or lost. */
export const differenceOf = ({
  received,
  applied,
  duplicate,
  late,
  bot,
  dead_lettered,
  rejected,
}: LedgerCounts): number =>
  received -
  (applied + duplicate + late + bot + dead_lettered + Object.values(rejected).reduce((sum, count) => sum + count, 0));
