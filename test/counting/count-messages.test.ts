import { describe, expect, it } from "vitest";
import type { AcceptedEvent } from "../../contract/event-message.ts";
import { countMessages, countReceived, removeUnit } from "../../counting/count-messages.ts";
import { countingPlan } from "../../counting/counting-plan.ts";
import { Terms } from "../../counting/terms.ts";
import {
  aMessage,
  aMetric,
  anExperiment,
  anExposure,
  aPurchase,
  aRuleset,
  DAY,
  HORIZON,
  HOUR,
  T0,
} from "./fixtures.ts";
import { createMemoryShard } from "./memory-shard.ts";

const metrics = [
  aMetric({ id: "converted" }),
  aMetric({ id: "revenue", type: "sum" }),
  aMetric({ id: "capped", type: "sum", cap: 25 }),
  aMetric({ id: "in_a_day", window_hours: 24 }),
];
const button = anExperiment({ id: "button", metrics: metrics.map(({ id }) => ({ id, role: "secondary" })) });
const ruleset = aRuleset({ experiments: [button], metrics });
const plan = countingPlan(ruleset, 1, HORIZON);

const everywhere = () => true;
const ownsUsers = (type: string) => type === "user_id";

/** Applies batches, each in a message of its own, and gives the shard. */
const counting = (...batches: AcceptedEvent[][]) => {
  const shard = createMemoryShard();
  for (const [index, events] of batches.entries()) shard.apply([aMessage({ message_id: `m${index}`, events })], plan);
  return shard;
};
/** Of the cells by day: `"<variant> <metric>"` → `[n, sum, sum of squares]`. */
const cellsOf = (shard: ReturnType<typeof createMemoryShard>) =>
  Object.fromEntries(
    shard
      .cells(["day"])
      .map(({ variant_id, metric_id, n, sums }) => [
        `${variant_id.replace("button.", "")} ${metric_id}`,
        [n, sums.y ?? "0", sums.yy ?? "0"],
      ]),
  );

describe("countMessages", () => {
  it("counts an exposed unit, its conversion and its total with squares", () => {
    const shard = counting([
      anExposure({ event_id: "x" }),
      aPurchase({ event_id: "p1", value: 10.5 }),
      aPurchase({ event_id: "p2", value: 20 }),
    ]);
    expect(cellsOf(shard)).toEqual({
      "treatment ": [1, "0", "0"],
      "treatment converted": [1, "1000000", "1000000000000"],
      "treatment revenue": [1, "30500000", "930250000000000"],
      "treatment capped": [1, "25000000", "625000000000000"],
      "treatment in_a_day": [1, "1000000", "1000000000000"],
    });
  });

  it("counts a sum event without a value as an event worth 0", () => {
    const cells = cellsOf(counting([anExposure({ event_id: "x" }), aPurchase({ event_id: "p" })]));
    expect(cells["treatment revenue"]).toEqual([1, "0", "0"]);
  });

  it.each([
    [T0 - 1, false],
    [T0, true],
    [T0 + DAY - 1, true],
    [T0 + DAY, false],
  ])("attributes from the first exposure to just before the window's end (%d: %s)", (at, counts) => {
    const received_at = T0 + 2 * DAY;
    const shard = createMemoryShard();
    const events = [anExposure({ event_id: "x" }), aPurchase({ event_id: "p", at })];
    shard.apply([aMessage({ message_id: "m", received_at, events })], plan);
    expect(cellsOf(shard)["treatment in_a_day"]?.[0] === 1).toBe(counts);
  });

  it("takes an exposure that comes after its unit's events as if it had come before", () => {
    const exposure = anExposure({ event_id: "x" });
    const purchase = aPurchase({ event_id: "p", value: 3 });
    expect(cellsOf(counting([purchase], [exposure]))).toEqual(cellsOf(counting([exposure], [purchase])));
  });

  it("leaves a unit that saw two variants out of every metric", () => {
    const shard = counting(
      [anExposure({ event_id: "x" }), aPurchase({ event_id: "p", value: 3 })],
      [anExposure({ event_id: "y", at: T0 + HOUR, variant_key: "control" })],
    );
    expect(cellsOf(shard)).toEqual({ " ": [1, "0", "0"] });
  });

  it("refuses by name what the plan does not know", () => {
    const shard = counting([
      anExposure({ event_id: "x", experiment_key: "nowhere" }),
      anExposure({ event_id: "y", variant_key: "nothing" }),
      anExposure({ event_id: "z", units: [["device_id", "d1"]] }),
    ]);
    expect(shard.cells()).toEqual([]);
    expect(shard.ledger()).toMatchObject({
      received: 3,
      applied: 0,
      rejected: { unknown_experiment: 1, unknown_variant: 1, invalid_event: 1 },
    });
  });

  it("counts an event at the late limit and no older one", () => {
    const at = T0;
    const shard = createMemoryShard();
    for (const [id, late] of [
      ["a", 0],
      ["b", 1],
    ] as const) {
      const received_at = at + HORIZON.lateAfterMs + late;
      shard.apply([aMessage({ message_id: id, received_at, events: [anExposure({ event_id: id, at })] })], plan);
    }
    expect(shard.ledger()).toMatchObject({ received: 2, applied: 1, late: 1 });
  });

  it("changes nothing about a unit when all that comes is here already", () => {
    const terms = new Terms();
    const first = countMessages([aMessage({ message_id: "m", events: [anExposure({ event_id: "x" })] })], plan, {
      owns: everywhere,
      load: () => undefined,
      terms,
    });
    const again = countMessages([aMessage({ message_id: "n", events: [anExposure({ event_id: "x" })] })], plan, {
      owns: everywhere,
      load: () => first.units[0]?.state,
      terms,
    });
    expect(again).toMatchObject({ units: [], changes: [], ledger: { applied: 0, duplicate: 1 } });
  });

  it("keeps units apart whose types and names only look alike when joined", () => {
    const event = {
      ...aPurchase({ event_id: "p1", at: T0 }),
      units: [
        ["a", "b:c"],
        ["a:b", "c"],
      ] satisfies AcceptedEvent["units"],
    };
    const { ledger, units } = countMessages([aMessage({ message_id: "m", events: [event] })], plan, {
      owns: everywhere,
      load: () => undefined,
      terms: new Terms(),
    });
    expect(units.map(({ unitType, unit }) => [unitType, unit])).toEqual(event.units);
    expect(ledger).toMatchObject({ applied: 1, duplicate: 0 });
  });

  it("will not take an event of another shard", () => {
    const message = aMessage({ message_id: "m", events: [anExposure({ event_id: "x" })] });
    const elsewhere = { owns: () => false, load: () => undefined, terms: new Terms() };
    expect(() => countMessages([message], plan, elsewhere)).toThrow("another shard");
  });

  it("keeps a unit's state bounded over the years, and its totals right", () => {
    const shard = createMemoryShard();
    shard.apply([aMessage({ message_id: "x", received_at: T0, events: [anExposure({ event_id: "x" })] })], plan);
    for (let day = 1; day <= 400; day++) {
      const at = T0 + day * DAY;
      const events = [aPurchase({ event_id: `p${day}`, at, value: 0.1 })];
      shard.apply([aMessage({ message_id: `m${day}`, received_at: at, events })], plan);
    }
    expect(cellsOf(shard)["treatment revenue"]).toEqual([1, "40000000", "1600000000000000"]);
    expect(shard.state("user_id", "u1").length).toBeLessThan(2_000);
  });

  it("remembers nothing that no metric reads, however much of it the archive keeps", () => {
    const more = { timestamp: "2026-09-04T01:00:00.000000000+01:00", context: { page: "y".repeat(9_000) } };
    const [small, large] = [{}, more].map((change) =>
      counting([anExposure({ event_id: "x", ...change }), aPurchase({ event_id: "p", ...change })]).state(
        "user_id",
        "u1",
      ),
    );
    expect(large).toEqual(small);
  });

  it("counts for a metric that joins what its side reads from then on, once the unit is heard of", () => {
    const shard = createMemoryShard();
    const before = countingPlan(aRuleset({ experiments: [anExperiment({ id: "button" })] }), 1, HORIZON);
    const events = [anExposure({ event_id: "x" }), aPurchase({ event_id: "p", value: 7 })];
    shard.apply([aMessage({ message_id: "m", events })], before);
    shard.apply([aMessage({ message_id: "n", events: [aPurchase({ event_id: "q", value: 2 })] })], plan);
    expect(cellsOf(shard)).toMatchObject({
      "treatment ": [1, "0", "0"],
      "treatment revenue": [1, "2000000", "4000000000000"],
    });
  });

  it("counts for a metric that joins what others read before", () => {
    const shard = createMemoryShard();
    const alone = { ...button, metrics: button.metrics.filter(({ id }) => id === "revenue") };
    const before = countingPlan({ ...ruleset, experiments: [alone] }, 1, HORIZON);
    const events = [anExposure({ event_id: "x" }), aPurchase({ event_id: "p", value: 30 })];
    shard.apply([aMessage({ message_id: "m", events })], before);
    shard.apply([aMessage({ message_id: "n", events: [aPurchase({ event_id: "q", name: "scroll" })] })], plan);
    expect(cellsOf(shard)["treatment capped"]).toEqual([1, "25000000", "625000000000000"]);
  });

  it("moves a unit to the phase that the plan now says its exposure was in", () => {
    const shard = counting([anExposure({ event_id: "x", at: T0 + HOUR })]);
    const phases = [...button.phases, { number: 2, started_at: T0 + HOUR }];
    const later = countingPlan({ ...ruleset, experiments: [{ ...button, phases }] }, 2, HORIZON);
    shard.apply([aMessage({ message_id: "n", events: [aPurchase({ event_id: "p", name: "scroll" })] })], later);
    expect(shard.cells()).toMatchObject([{ phase: 2, variant_id: "button.treatment", n: 1 }]);
  });

  it("keeps the numbers of an experiment that has left the plan", () => {
    const shard = counting([anExposure({ event_id: "x" }), aPurchase({ event_id: "p", value: 7 })]);
    const before = cellsOf(shard);
    const without = countingPlan(aRuleset(), 2, HORIZON);
    shard.apply([aMessage({ message_id: "n", events: [aPurchase({ event_id: "q", value: 1 })] })], without);
    expect(cellsOf(shard)).toEqual(before);
  });

  it("goes on with an experiment that comes back, with what is known by then", () => {
    const shard = counting([anExposure({ event_id: "x" }), aPurchase({ event_id: "p", value: 7 })]);
    const other = anExperiment({ id: "other", metrics: button.metrics });
    const without = countingPlan({ ...ruleset, experiments: [other] }, 2, HORIZON);
    shard.apply([aMessage({ message_id: "n", events: [aPurchase({ event_id: "q", value: 1 })] })], without);
    expect(cellsOf(shard)["treatment revenue"]?.[1]).toBe("7000000");
    shard.apply([aMessage({ message_id: "o", events: [aPurchase({ event_id: "r", value: 2 })] })], plan);
    expect(cellsOf(shard)["treatment revenue"]?.[1]).toBe("10000000");
  });

  it("accounts for everything in a bot's message and counts none of it", () => {
    const shard = createMemoryShard();
    const events = [anExposure({ event_id: "x" }), aPurchase({ event_id: "p", value: 7 })];
    const rejected = [{ code: "invalid_event" as const, event: "{}" }];
    shard.apply([aMessage({ message_id: "m", lane: "bot", events, rejected })], plan);
    expect(shard.cells()).toEqual([]);
    expect(shard.ledger()).toMatchObject({ received: 3, bot: 3, applied: 0, rejected: {} });
  });

  it("freezes what a unit was before its first exposure, also when that is long ago", () => {
    const shard = createMemoryShard();
    const send = (id: string, at: number, event: AcceptedEvent) =>
      shard.apply([aMessage({ message_id: id, received_at: at, events: [event] })], plan);
    send("a", T0 - 16 * DAY, aPurchase({ event_id: "a", at: T0 - 16 * DAY, value: 100 }));
    send("b", T0 - 14 * DAY, aPurchase({ event_id: "b", at: T0 - 14 * DAY, value: 2 }));
    send("c", T0, anExposure({ event_id: "c", at: T0 + HOUR }));
    send("d", T0 + DAY, aPurchase({ event_id: "d", at: T0 + DAY, value: 5 }));
    const revenue = () => shard.cells(["day"]).find(({ metric_id }) => metric_id === "revenue")?.sums;
    expect(revenue()).toMatchObject({ y: "5000000", x: "2000000", yx: "10000000000000" });
    // What is settled by then is what it was.
    send("e", T0 + 40 * DAY, aPurchase({ event_id: "e", at: T0 + 40 * DAY, value: 1 }));
    expect(revenue()).toMatchObject({ y: "6000000", x: "2000000", yx: "12000000000000" });
  });

  it("remembers the ids of a day's thousand events", () => {
    const shard = createMemoryShard();
    const events = Array.from({ length: 1000 }, (_, index) =>
      aPurchase({ event_id: `p${index}`, at: T0 + index * 1000, value: 1 }),
    );
    for (const message_id of ["m", "n"])
      shard.apply([aMessage({ message_id, events: [anExposure({ event_id: "x" }), ...events] })], plan);
    expect(shard.ledger()).toMatchObject({ applied: 1001, duplicate: 1001 });
    expect(cellsOf(shard)["treatment revenue"]?.[1]).toBe("1000000000");
  });
});

describe("removeUnit", () => {
  it("takes all of a unit out of the sums, whatever the plan is by then", () => {
    const shard = counting([anExposure({ event_id: "x" }), aPurchase({ event_id: "p", value: 7 })]);
    const changes = removeUnit(shard.state("user_id", "u1"), shard.terms);
    for (const change of changes) shard.book.add(change);
    expect(changes.length).toBeGreaterThan(4);
    expect(shard.cells()).toEqual([]);
  });
});

describe("countReceived", () => {
  it("is the events whose first unit is here, and for the refused ones", () => {
    const units: AcceptedEvent["units"] = [
      ["device_id", "d1"],
      ["user_id", "u1"],
    ];
    const message = aMessage({
      message_id: "m",
      events: [anExposure({ event_id: "x" }), anExposure({ event_id: "y", units })],
      rejected: [{ code: "event_too_large", event: "{}" }],
    });
    expect(countReceived(message, ownsUsers)).toBe(2);
  });
});
