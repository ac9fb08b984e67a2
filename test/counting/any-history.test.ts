import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CountingPlan, countingPlan } from "../../counting/counting-plan.ts";
import { addLedgers, emptyLedger } from "../../counting/ledger-counts.ts";
import { isOnShard } from "./any-event.ts";
import { anyHistory, deliveriesOf, type History, HORIZON, rulesAt } from "./any-history.ts";
import { AnyShard, cellsOf, differences } from "./any-shard.ts";
import { Tally } from "./any-tally.ts";
import { countPlainly, type Fates } from "./reference.ts";

const SHARDS = [0, 1];

/** Plans as they are in force, one for each set of phases that are known by then. */
const createPlans = ({ ruleset }: History): ((instant: number) => CountingPlan) => {
  const plans = new Map<string, CountingPlan>();
  return (instant) => {
    const rules = rulesAt(ruleset, instant);
    const known = rules.experiments.map(({ phases }) => phases.length).join(",");
    const plan = plans.get(known) ?? countingPlan(rules, plans.size + 1, HORIZON);
    plans.set(known, plan);
    return plan;
  };
};

/** Both shards after a history in which each message has gone its way. */
const play = (history: History, tally: Tally): AnyShard[] => {
  const planAt = createPlans(history);
  const deliveries = deliveriesOf(history, SHARDS);
  return SHARDS.map((number) => {
    const shard = new AnyShard(isOnShard(number));
    const queue = deliveries.filter(({ message }) => message.shard === number);
    for (let turn = 0; queue.length > 0; turn++) {
      const { messages = 1, isEvicted = false } = history.transactions[turn % history.transactions.length] ?? {};
      const taken = queue.splice(0, messages);
      const messagesTaken = taken.map(({ message }) => message);
      shard.apply(messagesTaken, planAt(Math.max(...taken.map(({ at }) => at))));
      if (!isEvicted) continue;
      shard.evict();
      tally.see("evicted");
    }
    return shard;
  });
};

/** The ledger that a history has to give: that of the definitions, and what was sent again as duplicates. */
const expectedFates = (fates: Fates, { batches }: History): Fates => {
  const again = batches.reduce(
    (sum, { events, rejected, sentAgain }) => sum + (events.length + rejected.length) * sentAgain.length,
    0,
  );
  return { ...fates, received: fates.received + again, duplicate: fates.duplicate + again };
};

/** Whether an event that counts is so old by the end that it must have been folded into totals. */
const hasSettled = ({ batches }: History): boolean => {
  const newest = Math.max(...batches.map(({ received_at }) => received_at));
  const before = newest - HORIZON.lateAfterMs - HORIZON.queueDelayMs;
  return batches.some(
    ({ lane, events, received_at }) =>
      lane !== "bot" && events.some(({ at }) => at >= received_at - HORIZON.lateAfterMs && at < before),
  );
};

describe("counting", () => {
  it("gives exactly what the definitions say, in any order, any batches and however often anything comes", () => {
    const tally = new Tally();
    fc.assert(
      fc.property(anyHistory, fc.nat(9), (history, pick) => {
        const { batches, ruleset } = history;
        const shards = play(history, tally);
        const expected = countPlainly(batches, ruleset, HORIZON.lateAfterMs);
        expect(differences(cellsOf(shards), expected.cells)).toEqual([]);
        const ledger = shards.reduce((sum, shard) => addLedgers(sum, shard.ledger), emptyLedger());
        expect(ledger).toEqual({ ...emptyLedger(), ...expectedFates(expected.ledger, history) });

        tally.seeCells(expected.cells, ruleset);
        tally.seeFates(expected.ledger);
        if (hasSettled(history)) tally.see("settled");
        if (batches.some(({ sentAgain }) => sentAgain.length > 0)) tally.see("sent again");

        if (pick > 4) return;
        // A unit that is deleted is as if it had never been, and without all of them nothing is left.
        const units = shards.flatMap((shard) => shard.units().map((unit) => ({ shard, unit })));
        const removed = units[pick % units.length];
        if (!removed) return;
        const [unitType, unit] = removed.unit;
        removed.shard.remove(unitType, unit);
        const others = countPlainly(
          batches,
          ruleset,
          HORIZON.lateAfterMs,
          (type, name) => type !== unitType || name !== unit,
        );
        expect(differences(cellsOf(shards), others.cells)).toEqual([]);
        if (others.cells.size > 0 && others.cells.size < expected.cells.size) tally.see("removed");
        for (const { shard, unit } of units) shard.remove(...unit);
        expect(shards.flatMap((shard) => shard.cells())).toEqual([]);
      }),
      { numRuns: 10_000, seed: 20_261_121 },
    );
    expect(tally.rarerThan(50)).toEqual([]);
  }, 300_000);
});
