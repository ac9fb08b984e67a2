import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AcceptedEvent } from "../../contract/event-message.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import { countingPlan } from "../../counting/counting-plan.ts";
import { addLedgers, emptyLedger } from "../../counting/ledger-counts.ts";
import { isOnShard } from "./any-event.ts";
import { anyShortHistory, deliveriesOf, type HistoryBatch, HORIZON } from "./any-history.ts";
import { DAY, T0 } from "./any-ruleset.ts";
import { AnyShard, cellsOf, differences } from "./any-shard.ts";
import { type Batch, type Cells, countPlainly } from "./reference.ts";

const SHARDS = [0, 1];
const GONE = "exp_0";
const NEW = "exp_1";

const without = (ruleset: Ruleset, id: string): Ruleset => ({
  ...ruleset,
  experiments: ruleset.experiments
    .filter((experiment) => experiment.id !== id)
    .map(({ watched, ...experiment }) => ({
      ...experiment,
      ...(watched ? { watched: watched.filter((other) => other !== id) } : {}),
    })),
});

/** The rules before and after a change: one experiment goes, one comes, and metrics join those that stay. */
const change = (ruleset: Ruleset, joining: number): { readonly before: Ruleset; readonly after: Ruleset } => {
  const lone = without(ruleset, GONE);
  const gone = ruleset.experiments.find(({ id }) => id === GONE);
  const before = without(lone, NEW);
  return {
    before: {
      ...before,
      experiments: [
        ...(gone ? [{ ...gone, watched: [] }] : []),
        ...before.experiments.map((experiment) => ({
          ...experiment,
          metrics: experiment.metrics.filter(({ id }) => id !== `met_${joining}`),
        })),
      ],
    },
    after: lone,
  };
};

/** A unit is counted by the rules of the last time that it was heard of, so all of them are heard of once more. */
const LAST: HistoryBatch = {
  batch_id: "last",
  received_at: T0 + 20 * DAY,
  events: [
    ...["u1", "u2"].map((unit) => ["user_id", unit] as const),
    ...["d1", "d2"].map((unit) => ["device_id", unit] as const),
    ["org_id", "o1"] as const,
  ].map(([unitType, unit]): AcceptedEvent => ({
    event_id: `last-${unit}`,
    type: "metric",
    at: T0 + 20 * DAY,
    timestamp: T0 + 20 * DAY,
    units: [[unitType, unit]],
    name: "heard",
  })),
  rejected: [],
  deliveries: [T0 + 20 * DAY],
  sentAgain: [],
};

/** Without credit: whose item an event was about is kept only for tests that are there when it comes. */
const cellsIn = (cells: Cells, isIn: (experimentId: string) => boolean): Cells =>
  new Map([...cells].filter(([name]) => !/ metric \S+ credit /.test(name) && isIn(name.slice(0, name.indexOf(" ")))));

describe("counting by rules that change", () => {
  it("keeps what a gone experiment has, and counts for what is new from then on", () => {
    const seen = { gone: 0, new: 0, joined: 0 };
    fc.assert(
      fc.property(anyShortHistory, fc.nat(7), fc.nat(6 * DAY), (random, joining, changesAfter) => {
        const history = { ...random, batches: [...random.batches, LAST] };
        const { before, after } = change(history.ruleset, joining);
        const plans = [countingPlan(before, 1, HORIZON), countingPlan(after, 2, HORIZON)] as const;
        const changesAt = T0 + changesAfter;
        const isBefore = (instant: number) => instant < changesAt;
        const deliveries = deliveriesOf(history, SHARDS);
        const shards = SHARDS.map((number) => {
          const shard = new AnyShard(isOnShard(number));
          for (const { at, message } of deliveries)
            if (message.shard === number) shard.apply([message], plans[isBefore(at) ? 0 : 1]);
          return shard;
        });

        const batches = history.batches.map((batch): Batch => ({
          ...batch,
          ruleset: isBefore(batch.deliveries[0] ?? 0) ? before : after,
        }));
        const early = countPlainly(
          batches.filter(({ ruleset }) => ruleset === before),
          before,
          HORIZON.lateAfterMs,
        );
        const expected = countPlainly(batches, after, HORIZON.lateAfterMs);
        const gone = cellsIn(early.cells, (id) => id === GONE);
        const others = cellsIn(expected.cells, () => true);
        expect(
          differences(
            cellsIn(cellsOf(shards), () => true),
            new Map([...gone, ...others]),
          ),
        ).toEqual([]);
        const { received, duplicate, ...ledger } = shards.reduce(
          (sum, shard) => addLedgers(sum, shard.ledger),
          emptyLedger(),
        );
        expect(ledger).toMatchObject({ applied: expected.ledger.applied, rejected: expected.ledger.rejected });
        expect(received - duplicate).toBe(expected.ledger.received - expected.ledger.duplicate);

        if (gone.size > 0) seen.gone++;
        for (const name of others.keys()) {
          if (name.startsWith(NEW)) seen.new++;
          if (name.includes(` metric met_${joining} `)) seen.joined++;
        }
      }),
      { numRuns: 1500, seed: 20_261_123 },
    );
    expect(Math.min(seen.gone, seen.new, seen.joined)).toBeGreaterThan(100);
  }, 300_000);
});
