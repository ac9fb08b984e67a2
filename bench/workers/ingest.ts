import { IncomingEvent } from "../../contract/event.ts";
import { type IntakeRules, refusalOf } from "../../workers/ingest/intake-rules.ts";
import { type Taken, partition } from "../../workers/ingest/partition.ts";
import { readEvent } from "../../workers/ingest/read-event.ts";
import { BATCH_EVENTS, rules, someBatches } from "../harness/some-batches.ts";

const BATCHES = 500;
const clock = { receivedAt: 1_795_000_000_000, skewMs: 0 };
const intake = { intake: "0123456789abcdef", received_at: clock.receivedAt, refused: [] };

/** What the ingest Worker does with a batch that is parsed, up to the queue. Answers the bytes of its messages. */
const take = (batch_id: string, events: readonly unknown[], counted: IntakeRules): number => {
  const accepted: Taken[] = [];
  for (const input of events) {
    const reading = readEvent(input, clock);
    if (reading.kind === "refused" || refusalOf(reading.event, counted))
      throw new Error(`A made-up event was refused: ${JSON.stringify(reading)}`);
    accepted.push(reading);
  }
  let bytes = 0;
  for (const message of partition({ ...intake, batch_id, accepted }, counted)) bytes += message.bytes;
  return bytes;
};

interface Batch {
  readonly batch_id: string;
  readonly events: readonly unknown[];
}

/** The same batch as it is sent, and parsed. */
interface Sent {
  readonly text: string;
  readonly batch: Batch;
}

/** What is done with a batch, by the path's first part. */
const work: Readonly<Record<string, (sent: Sent) => number>> = {
  take: ({ batch }) => take(batch.batch_id, batch.events, rules),
  parse: ({ text }) => (JSON.parse(text) as Batch).events.length,
  schema: ({ batch }) => batch.events.filter((event) => IncomingEvent.safeParse(event).success).length,
};

/** By the path's second part. */
const batches = new Map<string, Sent[]>();

const batchesOf = (kind: string): Sent[] => {
  let made = batches.get(kind);
  if (!made) {
    made = someBatches(BATCHES, kind === "browser" ? 1 : BATCH_EVENTS).map((batch) => {
      const text = JSON.stringify(batch);
      return { text, batch: JSON.parse(text) as Batch };
    });
    batches.set(kind, made);
  }
  return made;
};

export default {
  /** `/<work>/<kind>/<batches>`: does it, and answers what came out, so that nothing is left out. */
  fetch(request: Request): Response {
    const [, name = "", kind = "", count = "0"] = new URL(request.url).pathname.split("/");
    const each = work[name];
    if (!each) return new Response("There is no such work.", { status: 404 });
    const made = batchesOf(kind);
    let result = 0;
    for (let index = 0; index < Number(count); index++) {
      const sent = made[index % made.length];
      if (sent) result += each(sent);
    }
    return new Response(String(result));
  },
};
