import type { CreatedApiKey } from "../../../contract/api-key.ts";
import type { AcceptedEvent } from "../../../contract/event-message.ts";
import type { Experiment } from "../../../contract/experiment.ts";
import type { Ledger } from "../../../contract/ledger.ts";
import type { ExperimentSums } from "../../../contract/live.ts";
import type { SumsCell } from "../../../contract/sums.ts";
import { eventLine } from "../../../counting/message-text.ts";
import { partition } from "../../../workers/ingest/partition.ts";
import { createUnlessTaken } from "../../../scripts/admin-client.ts";
import { eventually, type Platform } from "../../platform.ts";

/** What the tests use of an ingest Worker's handler. */
interface Consumer {
  queue(
    name: string,
    messages: { id: string; timestamp: Date; attempts: number; body: string }[],
  ): Promise<{ explicitAcks: string[]; retryMessages: { msgId: string }[] }>;
}

export interface Shop {
  readonly environment: string;
  /** Of the experiment `<environment>_button`. */
  readonly experiment: Experiment;
  /** An exposure as it is sent. */
  exposure(unit: string, variant?: "control" | "treatment", change?: object): object;
  purchase(unit: string, value: number, change?: object): object;
  /** Sends a batch, which must be taken. */
  send(batch_id: string, events: readonly object[]): Promise<void>;
  ledger(): Promise<Ledger>;
  /** Waits until so many events were received and all of them are accounted for. */
  settled(received: number): Promise<Ledger>;
  /** Exposed units of a variant, and what they spent in millionths, as they are counted now. */
  counted(variant: "control" | "treatment"): Promise<{ units: number; spent: string }>;
  /** The messages that ingest would make of events for a generation, told apart by `batch_id`. */
  messagesOf(
    batch_id: string,
    events: readonly Pick<AcceptedEvent, "event_id" | "units">[],
    generation: { readonly generation: number; readonly shards: number },
  ): string[];
  /** Hands messages to the consumer of a queue; gives how many it acknowledged. */
  consume(queue: "edgeworth-events" | "edgeworth-events-dead", texts: readonly string[]): Promise<number>;
}

const total = (cells: readonly SumsCell[], value: (cell: SumsCell) => bigint): bigint =>
  cells.reduce((sum, cell) => sum + value(cell), 0n);

/** An environment of so many shards with one experiment by `user_id`, whose metric is what was spent. */
export const openShop = async (
  { admin, url, harness }: Platform,
  environment: string,
  shards: number,
  change: object = {},
): Promise<Shop> => {
  await admin.post("/environments", { key: environment, shards, ...change });
  const { key } = await admin.post<CreatedApiKey>("/api-keys", { name: environment, type: "server", environment });
  await createUnlessTaken(admin, "/metrics", {
    key: "spent",
    name: "Spent",
    type: "sum",
    event: "purchase",
    value: "value",
  });
  const draft = await admin.post<Experiment>("/experiments", {
    key: `${environment}_button`,
    name: `${environment} button`,
    environments: [environment],
    unit_type: "user_id",
    variants: [
      { key: "control", weight: 50 },
      { key: "treatment", weight: 50 },
    ],
    primary_metric: "spent",
    dimensions: ["country"],
  });
  const experiment = await admin.patch<Experiment>(`/experiments/${draft.key}/status`, { status: "running" });
  const idOf = (variant: string): string => experiment.variants.find((each) => each.key === variant)?.id ?? "";

  let events = 0;
  const common = (unit: string) => ({ event_id: `${environment}-${++events}`, timestamp: Date.now(), user_id: unit });
  const ledger = (): Promise<Ledger> => admin.get<Ledger>(`/ledger?environment=${environment}`);

  return {
    environment,
    experiment,
    exposure: (unit, variant = "treatment", change = {}) => ({
      ...common(unit),
      type: "exposure",
      experiment_key: experiment.key,
      variant_key: variant,
      context: { country: unit.length % 2 === 0 ? "DE" : "AT" },
      ...change,
    }),
    purchase: (unit, value, change = {}) => ({ ...common(unit), type: "metric", name: "purchase", value, ...change }),
    async send(batch_id, sent) {
      const answer = await fetch(`${url}/v1/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify({ batch_id, events: sent }),
      });
      if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
    },
    ledger,
    settled: (received) => eventually(ledger, (shown) => shown.received >= received && shown.difference === 0, 60_000),
    async counted(variant) {
      const { cells } = await admin.get<ExperimentSums>(
        `/experiments/${experiment.key}/sums?environment=${environment}&kind=day`,
      );
      const own = cells.filter(({ variant_id }) => variant_id === idOf(variant));
      const exposed = own.filter(({ metric_id }) => metric_id === "");
      return {
        units: Number(total(exposed, ({ n }) => BigInt(n))),
        spent: String(total(own, ({ sums }) => BigInt(sums.y ?? "0"))),
      };
    },
    messagesOf: (batch_id, sent, generation) =>
      partition(
        {
          batch_id,
          intake: "00112233aabbccdd",
          received_at: Date.now(),
          accepted: sent.map(({ event_id, units }) => {
            const at = Date.now();
            const event: AcceptedEvent = {
              event_id,
              units,
              at,
              timestamp: at,
              type: "metric",
              name: "purchase",
              value: 1,
            };
            return { event, line: eventLine(event) };
          }),
          refused: [],
        },
        { environment, ...generation },
      ).map(({ text }) => text),
    async consume(queue, texts) {
      const consumer = (await harness.getWorker("edgeworth-ingest").getExport()) as unknown as Consumer;
      const { explicitAcks } = await consumer.queue(
        queue,
        texts.map((body, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body })),
      );
      return explicitAcks.length;
    },
  };
};
