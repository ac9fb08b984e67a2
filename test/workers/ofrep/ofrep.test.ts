import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FlagType } from "../../../contract/flag.ts";
import type { JsonValue } from "../../../contract/json.ts";
import type { RulesetFlag, RulesetKey } from "../../../contract/ruleset.ts";
import { aFlag, anExperiment } from "../../core/a-ruleset.ts";
import { here, key, order, publish, rulesetOf, sha256, start, startAfresh, stop } from "../../observed-decide.ts";

beforeAll(start);
beforeEach(startAfresh);
afterAll(stop);

const flagOf = (
  flagKey: string,
  type: FlagType,
  default_value: JsonValue,
  change: Partial<RulesetFlag> = {},
): RulesetFlag => aFlag({ key: flagKey, type, default_value, ...change });

/** A rule that gives half of the units of a type its value. */
const halfOf = (unit_type: string, value: JsonValue): RulesetFlag["rules"] => [
  { name: "half", conditions: [], value, rollout: { share_bp: 5_000, salt: "s", unit_type, schedule: [] } },
];

const BULK = "/ofrep/v1/evaluate/flags";

const post = (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${here.origin}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key(here.environment)}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });

const single = (flagKey: string, context: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  post(`${BULK}/${flagKey}`, { context }, headers);

const bulk = (context: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  post(BULK, { context }, headers);

/** Status and body, which is a JSON object whatever the status. */
const read = async (response: Promise<Response>): Promise<{ status: number; body: Record<string, JsonValue> }> => {
  const answer = await response;
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  return { status: answer.status, body: (await answer.json()) as Record<string, JsonValue> };
};

const publishFlags = (...flags: RulesetFlag[]) => publish(rulesetOf({ flags, experiments: [] }));

const aClientKey = (change: Partial<RulesetKey>): RulesetKey => ({
  id: "k1",
  type: "client",
  hash: sha256(key(here.environment)),
  ...change,
});

/** The flag `a` with that value, for one key. */
const publishTo = (keyOfClient: RulesetKey, text: string) =>
  publish(rulesetOf({ flags: [flagOf("a", "string", text)], keys: [keyOfClient] }));

/** The answer's tag, which is one of its whole body. */
const etagOf = async (response: Promise<Response>): Promise<string> => {
  const answer = await response;
  const etag = answer.headers.get("etag") ?? "";
  expect(etag).toBe(
    `"${createHash("sha256")
      .update(await answer.text())
      .digest("base64url")}"`,
  );
  return etag;
};

/** A user's value of the flag `by-user`, asked for in each of the ways there are. */
const valuesOf = async (user: string): Promise<JsonValue[]> => {
  const context = { targetingKey: user };
  const all = (await read(bulk(context))).body["flags"] as { key: string; value: boolean }[];
  const decided = await post("/v1/decide", { user_key: user, flags: ["by-user"] });
  return [
    (await read(single("by-user", context))).body["value"] ?? null,
    all.find((flag) => flag.key === "by-user")?.value ?? null,
    ((await decided.json()) as { flags: Record<string, { value: boolean }> }).flags["by-user"]?.value ?? null,
  ];
};

describe("an OFREP answer (1, 7, 8)", () => {
  it("is JSON with key, value, reason and variant for one flag", async () => {
    await publishFlags(flagOf("new-shop", "boolean", true));
    expect(await read(single("new-shop"))).toEqual({
      status: 200,
      body: { key: "new-shop", value: true, reason: "STATIC", variant: "on" },
    });
  });

  it("is JSON with all flags for none", async () => {
    await publishFlags(flagOf("a", "string", "x"), flagOf("b", "object", { c: [1, { d: null }] }));
    expect(await read(bulk())).toEqual({
      status: 200,
      body: {
        flags: [
          { key: "a", value: "x", reason: "STATIC", variant: "default" },
          { key: "b", value: { c: [1, { d: null }] }, reason: "STATIC", variant: "default" },
        ],
      },
    });
  });

  it("has an empty list where there is no flag (13)", async () => {
    await publishFlags();
    expect(await read(bulk())).toEqual({ status: 200, body: { flags: [] } });
  });

  it("has no value for a flag that is off or leaves it to the code", async () => {
    await publishFlags(flagOf("off", "boolean", true, { enabled: false }), flagOf("null", "boolean", null));
    const off = { key: "off", reason: "DISABLED", variant: "off" };
    const codeDefault = { key: "null", reason: "DEFAULT", variant: "default" };
    expect((await read(single("off"))).body).toEqual(off);
    expect((await read(single("null"))).body).toEqual(codeDefault);
    expect((await read(bulk())).body["flags"]).toEqual([off, codeDefault]);
  });

  it("has the value that was chosen for a flag that is off", async () => {
    await publishFlags(flagOf("off", "string", "open", { enabled: false, off_value: "closed" }));
    expect((await read(single("off"))).body).toMatchObject({ value: "closed", reason: "DISABLED" });
  });
});

describe("a number (10)", () => {
  it.each([
    ["float", 1, '"value":1.0,'],
    ["float", 0, '"value":0.0,'],
    ["float", 0.5, '"value":0.5,'],
    ["integer", 10, '"value":10,'],
    ["integer", 0, '"value":0,'],
  ] as const)("of a flag of type %s with the value %d is written as its type", async (type, value, text) => {
    await publishFlags(flagOf("n", type, value));
    expect(await (await single("n")).text()).toContain(text);
    expect(await (await bulk()).text()).toContain(text);
  });
});

describe("an OFREP path (3)", () => {
  it.each([
    "/ofrep/v1/evaluate/flags/a.b~c",
    "//ofrep/v1/evaluate/flags/a.b~c",
    "/ofrep/v1/evaluate/flags/%61%2Eb%7Ec",
  ])("can be %s", async (path) => {
    await publishFlags(flagOf("a.b~c", "boolean", true));
    expect((await read(post(path, {}))).body).toMatchObject({ key: "a.b~c", value: true });
  });

  it.each([BULK, `/${BULK}`, `${BULK}/`, `${BULK}?flagConfigEtag=%22x%22&flagConfigLastModified=2026-01-01&other=1`])(
    "for all flags can be %s",
    async (path) => {
      await publishFlags(flagOf("a", "boolean", true));
      expect((await read(post(path, {}))).body["flags"]).toHaveLength(1);
    },
  );
});

describe("a refusal (4, 5, 16, 22)", () => {
  beforeEach(async () => {
    await publishFlags(
      flagOf("a", "boolean", true),
      flagOf("half", "boolean", false, { rules: halfOf("user_id", true) }),
    );
  });

  it("of an unknown flag is the only 404, and names the flag", async () => {
    expect(await read(single("b%2Fc"))).toEqual({
      status: 404,
      body: { key: "b/c", errorCode: "FLAG_NOT_FOUND", errorDetails: expect.stringContaining("flag b/c not found") },
    });
  });

  it.each(["constructor", "__proto__", "toString"])("takes %s for an unknown flag", async (name) => {
    expect(await read(single(name))).toMatchObject({ status: 404, body: { key: name } });
  });

  it.each(["/ofrep/v1/configuration", "/ofrep/v2/evaluate/flags", "/ofrep/"])(
    "of the path %s is a 400",
    async (path) => {
      expect(await read(post(path, {}))).toMatchObject({ status: 400, body: { errorCode: "GENERAL" } });
    },
  );

  it.each([
    ["no key", { authorization: "" }],
    ["what is no key", { authorization: "Bearer hunter2" }],
    ["a key that nobody made", { authorization: `Bearer ew_client_env-0_${"x".repeat(32)}` }],
  ])("of %s is a 401 with a body", async (_, headers) => {
    for (const answer of [single("a", {}, headers), bulk({}, headers)])
      expect(await read(answer)).toMatchObject({
        status: 401,
        body: { errorCode: "GENERAL", errorDetails: expect.any(String) },
      });
    expect((await read(single("a", {}, headers))).body).toMatchObject({ key: "a" });
  });

  it.each([
    ["half a JSON", '{"context":', "PARSE_ERROR"],
    ["a list", "[]", "PARSE_ERROR"],
    ["a megabyte", JSON.stringify({ context: { a: "a".repeat(1_000_000) } }), "PARSE_ERROR"],
    ["a context that is a text", '{"context":"a"}', "INVALID_CONTEXT"],
  ])("of %s is a 400 that says so", async (_, body, errorCode) => {
    const errorDetails = expect.any(String);
    expect(await read(post(`${BULK}/a`, body))).toEqual({ status: 400, body: { key: "a", errorCode, errorDetails } });
    expect(await read(post(BULK, body))).toEqual({ status: 400, body: { errorCode, errorDetails } });
  });

  it("of a caller that asks too often says how many seconds to wait (17)", async () => {
    await order({ limits: { SERVER_REQUESTS_PER_MINUTE: "20" } });
    const server = { authorization: `Bearer ${key(here.environment, "server")}` };
    const answers: Response[] = [];
    // The binding's minutes are the machine's: among so many in a row one of them sees more than its limit.
    for (let request = 0; request < 100; request++) answers.push(await single("a", {}, server));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    const refused = answers.filter(({ status }) => status === 429);
    for (const answer of refused) {
      expect(answer.headers.get("retry-after")).toMatch(/^([1-9]|[1-5]\d|60)$/);
      expect(answer.headers.get("access-control-expose-headers")).toContain("Retry-After");
      expect(await answer.json()).toEqual({ key: "a", errorCode: "GENERAL", errorDetails: expect.any(String) });
    }
  });

  it("of another method is a 405 with a body", async () => {
    const answer = fetch(`${here.origin}${BULK}/a`);
    expect(await read(answer)).toMatchObject({ status: 405, body: { key: "a", errorCode: "GENERAL" } });
    expect((await answer).headers.get("allow")).toBe("POST, OPTIONS");
  });

  it("of a flag that cannot be evaluated spoils no other", async () => {
    const conditions = JSON.parse('[{"attribute":"a","operator":"sounds_like","value":"b"}]') as [];
    await startAfresh();
    await publishFlags(
      flagOf("broken", "boolean", true, { rules: [{ name: "r", conditions, value: false }] }),
      flagOf("whole", "boolean", true),
    );
    const failure = { key: "broken", errorCode: "GENERAL", errorDetails: expect.any(String) };
    expect(await read(single("broken"))).toEqual({ status: 400, body: failure });
    expect((await read(bulk())).body["flags"]).toEqual([
      failure,
      expect.objectContaining({ key: "whole", value: true }),
    ]);
  });

  it("never comes of what a context holds", async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`) as object;
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n]));
    const contexts = [deep, wide, JSON.parse('{"__proto__":{"targetingKey":"u"}}') as object];
    for (const context of contexts) expect(await read(single("a", context))).toMatchObject({ status: 200 });
  });
});

describe("a context (6)", () => {
  beforeEach(async () => {
    await publishFlags(
      flagOf("static", "boolean", true),
      flagOf("by-user", "boolean", false, { rules: halfOf("user_id", true) }),
      flagOf("by-device", "boolean", false, { unit_type: "device_id", rules: halfOf("device_id", true) }),
    );
  });

  it.each([undefined, "", "{}", '{"context":null}', '{"context":{}}'])(
    "may be missing as in %j, and only flags that need a unit fail",
    async (body) => {
      expect(await read(post(`${BULK}/static`, body))).toMatchObject({ status: 200, body: { value: true } });
      expect(await read(post(`${BULK}/by-user`, body))).toEqual({
        status: 400,
        body: {
          key: "by-user",
          errorCode: "TARGETING_KEY_MISSING",
          errorDetails: expect.stringContaining("targetingKey"),
        },
      });
      expect(await read(post(BULK, body))).toMatchObject({
        status: 200,
        body: {
          flags: [
            { key: "static", value: true },
            { key: "by-user", errorCode: "TARGETING_KEY_MISSING", errorDetails: expect.any(String) },
            { key: "by-device", errorCode: "TARGETING_KEY_MISSING", errorDetails: expect.any(String) },
          ],
        },
      });
    },
  );

  it("names the user by its targeting key and other units by the attribute of their type's name", async () => {
    expect((await read(single("by-user", { targetingKey: "u1" }))).status).toBe(200);
    expect((await read(single("by-device", { targetingKey: "u1" }))).status).toBe(400);
    expect((await read(single("by-device", { device_id: "d1" }))).status).toBe(200);
    expect((await read(single("by-device", { device_id: 7 }))).status).toBe(400);
  });

  it("gives a unit the same value by one flag, by all flags and by /v1/decide", async () => {
    const seen = await Promise.all(Array.from({ length: 20 }, (_, n) => valuesOf(`user-${n}`)));
    expect(seen.filter(([one, all, decided]) => one !== all || one !== decided)).toEqual([]);
    expect(new Set(seen.flat())).toEqual(new Set([true, false]));
  });
});

describe("a reason (9)", () => {
  it("is the standard one of what decided", async () => {
    const onEmail = { conditions: [{ attribute: "email", operator: "eq" as const, value: "a@b.c" }], name: "email" };
    await publishFlags(
      flagOf("targeted", "string", "x", { rules: [{ ...onEmail, value: "y" }] }),
      flagOf("split", "boolean", false, {
        rules: [
          {
            name: "all",
            conditions: [],
            value: true,
            rollout: { share_bp: 10_000, salt: "s", unit_type: "user_id", schedule: [] },
          },
        ],
      }),
    );
    const context = { targetingKey: "u1", email: "a@b.c" };
    expect((await read(single("targeted", context))).body).toMatchObject({ value: "y", reason: "TARGETING_MATCH" });
    expect((await read(single("targeted", {}))).body).toMatchObject({ value: "x", reason: "DEFAULT" });
    expect((await read(single("split", context))).body).toMatchObject({ value: true, reason: "SPLIT" });
  });
});

describe("metadata (12)", () => {
  it("is the flag's own, flat, and not there without any", async () => {
    await publishFlags(flagOf("with", "boolean", true, { metadata: { owner: "web", tier: 2, float: 0.1 } }));
    expect((await read(single("with"))).body["metadata"]).toEqual({ owner: "web", tier: 2, float: 0.1 });
    await publishFlags(flagOf("without", "boolean", true));
    expect((await read(single("without"))).body).not.toHaveProperty("metadata");
  });

  it("has no number that is not whole in a bulk answer for strict clients", async () => {
    await publishFlags(flagOf("a", "boolean", true, { metadata: { float: 0.1, tier: 2 } }));
    expect((await read(bulk())).body).toMatchObject({ flags: [{ metadata: { float: "0.1", tier: 2 } }] });
  });

  it("names the experiment that decided, for hooks to record the exposure", async () => {
    const values = { control: "old", treatment: "new" };
    await publish(
      rulesetOf({
        experiments: [anExperiment({ key: "checkout" })],
        flags: [
          flagOf("shop", "string", "none", {
            rules: [{ name: "test", conditions: [], experiment: { key: "checkout", values } }],
          }),
        ],
      }),
    );
    const { body } = await read(single("shop", { targetingKey: "u1" }));
    const { variantKey } = body["metadata"] as { variantKey: "control" | "treatment" };
    expect(body).toEqual({
      key: "shop",
      value: values[variantKey],
      reason: "SPLIT",
      variant: variantKey,
      metadata: { experimentKey: "checkout", variantKey, configVersion: 1 },
    });
  });
});

describe("a key (2, 14, 18)", () => {
  it.each([
    ["Authorization: Bearer", (k: string) => ({ authorization: `Bearer ${k}` })],
    ["X-API-Key", (k: string) => ({ authorization: "", "x-api-key": k })],
    ["Authorization with no scheme", (k: string) => ({ authorization: k })],
  ])("can be sent as %s", async (_, headersOf) => {
    await publishFlags(flagOf("a", "boolean", true));
    expect((await single("a", {}, headersOf(key(here.environment)))).status).toBe(200);
  });

  it("of a client knows nothing of flags that are for servers only", async () => {
    await publishFlags(flagOf("secret", "boolean", true, { is_server_only: true }), flagOf("open", "boolean", true));
    const server = { authorization: `Bearer ${key(here.environment, "server")}` };
    expect(await read(single("secret"))).toMatchObject({ status: 404 });
    expect((await read(bulk())).body["flags"]).toHaveLength(1);
    expect(await read(single("secret", {}, server))).toMatchObject({ status: 200 });
    expect((await read(bulk({}, server))).body["flags"]).toHaveLength(2);
  });

  it("gets fields beside flags only where its clients can read them", async () => {
    const flags = [flagOf("a", "boolean", true, { metadata: { float: 0.1 } })];
    await publish(rulesetOf({ flags, keys: [aClientKey({})] }));
    expect(Object.keys((await read(bulk())).body)).toEqual(["flags"]);
    await startAfresh();
    await publish(rulesetOf({ flags, keys: [aClientKey({ ofrep_extras: true })] }));
    expect((await read(bulk())).body).toMatchObject({
      flags: [{ metadata: { float: 0.1 } }],
      metadata: { flagSetId: here.environment, version: "1" },
    });
  });
});

describe("an ETag (15)", () => {
  beforeEach(async () => {
    const conditions = [{ attribute: "email", operator: "eq" as const, value: "b" }];
    await publishFlags(flagOf("a", "string", "x", { rules: [{ name: "b", conditions, value: "y" }] }));
  });

  it.each([
    ["itself", (etag: string) => etag],
    ["its weak form", (etag: string) => `W/${etag}`],
    ["it in a list", (etag: string) => `"other", ${etag}`],
    ["it without quotes", (etag: string) => etag.slice(1, -1)],
  ])("is a 304 for %s, with no body and readable by browsers", async (_, held) => {
    const etag = await etagOf(bulk({ email: "a" }));
    const answer = await bulk({ email: "a" }, { "if-none-match": held(etag) });
    expect(answer.status).toBe(304);
    expect(answer.headers.get("etag")).toBe(etag);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-expose-headers")).toContain("ETag");
    expect(await answer.text()).toBe("");
  });

  it("is another one when another attribute changes what is served", async () => {
    const etag = await etagOf(bulk({ targetingKey: "u1", email: "a" }));
    const answer = await bulk({ targetingKey: "u1", email: "b" }, { "if-none-match": etag });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ flags: [{ value: "y" }] });
  });

  it.each(["*", '"other"'])("does not match %s", async (held) => {
    expect((await bulk({}, { "if-none-match": held })).status).toBe(200);
  });
});

describe("a change (21)", () => {
  it("is told by an event stream at a URL of its own, whose answer keeps its tag", async () => {
    await publishTo(aClientKey({ ofrep_extras: true }), "before");
    const held = bulk();
    const etag = await etagOf(held.then((answer) => answer.clone()));
    const { eventStreams } = (await read(held)).body as { eventStreams: { type: string; url: string }[] };
    expect(eventStreams).toEqual([{ type: "sse", url: expect.stringContaining(`${here.origin}/v1/stream?`) }]);
    expect(eventStreams[0]?.url).not.toContain("ew_client_");
    expect((await bulk({}, { "if-none-match": etag })).status).toBe(304);

    const stream = await fetch(eventStreams[0]?.url ?? "");
    expect(stream.status).toBe(200);
    expect(stream.headers.get("content-type")).toContain("text/event-stream");
    expect(stream.headers.get("access-control-allow-origin")).toBe("*");
    await stream.body?.cancel();
  });

  it("reaches a client that has heard of it before this isolate has", async () => {
    await publishTo(aClientKey({}), "before");
    const etag = await etagOf(bulk());
    const { hash, published_at } = await publishTo(aClientKey({}), "after");
    const held = { "if-none-match": etag };
    // The isolate asks again when two seconds have passed, and no time passes in this test.
    expect((await bulk({}, held)).status).toBe(304);
    const heard = new URLSearchParams({
      flagConfigEtag: `"${hash}"`,
      flagConfigLastModified: String(Math.floor(published_at / 1_000)),
    });
    expect(await read(post(`${BULK}?${heard}`, {}, held))).toMatchObject({
      status: 200,
      body: { flags: [{ value: "after" }] },
    });
  });
});

describe("a browser (19)", () => {
  it("may call from any origin with any header", async () => {
    const answer = await fetch(`${here.origin}${BULK}`, {
      method: "OPTIONS",
      headers: {
        origin: "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,if-none-match,traceparent",
      },
    });
    expect(answer.status).toBe(204);
    const header = (name: string) => answer.headers.get(name)?.split(", ");
    expect(header("access-control-allow-origin")).toEqual(["*"]);
    expect(header("access-control-allow-methods")).toEqual(["POST", "OPTIONS"]);
    expect(header("access-control-allow-headers")).toEqual(
      expect.arrayContaining(["authorization", "content-type", "x-api-key", "if-none-match", "traceparent"]),
    );
    expect(header("access-control-max-age")).toEqual(["7200"]);
    expect(header("vary")).toContain("Origin");
  });

  it("can read ETag and Retry-After of every answer", async () => {
    await publishFlags(flagOf("a", "boolean", true));
    const answers = await Promise.all([
      single("a"),
      single("b"),
      bulk(),
      bulk({}, { authorization: "" }),
      post(BULK, "{"),
      fetch(`${here.origin}${BULK}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200, 401, 400, 405]);
    expect(new Set(answers.map(({ headers }) => headers.get("access-control-expose-headers")))).toEqual(
      new Set(["ETag, Retry-After"]),
    );
    expect(new Set(answers.map(({ headers }) => headers.get("vary")))).toEqual(new Set(["Origin"]));
  });
});

describe("with no ruleset to be had", () => {
  beforeEach(async () => {
    await publishFlags(flagOf("a", "boolean", true));
    await order({ broken: ["RULES", "PUBLISHER"] });
  });

  it("a flag is left to the default in the caller's code", async () => {
    expect(await read(single("a"))).toEqual({
      status: 200,
      body: { key: "a", reason: "ERROR", variant: "default" },
    });
  });

  it("a client that holds flags keeps them", async () => {
    expect((await bulk({}, { "if-none-match": '"held"' })).status).toBe(304);
  });

  it("a client that holds none starts up, and has no tag to be told 304 by", async () => {
    const answer = bulk();
    expect(await read(answer)).toEqual({ status: 200, body: { flags: [] } });
    expect((await answer).headers.has("etag")).toBe(false);
  });
});
