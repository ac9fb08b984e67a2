import * as fc from "fast-check";
import type { AcceptedEvent, EventMessage, RefusedEvent } from "../../contract/event-message.ts";
import { LATE_AFTER_MS } from "../../contract/event.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import { anyEvent, isOnShard, type Span } from "./any-event.ts";
import { anyRuleset, DAY, HOUR, MINUTE } from "./any-ruleset.ts";

/** How long a message can be on its way at most. */
const QUEUE_DELAY_MS = 5 * DAY;
export const HORIZON = { lateAfterMs: LATE_AFTER_MS, queueDelayMs: QUEUE_DELAY_MS };

/** One batch that was received, and what became of it on its way. */
export interface HistoryBatch {
  readonly batch_id: string;
  readonly received_at: number;
  readonly lane?: "bot";
  readonly events: readonly AcceptedEvent[];
  readonly rejected: readonly RefusedEvent[];
  /** Instants at which its messages are delivered: at least once. */
  readonly deliveries: readonly number[];
  /** Instants at which the client, who was not told that it was taken, sent it again. */
  readonly sentAgain: readonly number[];
}

export interface History {
  /** The rules at the end. */
  readonly ruleset: Ruleset;
  readonly batches: readonly HistoryBatch[];
  /** How many messages each transaction takes, in turns, and whether the shard forgets what it did not store after it. */
  readonly transactions: readonly { readonly messages: number; readonly isEvicted: boolean }[];
}

const pickedEvents = fc.oneof(
  // Mostly events that happened near one another, as in a browser's batch.
  {
    weight: 3,
    arbitrary: fc
      .record({ first: fc.nat(90), count: fc.integer({ min: 1, max: 12 }) })
      .map(({ first, count }) => (events: readonly AcceptedEvent[]) => {
        const sorted = events.toSorted((a, b) => a.at - b.at).slice(first % events.length);
        return sorted.slice(0, count).filter(({ at }) => at <= (sorted[0]?.at ?? at) + 4 * DAY);
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.nat(90), { minLength: 1, maxLength: 12 })
      .map((picks) => (events: readonly AcceptedEvent[]) => {
        const picked = new Set(picks.map((pick) => pick % events.length));
        return events.filter((_, index) => picked.has(index));
      }),
  },
);

const delay = fc.oneof(fc.nat(HOUR), fc.nat(QUEUE_DELAY_MS));

const batch = fc.record({
  events: pickedEvents,
  // From the earliest that the clock check allows to past the late limit.
  receivedAfter: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -10 * MINUTE, max: HOUR }) },
    { weight: 3, arbitrary: fc.nat(9 * DAY) },
    { weight: 1, arbitrary: fc.constantFrom(LATE_AFTER_MS - 1, LATE_AFTER_MS, LATE_AFTER_MS + 1) },
  ),
  deliveries: fc.array(delay, { minLength: 1, maxLength: 3 }),
  sentAgain: fc.oneof(
    { weight: 5, arbitrary: fc.constant<number[]>([]) },
    fc.array(delay, { minLength: 1, maxLength: 2 }),
  ),
  isBot: fc.nat(19).map((number) => number === 19),
  rejected: fc.constantFrom<RefusedEvent[][]>(
    [],
    [{ code: "invalid_event", event: "{}" }],
    [
      { code: "event_too_large", event: "{", cut_from: 70_000 },
      { code: "overridden_unit", event: "{}" },
    ],
  ),
  /** Copies of an event within the batch. */
  twice: fc.nat(3),
  /** Whether an event that was sent with two contents has the second one here. */
  isChanged: fc.boolean(),
});

/** Two days, and four more when the first two are just becoming so old that they are folded into totals. */
const TWO_VISITS: Span = {
  ms: 16 * DAY,
  instantOf: (share) => (share < 0.6 ? (share / 0.6) * (2 / 16) : 12 / 16 + ((share - 0.6) / 0.4) * (4 / 16)),
};

const historyOver = (spans: readonly Span[]): fc.Arbitrary<History> =>
  fc
    .record({
      ruleset: anyRuleset,
      span: fc.constantFrom(...spans),
      drafts: fc.array(anyEvent, { minLength: 1, maxLength: 60, size: "max" }),
      changed: fc.array(fc.record({ event: fc.nat(30), to: anyEvent }), { maxLength: 3 }),
      batches: fc.array(batch, { minLength: 1, maxLength: 24, size: "max" }),
      transactions: fc.array(
        fc.record({ messages: fc.integer({ min: 1, max: 4 }), isEvicted: fc.nat(5).map((number) => number === 0) }),
        { minLength: 1, maxLength: 6 },
      ),
    })
    .map(({ ruleset, span, drafts, changed, batches, transactions }): History => {
      const events = drafts.map((draft, index): AcceptedEvent => ({
        ...draft(ruleset, span),
        event_id: `event-${index}`,
      }));
      const changes = new Map<string, AcceptedEvent>();
      for (const { event: pick, to } of changed) {
        const event = events[pick % events.length];
        if (!event) continue;
        const { event_id, at, timestamp, units } = event;
        changes.set(event_id, { ...to(ruleset, span), event_id, at, timestamp, units });
      }
      const instants = new Set<number>();
      return {
        ruleset,
        transactions,
        batches: batches.map((draft, index): HistoryBatch => {
          const picked = draft
            .events(events)
            .map((event) => (draft.isChanged ? (changes.get(event.event_id) ?? event) : event));
          let received_at = Math.max(...picked.map(({ at }) => at)) + draft.receivedAfter;
          // Of copies that differ the one received first counts, so no two batches are received at once.
          while (instants.has(received_at)) received_at += 1;
          instants.add(received_at);
          const deliveries = draft.deliveries.map((delay) => received_at + delay).toSorted((a, b) => a - b);
          return {
            batch_id: `batch-${index}`,
            received_at,
            ...(draft.isBot ? { lane: "bot" } : {}),
            events: picked.flatMap((event, i) => (i % 4 < draft.twice ? [event, event] : [event])),
            rejected: draft.rejected,
            deliveries,
            sentAgain: draft.sentAgain.map((delay) => (deliveries[0] ?? received_at) + 1 + delay),
          };
        }),
      };
    });

/**
 * Random histories of a few units over hours up to two months: exposures late, early, repeated and in two variants; events
 * on all sides of all windows; copies in one batch, in several, delivered again and sent again; copies that differ in
 * all but units and instant; batches delivered up to days after they were received, in any order.
 */
// Without a bias to small lengths, which is for algorithms that fail at them.
export const anyHistory: fc.Arbitrary<History> = fc.noBias(
  historyOver([{ ms: 2 * HOUR }, { ms: 4 * DAY }, TWO_VISITS, { ms: 40 * DAY }, { ms: 60 * DAY }]),
);

/** Histories in which nothing becomes so old that it is folded into totals. */
export const anyShortHistory: fc.Arbitrary<History> = fc.noBias(historyOver([{ ms: 2 * HOUR }, { ms: 4 * DAY }]));

/** The rules at an instant: the phases that began later are not known yet, as long as that leaves one. */
export const rulesAt = (ruleset: Ruleset, instant: number): Ruleset => ({
  ...ruleset,
  experiments: ruleset.experiments.map((experiment) => {
    // Clients' clocks may be ahead so much, and whoever is shown a phase knows it.
    const known = experiment.phases.filter(({ started_at }) => started_at <= instant + 10 * MINUTE);
    return { ...experiment, phases: known.length > 0 ? known : experiment.phases.slice(0, 1) };
  }),
});

export interface Delivery {
  readonly at: number;
  readonly message: EventMessage;
}

/** What the shards are delivered, in order of time: a message for each shard that has one of the batch's units. */
export const deliveriesOf = ({ batches }: History, shards: readonly number[]): Delivery[] =>
  batches
    .flatMap(({ batch_id, received_at, lane, events, rejected, deliveries, sentAgain }) =>
      shards.flatMap((shard) => {
        const isHere = isOnShard(shard);
        const here = events.filter(({ units }) => units.some(([type, unit]) => isHere(type, unit)));
        const refused = shard === 0 ? rejected : [];
        if (here.length === 0 && refused.length === 0) return [];
        const accounted = here.filter(({ units: [first] }) => first !== undefined && isHere(...first)).length;
        const message: EventMessage = {
          format: 2,
          message_id: `${batch_id}-${shard}`,
          intake: "first",
          batch_id,
          environment: "production",
          generation: 1,
          shard,
          shards: shards.length,
          received_at,
          ...(lane ? { lane } : {}),
          accounted: accounted + refused.length,
          events: here,
          rejected: refused,
        };
        return [
          ...deliveries.map((at) => ({ at, message })),
          ...sentAgain.map((at, index) => ({ at, message: { ...message, intake: `again-${index}`, received_at: at } })),
        ];
      }),
    )
    .toSorted((a, b) => a.at - b.at);
