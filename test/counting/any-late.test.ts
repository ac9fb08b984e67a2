import { describe, expect, it } from "vitest";
import { LATE_AFTER_MS } from "../../contract/event.ts";
import { countingPlan } from "../../counting/counting-plan.ts";
import { HORIZON } from "./any-history.ts";
import { DAY, HOUR, T0 } from "./any-ruleset.ts";
import { AnyShard, cellsOf, differences } from "./any-shard.ts";
import { aMessage, aMetric, anExperiment, anExposure, aPurchase, aRuleset } from "./fixtures.ts";
import { countPlainly } from "./reference.ts";

const ruleset = aRuleset({
  metrics: [aMetric({ id: "converted" })],
  experiments: [anExperiment({ id: "button", metrics: [{ id: "converted", role: "primary" }] })],
});
const plan = countingPlan(ruleset, 1, HORIZON);

const PURCHASES = [-1, 0, 1, DAY - 1, DAY].map((after) => T0 + after);
const EXPOSURES = [14 * DAY - 1, 14 * DAY, 14 * DAY + HOUR, 15 * DAY - 1, 15 * DAY].map((after) => T0 + after);

describe("an exposure that comes as late as can be", () => {
  it.each(EXPOSURES.flatMap((exposedAt) => PURCHASES.map((boughtAt) => [exposedAt - T0, boughtAt - T0] as const)))(
    "finds the events of the fourteen days before it (exposed after %d ms, bought after %d ms)",
    (exposedAfter, boughtAfter) => {
      const exposedAt = T0 + exposedAfter;
      const at = T0 + boughtAfter;
      // By what came before it, everything up to the very instant of the exposure has been folded into totals.
      const newest = exposedAt + LATE_AFTER_MS + HORIZON.queueDelayMs;
      const purchase = aMessage({ message_id: "m1", received_at: at, events: [aPurchase({ event_id: "p", at })] });
      const later = aMessage({
        message_id: "m2",
        received_at: newest,
        events: [aPurchase({ event_id: "q", at: newest, name: "scroll" })],
      });
      const exposure = aMessage({
        message_id: "m3",
        received_at: exposedAt + LATE_AFTER_MS,
        events: [anExposure({ event_id: "x", at: exposedAt })],
      });
      const expected = countPlainly([purchase, later, exposure], ruleset, LATE_AFTER_MS);
      for (const transactions of [
        [[purchase], [later], [exposure]],
        [[purchase], [later, exposure]],
      ]) {
        const shard = new AnyShard(() => true);
        for (const messages of transactions) shard.apply(messages, plan);
        expect(differences(cellsOf([shard]), expected.cells)).toEqual([]);
      }
    },
  );
});
