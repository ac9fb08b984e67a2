import { type Item, PLAN, PRICES } from "./prices.ts";

/** What was measured. */
export interface Footprint {
  /** Rows that a message of one unit writes when it comes to its shard alone, … */
  readonly rowsAlone: number;
  /** … and when it comes with so many others in one call. */
  readonly rowsTogether: number;
  readonly together: number;
  /** In the archive, packed. */
  readonly archiveBytesPerEvent: number;
  /** Of a shard's database, ids of the last days' messages and all. */
  readonly diskBytesPerUnit: number;
  /** All Workers together, with the local stand-ins for the platform's services. */
  readonly cpuMsPerEvent: number;
}

/** How the events come. */
export interface Traffic {
  readonly eventsPerBatch: number;
  readonly eventsPerSecond: number;
  readonly shards: number;
  /** Isolates that take batches, each of which tells the shards what it sent. */
  readonly isolates: number;
  readonly eventsPerUnit: number;
}

/** See `max_batch_size` and `max_batch_timeout` in workers/ingest/wrangler.toml, and workers/ingest/note-sent.ts. */
const MAX_MESSAGES = 100;
const QUEUE_WAIT_S = 2;
const NOTE_EVERY_S = 5;
/** A month has so many seconds. */
const MONTH_S = 30 * 86_400;

/** How many of each item a million events need. */
export const usageOf = (footprint: Footprint, traffic: Traffic): Readonly<Record<Item, number>> => {
  const { eventsPerBatch, eventsPerSecond, shards, isolates, eventsPerUnit } = traffic;
  const events = 1e6;
  /** A batch is about one unit, so it is one message. */
  const messages = events / eventsPerBatch;
  const together = Math.min(MAX_MESSAGES, Math.max(1, (eventsPerSecond / eventsPerBatch) * QUEUE_WAIT_S));
  const deliveries = messages / together;
  /** The expected number of different shards among the messages of a delivery: each is one call and one archive file. */
  const calls = deliveries * shards * (1 - (1 - 1 / shards) ** together);
  const notes = Math.min(
    messages,
    (events / eventsPerSecond / NOTE_EVERY_S) * Math.min(shards * isolates, eventsPerSecond),
  );
  /** A call writes a row of the journal, and a message those of its unit and its id. */
  const rowsPerCall = (footprint.rowsAlone - footprint.rowsTogether) / (1 - 1 / footprint.together);
  const rowsPerMessage = footprint.rowsAlone - rowsPerCall;
  const rows = rowsPerMessage * messages + rowsPerCall * calls;
  const cpuMs = footprint.cpuMsPerEvent * events;
  return {
    request: messages + deliveries,
    cpu_ms: cpuMs,
    queue_operation: 3 * messages,
    object_request: calls + notes,
    object_gb_s: (cpuMs / 1_000) * 0.128,
    row_written: rows,
    row_read: 2 * messages,
    archive_write: calls,
    archive_mb_month: (footprint.archiveBytesPerEvent * events) / 1e6,
    object_mb_month: (footprint.diskBytesPerUnit * (events / eventsPerUnit)) / 1e6,
    /** The front, ingest, the consumer, and the shards. */
    log_line: 2 * messages + deliveries + calls + notes,
  };
};

/** Dollars for a million events, item by item, as if nothing were included. */
export const costOf = (usage: Readonly<Record<Item, number>>): ReadonlyMap<Item, number> =>
  new Map((Object.keys(PRICES) as Item[]).map((item) => [item, (usage[item] / 1e6) * PRICES[item].perMillion]));

/** Dollars for a million events in a month of steady traffic: the plan, and what it does not include. */
export const billOf = (usage: Readonly<Record<Item, number>>, eventsPerSecond: number): number => {
  const millions = (eventsPerSecond * MONTH_S) / 1e6;
  let dollars = PLAN;
  for (const item of Object.keys(PRICES) as Item[]) {
    const { perMillion, included } = PRICES[item];
    dollars += (Math.max(0, usage[item] * millions - included) / 1e6) * perMillion;
  }
  return dollars / millions;
};
