import { beforeAll, describe, expect, it } from "vitest";
import { EventReceipt } from "../../../contract/event.ts";
import { ProblemBody } from "../../../contract/problem.ts";
import type { RulesetOverride } from "../../../contract/ruleset.ts";
import { unitHash } from "../../../core/unit-hash.ts";
import { hashUnit } from "../../../workers/http/hash-unit.ts";
import { anExperiment } from "../../counting/fixtures.ts";
import { eventually } from "../../platform.ts";
import { differenceOf, keyOf, OBSERVED_PER_MINUTE, startIngest } from "./ingest-platform.ts";

const platform = startIngest();
const experiments = [anExperiment({ id: "button" })];

beforeAll(async () => {
  for (const environment of ["bad", "good", "warm", "storm", "lossy", "away", "whole"])
    await platform.publish(environment, { experiments });
});

interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
}

const problemOf = async (response: Answer) => {
  const problem = ProblemBody.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(response.headers.get("x-request-id")).toBe(problem.request_id);
  return problem;
};
const receiptOf = async (response: Answer) => {
  expect(response.status).toBe(202);
  return EventReceipt.parse(await response.json());
};

const ask = (method: string, path = "/v1/events") => platform.ingest.fetch(`http://test${path}`, { method });

const scroll = (event_id: string, change: Record<string, unknown> = {}) => ({
  event_id,
  type: "metric",
  timestamp: Date.now(),
  user_id: "u1",
  name: "scroll",
  ...change,
});
/** An object so deep that a recursive reader, or writer, of it runs out of stack. */
const deepJson = `${'{"in":'.repeat(10_000)}1${"}".repeat(10_000)}`;
const exposure = (event_id: string, change: Record<string, unknown> = {}) => ({
  event_id,
  type: "exposure",
  timestamp: Date.now(),
  user_id: "u1",
  experiment_key: "button",
  variant_key: "control",
  ...change,
});

const gzip = (text: string): Promise<ArrayBuffer> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();

describe("POST /v1/events", () => {
  it.each([
    ["a body that is no JSON", "{not json", 400, "invalid_json", [""]],
    ["NaN", '{"batch_id":"b","events":[{"value":NaN}]}', 400, "invalid_json", [""]],
    ["an empty body", "", 400, "invalid_json", [""]],
    ["2 MB", JSON.stringify({ batch_id: "b", events: ["x".repeat(2_000_000)] }), 413, "body_too_large", [""]],
    ["no object", "[]", 400, "invalid_request", [""]],
    ["no fields", "{}", 400, "invalid_request", ["batch_id", "events"]],
    ["no events", '{"batch_id":"b","events":[]}', 400, "invalid_request", ["events"]],
    ["events that are no list", '{"batch_id":"b","events":{}}', 400, "invalid_request", ["events"]],
    ["a batch id of the wrong type", '{"batch_id":7,"events":[1]}', 400, "invalid_request", ["batch_id"]],
    ["an unknown field", '{"batch_id":"b","events":[1],"evnts":[]}', 400, "invalid_request", ["evnts"]],
    [
      "501 events",
      JSON.stringify({ batch_id: "b", events: Array.from({ length: 501 }, () => 1) }),
      400,
      "invalid_request",
      ["events"],
    ],
  ])("refuses %s as a whole", async (_what, body, status, code, paths) => {
    const problem = await problemOf(await platform.post("bad", body));
    expect(problem).toMatchObject({ status, code });
    expect(problem.errors.map(({ path }) => path)).toEqual(paths);
    expect(problem.errors.every(({ message }) => message.length > 5)).toBe(true);
    expect((await platform.read("bad")).ledger.received).toBe(0);
  });

  it.each([
    ["no key", {}, "missing_credentials"],
    ["a key of no known form", { authorization: "Bearer hello" }, "invalid_credentials"],
    ["an admin key", { "x-api-key": `ew_admin_${"k".repeat(32)}` }, "invalid_credentials"],
    ["a key that was never made", { "x-api-key": `ew_client_bad_${"z".repeat(32)}` }, "invalid_credentials"],
    ["a key of no known environment", { "x-api-key": keyOf("nowhere") }, "invalid_credentials"],
    ["another environment's key", { "x-api-key": keyOf("good").replace("good", "bad2") }, "invalid_credentials"],
  ])("refuses %s", async (_what, headers, code) => {
    const body = JSON.stringify({ batch_id: "b", events: [scroll("s")] });
    const response = await platform.ingest.fetch("http://test/v1/events", { method: "POST", headers, body });
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
    expect(await problemOf(response)).toMatchObject({ status: 401, code });
  });

  it("takes a packed body, and says what it does not unpack", async () => {
    const post = (body: ArrayBuffer | string, encoding: string) =>
      platform.ingest.fetch("http://test/v1/events", {
        method: "POST",
        headers: { authorization: `Bearer ${keyOf("packed")}`, "content-encoding": encoding },
        body,
      });
    await platform.publish("packed", { experiments });
    const events = Array.from({ length: 500 }, (_, i) => scroll(`e${i}`, { properties: { text: "x".repeat(1_500) } }));
    const batch = await gzip(JSON.stringify({ batch_id: "b", events }));
    expect(batch.byteLength).toBeLessThan(50_000);
    expect(await receiptOf(await post(batch, "gzip"))).toEqual({ accepted: 500, rejected: [] });
    await platform.settled("packed", 500);

    const bomb = await gzip(JSON.stringify({ batch_id: "b", events: ["x".repeat(50_000_000)] }));
    expect(bomb.byteLength).toBeLessThan(100_000);
    expect(await problemOf(await post(bomb, "gzip"))).toMatchObject({ status: 413, code: "body_too_large" });
    for (const body of [batch.slice(0, -50), batch.slice(50), "{}", ""])
      expect(await problemOf(await post(body, "gzip"))).toMatchObject({ status: 400, code: "invalid_json" });
    expect(await problemOf(await post(await gzip("{}"), "gzip"))).toMatchObject({ code: "invalid_request" });

    const other = await post(batch, "br");
    expect(other.headers.get("accept-encoding")).toBe("gzip, identity");
    expect(await problemOf(other)).toMatchObject({
      status: 415,
      code: "unsupported_media_type",
      detail: expect.stringContaining("br "),
    });
    expect((await platform.read("packed")).ledger.received).toBe(500);
  });

  it("takes the good events of a batch and names each bad one by its index, code and field", async () => {
    const bad: [event: unknown, code: string, message: RegExp][] = [
      [scroll("a", { timestamp: "3000-01-01T00:00:00Z" }), "timestamp_in_future", /^timestamp: 3000-01-01.* ahead /],
      [scroll("b", { timestamp: Date.now() + 11 * 60_000 }), "timestamp_in_future", /^timestamp: /],
      [scroll("c", { timestamp: "yesterday" }), "invalid_event", /^timestamp: Use ISO 8601/],
      [scroll("d", { timestamp: "2025-01-01T00:00:00" }), "invalid_event", /^timestamp: Use ISO 8601/],
      [scroll("e", { timestamp: 1.5 }), "invalid_event", /^timestamp: /],
      [scroll("f", { timestamp: undefined }), "invalid_event", /^timestamp: /],
      [scroll("g", { value: "12.50" }), "invalid_event", /^value: /],
      [scroll("h", { value: "NaN" }), "invalid_event", /^value: /],
      [scroll("i", { value: null }), "invalid_event", /^value: /],
      [scroll("j", { value: 1e12 }), "invalid_event", /^value: /],
      [scroll("k", { user_id: undefined }), "invalid_event", /^user_id: /],
      [scroll("l", { user_id: 5 }), "invalid_event", /^user_id: /],
      [scroll("m", { user_id: "" }), "invalid_event", /^user_id: /],
      [scroll("n", { units: {} }), "invalid_event", /^units: /],
      [scroll("o", { units: { user_id: "u2" } }), "invalid_event", /^units.user_id: /],
      [scroll("p", { valeu: 3 }), "invalid_event", /^valeu: /],
      [scroll("q", { name: "" }), "invalid_event", /^name: /],
      [scroll("", {}), "invalid_event", /^event_id: /],
      [scroll("r", { type: "click" }), "invalid_event", /^type: /],
      [scroll("ss", { properties: { in: "DEEP" } }), "invalid_event", /32 deep/],
      [scroll("s", { properties: { text: "x".repeat(40_000) } }), "event_too_large", /32000/],
      [exposure("t", { variant_key: undefined }), "invalid_event", /^variant_key: /],
      [exposure("u", { config_version: -1 }), "invalid_event", /^config_version: /],
      [exposure("v", { experiment_key: "buton" }), "unknown_experiment", /^experiment_key: .*"buton"/],
      [exposure("w", { variant_key: "contrl" }), "unknown_variant", /^variant_key: .*"contrl"/],
      [exposure("x", { user_id: undefined, units: { device_id: "d" } }), "invalid_event", /^units: .*user_id/],
      [null, "invalid_event", /./],
      ["metric", "invalid_event", /./],
      [[], "invalid_event", /./],
    ];
    const events = bad.flatMap(([event], index) => [event, scroll(`good${index}`)]);
    const receipt = await receiptOf(
      await platform.post("good", JSON.stringify({ batch_id: "b", events }).replace('"DEEP"', deepJson)),
    );
    expect(receipt).toEqual({
      accepted: bad.length,
      rejected: bad.map(([, code, message], index) => ({
        index: 2 * index,
        code,
        message: expect.stringMatching(message),
      })),
    });
    expect(receipt.rejected.every(({ message }) => message.endsWith("."))).toBe(true);

    const { ledger } = await platform.settled("good", events.length);
    expect(ledger).toMatchObject({
      received: events.length,
      applied: bad.length,
      rejected: { timestamp_in_future: 2, event_too_large: 1, unknown_experiment: 1, unknown_variant: 1 },
    });
    expect(await platform.archived("good")).toHaveLength(events.length);
  });

  it("refuses exposures of a unit whose variant was chosen by hand, and nothing else of it", async () => {
    const [looked, other] = [anExperiment({ id: "looked_at" }), anExperiment({ id: "other" })];
    const overrideOf = (unit: string, unit_type: string, variant: string): RulesetOverride => ({
      experiment: looked.key,
      unit_type,
      unit_hash: unitHash(unit_type, unit),
      variant,
    });
    await platform.publish("chosen", {
      experiments: [looked, other],
      overrides: [
        overrideOf("by-user", "user_id", "control"),
        overrideOf("by-device", "device_id", "control"),
        overrideOf("by-gone-variant", "user_id", "gone"),
      ],
    });
    const seen = (id: string, user_id: string, change: object = {}) =>
      exposure(id, { experiment_key: looked.key, variant_key: "control", user_id, ...change });
    const events = [
      seen("a", "by-user"),
      seen("b", "anyone", { units: { device_id: "by-device" } }),
      seen("c", "by-device"),
      seen("d", "by-gone-variant"),
      seen("e", "by-user", { experiment_key: other.key }),
      scroll("f", { user_id: "by-user" }),
    ];
    const receipt = await receiptOf(await platform.post("chosen", { batch_id: "b", events }));
    expect(receipt.rejected).toEqual([
      { index: 0, code: "overridden_unit", message: expect.stringMatching(/^units\.user_id: .*override/) },
      { index: 1, code: "overridden_unit", message: expect.stringMatching(/^units\.device_id: .*override/) },
    ]);
    const { ledger } = await platform.settled("chosen", events.length);
    expect(ledger).toMatchObject({ received: 6, applied: 4, rejected: { overridden_unit: 2 } });
  });

  it("takes note of a batch of nothing but bad events, which nobody should send again", async () => {
    const before = (await platform.read("warm")).ledger.received;
    const receipt = await receiptOf(await platform.post("warm", { batch_id: "b", events: [1, 2] }));
    expect(receipt.accepted).toBe(0);
    expect(receipt.rejected.map(({ index }) => index)).toEqual([0, 1]);
    const { ledger } = await platform.settled("warm", before + 2);
    expect(ledger).toMatchObject({ received: before + 2, rejected: { invalid_event: 2 } });
  });

  it.each(["client", "server"] as const)(
    "takes a %s key in either header, or in the body of a beacon",
    async (type) => {
      const key = keyOf("storm", type);
      const batch = { batch_id: "b", events: [scroll(`${type}1`)] };
      for (const [headers, body] of [
        [{ authorization: `Bearer ${key}` }, batch],
        [{ "x-api-key": key }, batch],
        [{ "content-type": "text/plain;charset=UTF-8" }, { ...batch, key }],
      ] as const) {
        const request = { method: "POST", headers, body: JSON.stringify(body) };
        expect(await receiptOf(await platform.ingest.fetch("http://test/v1/events", request))).toMatchObject({
          accepted: 1,
        });
      }
    },
  );

  it("takes a key and an experiment that were published a moment ago", async () => {
    await platform.publish("newborn");
    await receiptOf(await platform.post("newborn", { batch_id: "b0", events: [scroll("s")] }));
    for (const round of ["first", "second"]) {
      const experiment = anExperiment({ id: `published_${round}` });
      await platform.publish("newborn", { experiments: [experiment] });
      const event = exposure(round, { experiment_key: experiment.key });
      const receipt = await receiptOf(await platform.post("newborn", { batch_id: round, events: [event] }));
      expect(receipt).toEqual({ accepted: 1, rejected: [] });
    }
  });

  it("takes as much as a body can hold, in as many messages as that needs", async () => {
    const text = "é".repeat(900);
    const events = Array.from({ length: 500 }, (_, i) =>
      scroll(`e${i}`, { user_id: `u${i % 50}`, units: { device_id: `d${i % 7}` }, properties: { text } }),
    );
    await platform.publish("large");
    const body = JSON.stringify({ batch_id: "b", events });
    expect(new TextEncoder().encode(body).byteLength).toBeGreaterThan(900_000);
    expect(await receiptOf(await platform.post("large", body))).toEqual({ accepted: 500, rejected: [] });
    const { ledger } = await platform.settled("large", 500);
    expect(ledger).toMatchObject({ received: 500, applied: 500 });
  });

  it("archives all that was sent of an event, with its own time and zone, and refused events whole", async () => {
    const timestamp = "2026-09-04T01:00:00.250+02:00";
    const sent_at = "2026-09-04T01:00:01+02:00";
    const bulk = 'é"'.repeat(9_000);
    const sent = exposure("x", {
      timestamp,
      config_version: 1,
      context: { country: "DE", cart: { items: [1, "two", null] } },
      units: { device_id: "d1" },
    });
    const refused = [
      exposure("y", { timestamp, experiment_key: "buton", context: { page: "p".repeat(5_000) } }),
      scroll("z", { timestamp, bulk, tail: "the end" }),
    ];
    const events = [sent, scroll("s", { timestamp }), ...refused];
    await receiptOf(await platform.post("whole", { batch_id: "b", sent_at, events }));
    await platform.settled("whole", 4);
    const lines = await platform.archived("whole");
    expect(lines.every((line) => line.sent_at === sent_at)).toBe(true);
    const { user_id, ...rest } = sent;
    const archived = lines.find(({ event }) => event?.event_id === "x")?.event;
    expect(archived).toEqual({
      ...rest,
      at: Date.parse(timestamp) + (lines[0]?.skew_ms ?? 0),
      units: [
        ["device_id", "d1"],
        ["user_id", user_id],
      ],
    });
    const [whole, cut] = lines.flatMap(({ rejected }) => rejected ?? []);
    expect(whole).toEqual({ code: "unknown_experiment", event: JSON.stringify(refused[0]) });
    const text = JSON.stringify(refused[1]);
    expect(cut).toMatchObject({ code: "event_too_large", cut_from: new TextEncoder().encode(text).byteLength });
    expect(text.startsWith(cut?.event ?? "none")).toBe(true);
    expect(new TextEncoder().encode(cut?.event).byteLength).toBeGreaterThan(31_990);
  });

  it("takes as many large events that it refuses as a body can hold", async () => {
    // Each quote is two bytes in the body, and four in a message, where the event is a text.
    const events = Array.from({ length: 33 }, (_, i) => ({ event_id: `e${i}`, bulk: '"'.repeat(15_000 - i) }));
    await platform.publish("refused");
    const receipt = await receiptOf(await platform.post("refused", { batch_id: "b", events }));
    expect(receipt.rejected).toHaveLength(33);
    const { ledger } = await platform.settled("refused", 33);
    expect(ledger).toMatchObject({ received: 33, rejected: { invalid_event: 33 } });
  });

  it("moves what happened by what the sender's clock was behind as it sent", async () => {
    await platform.publish("skewed", { experiments });
    const day = 86_400_000;
    const send = async (batch_id: string, sent_at: number, ...events: object[]) =>
      receiptOf(await platform.post("skewed", { batch_id, sent_at, events }));
    const now = Date.now();
    const slow = now - 400 * day;
    await send("slow", slow, scroll("s", { timestamp: slow - 5_000 }), exposure("x", { timestamp: slow - 3_000 }));
    const fast = now + 3 * day;
    await send("fast", fast, scroll("f", { timestamp: new Date(fast - 7_000).toISOString() }));
    await send("right", now - 8_000, scroll("r", { timestamp: now - 9_000 }));
    expect(await send("ahead", slow, scroll("a", { timestamp: slow + 11 * 60_000 }))).toMatchObject({
      accepted: 0,
      rejected: [{ code: "timestamp_in_future", message: expect.stringContaining("corrected") }],
    });
    const { ledger } = await platform.settled("skewed", 5);
    expect(ledger).toMatchObject({ applied: 4, late: 0, rejected: { timestamp_in_future: 1 } });

    const lines = await platform.archived("skewed");
    const find = (id: string) => {
      const line = lines.find(({ event }) => event?.event_id === id);
      if (!line?.event) throw new Error(`${id} was not archived.`);
      const { event, received_at, skew_ms } = line;
      return { at: event.at - received_at, timestamp: event.timestamp, skew: skew_ms, received_at };
    };
    const { received_at } = find("s");
    expect(find("s")).toEqual({ at: -5_000, timestamp: slow - 5_000, skew: received_at - slow, received_at });
    expect(find("x").at).toBe(-3_000);
    expect(find("f").at).toBe(-7_000);
    expect(find("f").skew).toBe(find("f").received_at - fast);
    // A few seconds are a request's time.
    expect(find("r").skew).toBeUndefined();
    expect(find("r").at + find("r").received_at).toBe(now - 9_000);
  });

  it("keeps what known bots send with a client key in a lane of its own", async () => {
    await platform.publish("bots", { experiments });
    const bot = { "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" };
    const send = async (batch_id: string, headers: Record<string, string>, ...events: object[]) =>
      receiptOf(await platform.post("bots", { batch_id, events }, headers));
    await send("by a bot", bot, exposure("x"), scroll("s"));
    await send("by a server", { ...bot, authorization: `Bearer ${keyOf("bots", "server")}` }, scroll("a"));
    await send("by hand", { "user-agent": "curl/8.5.0" }, scroll("b"));
    const { ledger, cells } = await platform.settled("bots", 4, "button");
    expect(ledger).toMatchObject({ received: 4, bot: 2, applied: 2 });
    expect(cells).toEqual([]);
    const lanes = (await platform.archived("bots")).map(({ batch_id, lane }) => `${batch_id}: ${lane}`);
    expect(new Set(lanes)).toEqual(new Set(["by a bot: bot", "by a server: undefined", "by hand: undefined"]));
  });

  it("keeps no ids of units where hashes are to be kept, and counts the same", async () => {
    const user_id = "alice@example.com";
    const unit_hash = unitHash("user_id", user_id);
    await platform.publish("hidden", {
      experiments: [...experiments, anExperiment({ id: "looked_at" })],
      overrides: [{ experiment: "looked_at", unit_type: "user_id", unit_hash, variant: "control" }],
      unit_id_salt: "pepper",
    });
    const events = [
      exposure("x", { user_id, units: { device_id: "phone-of-alice" } }),
      scroll("s", { user_id }),
      exposure("o", { user_id, experiment_key: "looked_at" }),
      exposure("u", { user_id, units: { device_id: "phone-of-alice" }, experiment_key: "buton" }),
      scroll("v", { userid: "alice", user_id }),
      "alice",
    ];
    const receipt = await receiptOf(await platform.post("hidden", { batch_id: "b", events }));
    expect(receipt.rejected.map(({ code }) => code)).toEqual([
      "overridden_unit",
      "unknown_experiment",
      "invalid_event",
      "invalid_event",
    ]);
    const { ledger, cells } = await platform.settled("hidden", events.length, "button");
    expect(ledger).toMatchObject({ received: 6, applied: 2 });
    expect(cells.find(({ metric_id }) => metric_id === "")).toMatchObject({ variant_id: "button.control", n: 1 });

    const lines = await platform.archived("hidden");
    expect(JSON.stringify(lines)).not.toMatch(/alice/);
    const hash = await hashUnit("pepper", "user_id", user_id);
    expect(hash).toMatch(/^h_[0-9a-f]{32}$/);
    const unitsOf = (id: string) => new Map(lines.find(({ event }) => event?.event_id === id)?.event?.units);
    expect(unitsOf("s")).toEqual(new Map([["user_id", hash]]));
    const deviceHash = await hashUnit("pepper", "device_id", "phone-of-alice");
    expect(unitsOf("x")).toEqual(new Map(Object.entries({ device_id: deviceHash, user_id: hash })));
    const refused = lines.flatMap(({ rejected }) => (rejected ? [JSON.parse(rejected.event) as unknown] : []));
    expect(refused).toContainEqual(expect.objectContaining({ experiment_key: "buton", user_id: hash }));
    expect(refused).toContainEqual(null);
  });

  it("limits senders of wrong keys by their address, and whose key is right not with them", async () => {
    const address = { "cf-connecting-ip": "192.0.2.77" };
    const wrong = { ...address, authorization: `Bearer ew_client_bad_${"z".repeat(32)}` };
    const answers: Answer[] = [];
    for (let round = 0; round < 5; round++) {
      const attempts = Array.from({ length: 40 }, () => platform.post("bad", { batch_id: "b", events: [1] }, wrong));
      answers.push(...(await Promise.all(attempts)));
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
    const limited = answers.find(({ status }) => status === 429);
    if (!limited) throw new Error("Nobody was limited.");
    expect(limited.headers.get("retry-after")).toMatch(/^([1-9]|[1-5]\d|60)$/);
    expect(await problemOf(limited)).toMatchObject({ status: 429, code: "rate_limited" });
    await receiptOf(await platform.post("warm", { batch_id: "limits", events: [scroll("after")] }, address));
  });

  it.each([
    ["a browser by its address", () => ({ "cf-connecting-ip": "192.0.2.80" })],
    [
      "a server by its key, from wherever it sends",
      (round: number) => ({ "x-api-key": keyOf("busy", "server"), "cf-connecting-ip": `198.51.100.${round % 200}` }),
    ],
  ])("limits %s, and nobody else with it", async (_, headersOf) => {
    await platform.publish("busy", { experiments });
    const statuses = new Set<number>();
    let limited: ProblemBody | undefined;
    // The binding's minute may end once in between, not more often.
    for (let round = 0; round < 2.5 * OBSERVED_PER_MINUTE; round++) {
      const id = `busy-${round}`;
      const answer = await platform.postObserved("busy", { batch_id: id, events: [scroll(id)] }, headersOf(round));
      statuses.add(answer.status);
      if (answer.status === 202) {
        await answer.text();
        continue;
      }
      expect(answer.headers.get("retry-after")).toMatch(/^([1-9]|[1-5]\d|60)$/);
      expect(answer.headers.get("access-control-expose-headers")).toContain("retry-after");
      limited = await problemOf(answer);
    }
    expect(statuses).toEqual(new Set([202, 429]));
    expect(limited).toMatchObject({ status: 429, code: "rate_limited" });
    const elsewhere = { "cf-connecting-ip": "192.0.2.81" };
    await receiptOf(await platform.postObserved("busy", { batch_id: "else", events: [scroll("else")] }, elsewhere));
  });

  it("makes the same messages of a batch that is sent again, and others of other events", async () => {
    await platform.publish("resent", { experiments });
    const events = [exposure("x"), scroll("s", { user_id: "u2" }), 1];
    for (let time = 0; time < 3; time++)
      await receiptOf(await platform.post("resent", { batch_id: "b", events, sent_at: Date.now() }));
    await receiptOf(await platform.post("resent", { batch_id: "b", events: [scroll("t")] }));
    const { ledger } = await platform.settled("resent", 10);
    // The refused event of a batch sent again is a duplicate like the others.
    expect(ledger).toMatchObject({ received: 10, applied: 3, duplicate: 6, rejected: { invalid_event: 1 } });
    const copies = (await platform.archived("resent")).filter(({ event }) => event?.event_id === "x");
    expect(new Set(copies.map(({ message_id }) => message_id)).size).toBe(1);
    expect(new Set(copies.map(({ intake }) => intake)).size).toBe(3);
  });

  it("refuses a time that is longer than times are", async () => {
    const long = `2026-09-04T01:00:00.${"0".repeat(500_000)}Z`;
    const problem = await problemOf(
      await platform.post("bad", { batch_id: "b", sent_at: long, events: [scroll("s")] }),
    );
    expect(problem).toMatchObject({ status: 400, errors: [{ path: "sent_at" }] });
  });

  it("answers preflights, other methods and other paths", async () => {
    const preflight = await ask("OPTIONS");
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
    for (const header of ["authorization", "content-type", "content-encoding"])
      expect(preflight.headers.get("access-control-allow-headers")).toContain(header);
    const get = await ask("GET");
    expect(get.headers.get("allow")).toBe("POST, OPTIONS");
    expect(await problemOf(get)).toMatchObject({ status: 405, code: "method_not_allowed" });
    expect(await problemOf(await ask("POST", "/v1/event"))).toMatchObject({ status: 404, code: "not_found" });
  });
});

describe("the ledger", () => {
  it("goes on missing events that were answered with 202 and lost on their way", async () => {
    await platform.order({ lossy: true });
    await receiptOf(
      await platform.postObserved("lossy", { batch_id: "b0", events: [scroll("lost"), scroll("too"), 1] }),
    );
    await platform.order({ lossy: false });
    await receiptOf(await platform.postObserved("lossy", { batch_id: "b1", events: [scroll("s")] }));
    const { ledger } = await eventually(
      () => platform.read("lossy"),
      ({ ledger }) => ledger.received === 4,
    );
    expect(ledger.applied).toBe(1);
    expect(differenceOf(ledger)).toBe(3);
  });

  it("hears of events when their shard is back that was out of reach as they were sent", async () => {
    await platform.order({ broken: ["UNIT_SHARD"], lossy: true });
    await receiptOf(await platform.postObserved("away", { batch_id: "b0", events: [scroll("lost")] }));
    // Notes go out seconds later: by then the shard must still be away.
    await eventually(
      () => platform.order<number>({ observeBroken: "UNIT_SHARD" }),
      (attempts) => attempts > 0,
    );
    expect((await platform.read("away")).ledger.received).toBe(0);
    await platform.order({ lossy: false });
    await receiptOf(await platform.postObserved("away", { batch_id: "b1", events: [scroll("s")] }));
    await platform.order({ broken: [] });
    const { ledger } = await eventually(
      () => platform.read("away"),
      ({ ledger }) => ledger.received === 2 && ledger.applied === 1,
    );
    expect(differenceOf(ledger)).toBe(1);
  });
});

describe("ingest, when something is out of reach,", () => {
  it("says when to send a batch again that the queue did not take", async () => {
    await platform.order({ broken: ["EVENTS"] });
    const response = await platform.postObserved("warm", { batch_id: "b", events: [scroll("late1")] });
    expect(response.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(await problemOf(response)).toMatchObject({ status: 503, code: "unavailable" });
    await platform.order({ broken: [] });
    await receiptOf(await platform.postObserved("warm", { batch_id: "b", events: [scroll("late1")] }));
  });

  it("goes on with the ruleset that it has, and without one asks to be sent everything again", async () => {
    await platform.order({ broken: ["RULES", "PUBLISHER"] });
    await receiptOf(await platform.postObserved("warm", { batch_id: "b", events: [exposure("x")] }));
    const unknown = [exposure("y", { experiment_key: "started_a_moment_ago" })];
    const undecided = await platform.postObserved("warm", { batch_id: "b", events: unknown });
    expect(await problemOf(undecided)).toMatchObject({ status: 503, code: "unavailable" });
    const cold = await platform.postObserved("bad", { batch_id: "b", events: [exposure("x")] });
    expect(cold.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(await problemOf(cold)).toMatchObject({ status: 503, code: "unavailable" });
    await platform.order({ broken: [] });
  });

  it("looks for unknown experiments at most once an interval, however many are sent", async () => {
    await receiptOf(await platform.postObserved("storm", { batch_id: "b", events: [exposure("x")] }));
    await platform.order({ observe: true });
    const began = Date.now();
    const receipts = await Promise.all(
      Array.from({ length: 60 }, async (_, i) =>
        receiptOf(
          await platform.postObserved("storm", {
            batch_id: "b",
            events: [exposure(`x${i}`, { experiment_key: "typo" })],
          }),
        ),
      ),
    );
    expect(receipts.every(({ rejected }) => rejected[0]?.code === "unknown_experiment")).toBe(true);
    // Ours, and those behind the answer that any request starts when the ruleset is 2 s old.
    const intervals = 1 + Math.ceil((Date.now() - began) / 500);
    expect(await platform.order<number>({ observe: true })).toBeLessThan(4 * intervals);
  });
});
