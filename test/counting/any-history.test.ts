import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AcceptedEvent, EventMessage } from "../../contract/event-message.ts";
import { countingPlan } from "../../counting/counting-plan.ts";
import { addLedgers, emptyLedger } from "../../counting/ledger-counts.ts";
import { aMessage, aMetric, anExperiment, aRuleset, DAY, HORIZON, HOUR, T0 } from "./fixtures.ts";
import { createMemoryShard } from "./memory-shard.ts";
import { type Batch, countPlainly } from "./reference.ts";

const MINUTE = 60_000;

const ruleset = aRuleset({
  shards: 2,
  metrics: [
    aMetric({ id: "converted" }),
    aMetric({ id: "converted_in_a_day", window_hours: 24 }),
    aMetric({ id: "revenue", type: "sum" }),
    aMetric({ id: "revenue_capped", type: "sum", cap: 30, window_hours: 72.5 }),
    aMetric({ id: "tax", type: "sum", value: "tax" }),
    aMetric({ id: "clicked", event: "click" }),
    aMetric({ id: "waited", type: "quantile", event: "click" }),
  ],
  experiments: [
    anExperiment({
      id: "button",
      metrics: ["converted", "revenue", "tax", "waited"].map((id) => ({ id, role: "primary" })),
    }),
    anExperiment({
      id: "price",
      phases: [
        { number: 1, started_at: T0 + 2 * HOUR },
        { number: 2, started_at: T0 + 2 * DAY },
        { number: 3, started_at: T0 + 15 * DAY },
      ],
      metrics: ["converted_in_a_day", "revenue_capped", "revenue", "clicked", "clicked"].map((id) => ({
        id,
        role: "primary",
      })),
    }),
    anExperiment({
      id: "device",
      unit_type: "device_id",
      metrics: ["converted", "revenue_capped"].map((id) => ({ id, role: "primary" })),
    }),
  ],
});
const plan = countingPlan(ruleset, 1, HORIZON);

const units = fc.constantFrom<AcceptedEvent["units"][]>(
  [["user_id", "u1"]],
  [["user_id", "u2"]],
  [["device_id", "d1"]],
  [
    ["device_id", "d1"],
    ["user_id", "u1"],
  ],
  [
    ["device_id", "d2"],
    ["user_id", "u1"],
  ],
);
// Few values, so that the same instant, and both ends of each window, come often.
const at = (spanMs: number) =>
  fc.oneof(
    fc.integer({ min: 0, max: spanMs }),
    fc.constantFrom(0, HOUR, DAY - 1, DAY, DAY + 1, 72.5 * HOUR, 2 * DAY).map((offset) => Math.min(offset, spanMs)),
  );

const content = (spanMs: number) =>
  fc.oneof(
    fc.record({
      type: fc.constant("exposure" as const),
      at: at(spanMs),
      units,
      experiment_key: fc.constantFrom("button", "button", "price", "price", "device", "nowhere"),
      variant_key: fc.constantFrom("control", "treatment", "treatment", "treatment", "nothing"),
    }),
    fc.record(
      {
        type: fc.constant("metric" as const),
        at: at(spanMs),
        units,
        name: fc.constantFrom("purchase", "purchase", "click", "scroll"),
        value: fc.oneof(
          fc.constantFrom(0, -3, 19.99, 0.0078125, -0.0000005, 1e9),
          fc.double({ min: -50, max: 50, noNaN: true }),
        ),
        properties: fc.constantFrom<NonNullable<AcceptedEvent["properties"]>[]>(
          { tax: 1.25 },
          { tax: "1.25" },
          { tax: 2e9 },
          { taxes: 3 },
          {},
        ),
      },
      { requiredKeys: ["type", "at", "units", "name"] },
    ),
  );

const byTime = (events: readonly AcceptedEvent[]) => events.toSorted((a, b) => a.at - b.at);

const owns = (shard: number) => (_type: string, unit: string) =>
  (unit.charCodeAt(1) + unit.charCodeAt(0)) % 2 === shard;

const REJECTED = { code: "invalid_event" as const, event: "{}" };

/** One batch as the shards get it: a message to each shard that has one of its units. */
const messagesOf = (batch_id: string, received_at: number, events: readonly AcceptedEvent[]): EventMessage[] =>
  [0, 1].flatMap((shard) => {
    const here = events.filter((event) => event.units.some(([type, unit]) => owns(shard)(type, unit)));
    const rejected = shard === 0 ? [REJECTED] : [];
    return aMessage({
      message_id: `${batch_id}-${shard}`,
      batch_id,
      shard,
      shards: 2,
      received_at,
      events: here,
      rejected,
    });
  });

const history = fc.constantFrom(2 * HOUR, 4 * DAY, 40 * DAY, 60 * DAY).chain((spanMs) =>
  fc
    .array(content(spanMs), { minLength: 1, maxLength: 20, size: "max" })
    .map((contents) =>
      contents.map((event, index): AcceptedEvent => ({
        ...event,
        at: T0 + event.at,
        timestamp: T0 + event.at,
        event_id: `e${index}`,
      })),
    )
    .chain((events) =>
      fc.record({
        batches: fc.array(
          fc.record({
            // Mostly events that happened near one another, as in a browser's batch.
            events: fc.oneof(
              {
                weight: 3,
                arbitrary: fc
                  .tuple(fc.nat(events.length - 1), fc.integer({ min: 1, max: 6 }))
                  .map(([first, count]) => byTime(events).slice(first, first + count)),
              },
              { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...events), { minLength: 1, maxLength: 8 }) },
            ),
            // From the earliest that the clock check allows to past the late limit.
            receivedAfter: fc.oneof(fc.integer({ min: -10 * MINUTE, max: HOUR }), fc.integer({ min: 0, max: 9 * DAY })),
            deliveries: fc.array(fc.integer({ min: 0, max: 5 * DAY }), { minLength: 1, maxLength: 3 }),
          }),
          { minLength: 1, maxLength: 12, size: "max" },
        ),
        groups: fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
      }),
    ),
);

/** The cells after messages that come one by one. */
const outcome = (order: readonly EventMessage[]) => {
  const shard = createMemoryShard(() => true);
  for (const message of order) shard.apply([message], plan);
  return shard.cells().toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

interface Cell {
  readonly n: number;
  readonly sum: string;
  readonly sum_of_squares: string;
}
const plus = (a: Cell | undefined, b: Cell): Cell =>
  a === undefined
    ? b
    : {
        n: a.n + b.n,
        sum: String(BigInt(a.sum) + BigInt(b.sum)),
        sum_of_squares: String(BigInt(a.sum_of_squares) + BigInt(b.sum_of_squares)),
      };

describe("counting", () => {
  it("gives exactly what the definitions say, in any order, any batches and however often anything comes", () => {
    let crossovers = 0;
    let late = 0;
    let settled = 0;
    fc.assert(
      fc.property(history, ({ batches, groups }) => {
        const received: Batch[] = [];
        const deliveries: { message: EventMessage; at: number }[] = [];
        for (const [index, batch] of batches.entries()) {
          const received_at = Math.max(...batch.events.map((event) => event.at)) + batch.receivedAfter;
          // Within the batch too, every other event comes twice.
          const twice = batch.events.flatMap((event, i) => (i % 2 === 0 ? [event, event] : [event]));
          received.push({ received_at, events: twice, rejected: [REJECTED] });
          for (const message of messagesOf(`b${index}`, received_at, twice))
            for (const delay of batch.deliveries) deliveries.push({ message, at: received_at + delay });
        }
        deliveries.sort((a, b) => a.at - b.at);

        const cells = new Map<string, Cell>();
        let ledger = emptyLedger();
        for (const number of [0, 1]) {
          const shard = createMemoryShard(owns(number));
          const queue = deliveries.filter(({ message }) => message.shard === number).map(({ message }) => message);
          while (queue.length > 0) shard.apply(queue.splice(0, groups.next().value ?? 1), plan);
          for (const { name, ...cell } of shard.cells()) cells.set(name, plus(cells.get(name), cell));
          expect(shard.residue()).toEqual([]);
          ledger = addLedgers(ledger, shard.ledger());
          settled += [...shard.state("user_id", "u1").settled.keys()].length;
        }

        const expected = countPlainly(received, ruleset, HORIZON.lateAfterMs);
        expect(cells).toEqual(expected.cells);
        expect(ledger).toEqual(expected.ledger);
        const rejected = Object.values(ledger.rejected).reduce((sum, count) => sum + count, 0);
        expect(ledger.received).toBe(ledger.applied + ledger.duplicate + ledger.late + rejected);

        crossovers += [...expected.cells.keys()].filter((name) => name.includes("variant  metric")).length;
        late += ledger.late;
      }),
      { numRuns: 3000, seed: 20_260_721 },
    );
    // The histories really were of every kind.
    expect(Math.min(crossovers, late, settled)).toBeGreaterThan(50);
  });

  it("keeps the same copy of an id that was used for different events, whichever comes first", () => {
    const spans = 3 * DAY;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(content(spans), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })), {
          minLength: 2,
          maxLength: 8,
        }),
        fc.infiniteStream(fc.nat()),
        (copies, shuffle) => {
          const messages = copies.map(([event, id, received], index) =>
            aMessage({
              message_id: `m${index}`,
              received_at: T0 + spans + received,
              events: [{ ...event, at: T0 + event.at, timestamp: T0 + event.at, event_id: `e${id}` }],
            }),
          );
          const shuffled = messages
            .map((message) => ({ message, rank: shuffle.next().value ?? 0 }))
            .toSorted((a, b) => a.rank - b.rank)
            .map(({ message }) => message);
          expect(outcome(shuffled)).toEqual(outcome(messages));
        },
      ),
      { numRuns: 2000, seed: 20_260_722 },
    );
  });
});
