import { describe, expect, it } from "vitest";
import type { AcceptedEvent, EventMessage } from "../../../contract/event-message.ts";
import { LATE_AFTER_MS } from "../../../contract/event.ts";
import type { SumName, SumsCell } from "../../../contract/sums.ts";
import { shardOf } from "../../../core/bucket.ts";
import { messageText } from "../../../counting/message-text.ts";
import { aMessage, aMetric, anExperiment, anExposure, aPurchase, aRuleset, aSide } from "../../counting/fixtures.ts";
import { type Cells, cellName, countPlainly } from "../../counting/reference.ts";
import { seededRandom, shuffled } from "../../random.ts";
import { eventually } from "../../platform.ts";
import { differenceOf, SHARDS, startIngest } from "./ingest-platform.ts";

const platform = startIngest();

const HOUR = 3_600_000;
const metrics = [
  aMetric({ id: "converted" }),
  aMetric({ id: "revenue", type: "sum", cap: 400, window_hours: 20 }),
  aMetric({ id: "items", type: "sum", numerator: aSide({ value: "items" }) }),
];
const roles = metrics.map(({ id }) => ({ id, role: "secondary" as const }));
const experiments = [
  anExperiment({ id: "button", metrics: roles, phases: [{ number: 1, started_at: 0 }] }),
  anExperiment({ id: "landing", unit_type: "device_id", metrics: roles }),
];

/** Cells of all shards, added up. */
const addUp = (cells: readonly SumsCell[]): Cells => {
  const total: Cells = new Map();
  for (const cell of cells) {
    const before = total.get(cellName(cell));
    const sums = { ...before?.sums };
    for (const [name, sum] of Object.entries(cell.sums) as [SumName, string][])
      sums[name] = String(BigInt(sums[name] ?? 0) + BigInt(sum));
    total.set(cellName(cell), { n: (before?.n ?? 0) + cell.n, sums });
  }
  return total;
};

/** A few hundred visitors' lives, some crossed over, some with two units, some late; every sixth event is refused. */
const makeEvents = (
  now: number,
  random: () => number,
): { sent: unknown[]; accepted: AcceptedEvent[]; refused: number } => {
  const accepted: AcceptedEvent[] = [];
  const sent: unknown[] = [];
  let refused = 0;
  const add = (event: Omit<AcceptedEvent, "event_id" | "timestamp">) => {
    const event_id = `e${accepted.length}`;
    const { at, units, ...rest } = event;
    accepted.push({ ...event, timestamp: at, event_id });
    sent.push({ ...rest, event_id, timestamp: at, units: Object.fromEntries(units) });
  };
  for (let visitor = 0; visitor < 250; visitor++) {
    const device: [string, string] = ["device_id", `d${visitor}`];
    const user: [string, string] = ["user_id", `u${visitor % 200}`];
    const units = random() < 0.3 ? [device, user] : random() < 0.5 ? [user] : [device];
    const at = Math.floor(now - random() * 60 * HOUR);
    const variant_key = visitor % 2 === 0 ? "control" : "treatment";
    const [unitType] = units[0] ?? ["user_id"];
    const experiment_key = unitType === "user_id" ? "button" : "landing";
    if (random() < 0.9) add({ type: "exposure", at, units, experiment_key, variant_key });
    if (random() < 0.05) add({ type: "exposure", at: at + 1, units, experiment_key, variant_key: "control" });
    for (let purchase = Math.floor(random() * 4); purchase > 0; purchase--)
      add({
        type: "metric",
        at: Math.floor(at + (random() * 30 - 3) * HOUR),
        units,
        name: "purchase",
        value: Math.round(random() * 30_000) / 100,
        properties: { items: Math.floor(random() * 5) },
      });
    if (random() < 0.02) add({ type: "metric", at: now - LATE_AFTER_MS - HOUR, units, name: "purchase", value: 1 });
    if (visitor % 6 === 0) {
      refused += 1;
      sent.push({
        event_id: `bad${visitor}`,
        type: "metric",
        timestamp: at,
        user_id: "u",
        name: "purchase",
        value: "12",
      });
    }
  }
  // A purchase may come out after now: those beyond the clock's tolerance would be refused.
  const future = accepted.flatMap((event, index) => (event.at > now ? [index] : []));
  for (const index of future.toReversed()) {
    const event_id = accepted[index]?.event_id;
    accepted.splice(index, 1);
    sent.splice(
      sent.findIndex((event) => (event as AcceptedEvent).event_id === event_id),
      1,
    );
  }
  return { sent, accepted, refused };
};

describe.concurrent("ingest, queue and shards", () => {
  it("count every event exactly once, however batches are shuffled and repeated", async () => {
    await platform.publish("shuffle", { experiments, metrics });
    const random = seededRandom(7);
    const now = Date.now();
    const { sent, accepted, refused } = makeEvents(now, random);
    const order = shuffled(sent, random);
    const batches: unknown[][] = [];
    while (order.length > 0) batches.push(order.splice(0, 1 + Math.floor(random() * 30)));
    const twice = batches.filter(() => random() < 0.2);
    let received = 0;
    let rejected = 0;
    for (const [index, events] of shuffled([...batches, ...twice], random).entries()) {
      const receipt = await platform.send("shuffle", `b${index}`, events);
      expect(receipt.accepted + receipt.rejected.length).toBe(events.length);
      received += events.length;
      rejected += receipt.rejected.length;
    }
    expect(rejected).toBeGreaterThan(refused);

    const { ledger, cells } = await platform.settled("shuffle", received, "button", "landing");
    const plain = countPlainly(
      [{ received_at: now, events: accepted, rejected: [] }],
      aRuleset({ experiments, metrics }),
      LATE_AFTER_MS,
    );
    expect(addUp(cells)).toEqual(plain.cells);
    expect(ledger).toMatchObject({
      received,
      archived: received,
      applied: plain.ledger.applied,
      rejected: { invalid_event: rejected },
    });

    const lines = await platform.archived("shuffle");
    const ids = new Set(lines.flatMap(({ event }) => (event ? [event.event_id] : [])));
    expect(ids).toEqual(new Set(accepted.map(({ event_id }) => event_id)));
    const inTwoShards = lines.filter(({ event, shard }) => {
      const [first] = event?.units ?? [];
      return first !== undefined && shardOf(...first, SHARDS) !== shard;
    });
    expect(lines.length - inTwoShards.length).toBe(received);
  });

  it("take no notice of a message that the queue delivers again", async () => {
    await platform.publish("again", { experiments, metrics });
    await platform.send("again", "b", [
      {
        event_id: "x",
        type: "exposure",
        timestamp: Date.now(),
        user_id: "u1",
        experiment_key: "button",
        variant_key: "control",
      },
      { event_id: "p", type: "metric", timestamp: Date.now(), user_id: "u1", name: "purchase", value: 2 },
      { event_id: "bad", type: "metric" },
    ]);
    const before = await platform.settled("again", 3, "button");
    const shard = shardOf("user_id", "u1", SHARDS);
    const lines = (await platform.archived("again")).filter(({ event }) => event !== undefined);
    const original: EventMessage = {
      ...aMessage({ message_id: lines[0]?.message_id ?? "", environment: "again", shard, shards: SHARDS }),
      intake: lines[0]?.intake ?? "",
      received_at: lines[0]?.received_at ?? 0,
      events: lines.map(({ event }) => event as AcceptedEvent),
    };
    // One that is new shows when the repeated one, which came first, is through.
    const marker = aMessage({
      message_id: "marker",
      environment: "again",
      shard,
      shards: SHARDS,
      received_at: Date.now(),
      events: [aPurchase({ event_id: "m", at: Date.now(), name: "scroll" })],
    });
    await platform.order({ send: [original, original] });
    await platform.order({ send: [marker] });
    const after = await platform.settled("again", 4, "button");
    expect(after.cells).toEqual(before.cells);
    expect(after.ledger).toEqual({ ...before.ledger, received: 4, archived: 4, applied: before.ledger.applied + 1 });
  });

  it("fail one message without its neighbours", async () => {
    await platform.publish("poison", { experiments, metrics });
    const shard = shardOf("user_id", "u1", SHARDS);
    const at = Date.now();
    const message = (message_id: string, unit: string) =>
      aMessage({
        message_id,
        environment: "poison",
        shard,
        shards: SHARDS,
        received_at: at,
        events: [anExposure({ event_id: message_id, at, units: [["user_id", unit]] })],
      });
    const stranger = ["u2", "u3", "u4", "u5", "u6"].find((unit) => shardOf("user_id", unit, SHARDS) !== shard) ?? "";
    const messages = [message("good", "u1"), message("misrouted", stranger), message("better", "u1")];
    expect(await platform.order({ apply: messages })).toMatchObject([
      { message_id: "good", outcome: "applied" },
      { message_id: "misrouted", outcome: "failed", error: expect.stringContaining("another shard") },
      { message_id: "better", outcome: "applied" },
    ]);
    expect((await platform.read("poison")).ledger).toMatchObject({ received: 2, applied: 2 });
    const { explicitAcks, retryMessages } = await platform.consume("events", messages);
    expect(explicitAcks).toEqual(["good", "better"]);
    expect(retryMessages).toMatchObject([{ msgId: "misrouted" }]);
  });

  it("count by a plan that is as new as the events", async () => {
    await platform.publish("fresh", { experiments: [], metrics: [] });
    await platform.send("fresh", "b0", [
      { event_id: "s", type: "metric", timestamp: Date.now(), user_id: "u1", name: "scroll" },
    ]);
    await platform.settled("fresh", 1);
    await platform.publish("fresh", { experiments, metrics });
    const exposure = { type: "exposure", timestamp: Date.now(), experiment_key: "button", variant_key: "control" };
    const receipt = await platform.send("fresh", "b1", [
      { ...exposure, event_id: "x", user_id: "u1" },
      { ...exposure, event_id: "y", user_id: "u1", experiment_key: "buton" },
      { ...exposure, event_id: "z", user_id: "u1", variant_key: "contrl" },
      { ...exposure, event_id: "w", units: { device_id: "d" } },
    ]);
    expect(receipt).toEqual({
      accepted: 1,
      rejected: [
        { index: 1, code: "unknown_experiment", message: expect.stringContaining('"buton"') },
        { index: 2, code: "unknown_variant", message: expect.stringContaining('"contrl"') },
        { index: 3, code: "invalid_event", message: expect.stringContaining("user_id") },
      ],
    });
    const { ledger, cells } = await platform.settled("fresh", 5, "button");
    expect(ledger).toMatchObject({
      applied: 2,
      rejected: { unknown_experiment: 1, unknown_variant: 1, invalid_event: 1 },
    });
    expect(cells).toMatchObject([{ variant_id: "button.control", metric_id: "", n: 1 }]);
  });

  it("move an exposure to the phase that it was decided in", async () => {
    const at = Date.now() - HOUR;
    await platform.publish("phases", { experiments, metrics });
    const exposure = { type: "exposure", user_id: "u1", experiment_key: "button", variant_key: "control" };
    await platform.send("phases", "b0", [{ ...exposure, event_id: "x", timestamp: at - 2, config_version: 1 }]);
    await platform.settled("phases", 1);
    const phases = [
      { number: 1, started_at: 0 },
      { number: 2, started_at: at },
    ];
    await platform.publish("phases", { experiments: [anExperiment({ id: "button", phases })] });
    await platform.send("phases", "b1", [
      { ...exposure, event_id: "y", user_id: "u2", timestamp: at, config_version: 2 },
    ]);
    const { cells } = await platform.settled("phases", 2, "button");
    expect(new Set(cells.map(({ phase, n }) => `phase ${phase}: ${n}`))).toEqual(new Set(["phase 1: 1", "phase 2: 1"]));
  });

  it("keep everything when the shard is evicted", async () => {
    await platform.publish("evicted", { experiments, metrics });
    const exposure = {
      type: "exposure",
      timestamp: Date.now(),
      user_id: "u1",
      experiment_key: "button",
      variant_key: "control",
    };
    await platform.send("evicted", "b0", [{ ...exposure, event_id: "x" }]);
    const before = await platform.settled("evicted", 1, "button");
    const shard = shardOf("user_id", "u1", SHARDS);
    await platform.ingest.evictDurableObject("UnitShard", { name: `evicted:1:${shard}` });
    expect(await platform.read("evicted", "button")).toEqual(before);
    await platform.send("evicted", "b1", [
      { ...exposure, event_id: "x" },
      { event_id: "p", type: "metric", timestamp: Date.now(), user_id: "u1", name: "purchase", value: 5 },
    ]);
    const { ledger, cells } = await platform.settled("evicted", 3, "button");
    expect(ledger).toMatchObject({ received: 3, applied: 2, duplicate: 1 });
    expect(cells.find(({ metric_id, kind }) => metric_id === "revenue" && kind === "day")).toMatchObject({
      n: 1,
      sums: { y: "5000000" },
    });
  });
});

describe("a message that was given up", () => {
  const shard = shardOf("user_id", "u1", SHARDS);
  const message = (message_id: string): EventMessage =>
    aMessage({
      message_id,
      environment: "dead",
      shard,
      shards: SHARDS,
      received_at: Date.now(),
      events: [anExposure({ event_id: message_id, at: Date.now() })],
      rejected: [{ code: "invalid_event", event: "{}" }],
    });

  it("is parked and accounted for once, and not at all when it was applied in truth", async () => {
    await platform.publish("dead", { experiments, metrics });
    const [lost, applied] = [message("lost"), message("applied")];
    await platform.order({ apply: [applied] });
    await platform.order({ sendDead: [lost, applied, lost] });
    const { ledger } = await platform.settled("dead", 4);
    expect(ledger).toMatchObject({ received: 4, applied: 1, dead_lettered: 1, rejected: { invalid_event: 2 } });
    const parked = await eventually(
      () => platform.order<Record<string, string>>({ objects: "dead/dead/" }),
      (objects) => Object.keys(objects).length === 2,
    );
    expect(parked[`dead/dead/lost-${lost.intake}.ndjson`]).toBe(messageText(lost));

    // Somebody sends it again.
    expect(await platform.order({ apply: [lost] })).toMatchObject([{ outcome: "applied" }]);
    const after = (await platform.read("dead")).ledger;
    expect(after).toMatchObject({ received: 4, applied: 2, dead_lettered: 0, rejected: { invalid_event: 2 } });
    expect(differenceOf(after)).toBe(0);
  });

  it("is not acknowledged while the archive or the shard is out of reach", async () => {
    for (const broken of ["ARCHIVE", "UNIT_SHARD"]) {
      await platform.order({ broken: [broken] });
      for (const queue of ["events", "dead"] as const) {
        const { explicitAcks, retryMessages } = await platform.consume(queue, [message("m1"), message("m2")]);
        expect(explicitAcks).toEqual([]);
        expect(retryMessages.map(({ msgId }) => msgId)).toEqual(["m1", "m2"]);
      }
    }
    await platform.order({ broken: [] });
    const { ledger } = await platform.read("dead");
    expect(ledger.received).toBe(4);
  });

  it("is parked with what its shard knows of why it failed", async () => {
    await platform.publish("reasons", { experiments, metrics });
    const broken = { ...message("broken"), environment: "reasons", events: [null as never] };
    const outcomes = await platform.order({ apply: [broken, { ...message("whole"), environment: "reasons" }] });
    expect(outcomes).toMatchObject([{ outcome: "failed" }, { outcome: "applied" }]);
    await platform.order({ sendDead: [broken] });
    const key = `dead/reasons/broken-${broken.intake}.ndjson`;
    const reasons = await eventually(
      () => platform.order<Record<string, string | null>>({ reasons: "dead/reasons/" }),
      (found) => typeof found[key] === "string",
    );
    expect(decodeURIComponent(reasons[key] ?? "")).toContain("An event is an object.");
  });
});
