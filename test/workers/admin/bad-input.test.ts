import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";

let api: AdminApi;
let adminKey = "";
beforeAll(async () => {
  api = await startAdmin();
  await api.call("POST", "/metrics", aMetric("purchase"));
  await api.call("POST", "/experiments", plain({ key: "there", primary_metric: "purchase" }));
  adminKey = await api.createKey("admin");
});
afterAll(() => api.close());

/** Sends what must be refused and proves that nothing was stored. */
const refused = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
  const before = await api.stored();
  const answer = await api.call(method, path, body, headers);
  expect(await api.stored()).toBe(before);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("x-request-id")).toBe(answer.body.request_id);
  expect(answer.body.detail.length).toBeGreaterThan(10);
  expect(answer.body.errors).not.toEqual([]);
  const paths = answer.body.errors.map((error) => error.path);
  for (const { message } of answer.body.errors) expect(message.length).toBeGreaterThan(10);
  return { status: answer.status, code: answer.body.code, paths, detail: answer.body.detail };
};

const two = plain().variants;

describe("a body that is not JSON", () => {
  it.each(["{", '{"name":"x",}', '{"name":NaN}', "", "nothing", "'x'"])("is a 400: %s", async (text) => {
    expect(await refused("POST", "/experiments", text)).toMatchObject({ status: 400, code: "invalid_json" });
  });

  it("is a 400 when it is not UTF-8", async () => {
    const before = await api.stored();
    const answer = await fetch(`${api.origin}/api/v1/experiments`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
    });
    expect(answer.status).toBe(400);
    expect(await api.stored()).toBe(before);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data; boundary=x"])(
    "is a 415 when it is said to be %s",
    async (type) => {
      const headers = { authorization: `Bearer ${adminKey}`, "content-type": type };
      const answer = await refused("POST", "/experiments", plain({ key: "typed" }), headers);
      expect(answer).toMatchObject({ status: 415, code: "unsupported_media_type" });
    },
  );
});

describe("a body that is too large", () => {
  it("is a 413 at 2 MB", async () => {
    const answer = await refused("POST", "/experiments", plain({ hypothesis: "x".repeat(2_000_000) }));
    expect(answer).toMatchObject({ status: 413, code: "body_too_large" });
  });

  it("is a 413 when it does not say how long it is", async () => {
    const before = await api.stored();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(
        `${api.origin}/api/v1/experiments`,
        {
          method: "POST",
          headers: {
            authorization: `Bearer ${adminKey}`,
            "content-type": "application/json",
            "transfer-encoding": "chunked",
          },
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      sent.on("error", reject);
      for (let i = 0; i < 40; i++) sent.write(" ".repeat(10_000));
      sent.end(JSON.stringify(plain({ key: "chunked" })));
    });
    expect(status).toBe(413);
    expect(await api.stored()).toBe(before);
  });

  it("is taken up to 256 KB", async () => {
    const config = "x".repeat(250_000);
    const body = plain({
      key: "large",
      variants: [
        { key: "a", weight: 100, config },
        { key: "b", weight: 0 },
      ],
    });
    expect((await api.call("POST", "/experiments", body)).status).toBe(201);
  });
});

describe("an experiment that is not as the contract says", () => {
  it.each<[string, object, string[]]>([
    ["an unknown field", plain({ nmae: "x" }), ["nmae"]],
    ["an unknown field of a variant", plain({ variants: [two[0], { ...two[1], wieght: 50 }] }), ["variants.1.wieght"]],
    ["an unknown field of targeting", plain({ targeting: { country: ["US"] } }), ["targeting.country"]],
    ["unknown fields, all of them", plain({ a: 1, b: 2 }), ["a", "b"]],
    ["weights that sum to 99", plain({ variants: [two[0], { key: "b", weight: 49 }] }), ["variants"]],
    ["weights that sum to 100.5", plain({ variants: [two[0], { key: "b", weight: 50.5 }] }), ["variants"]],
    [
      "a weight in thousandths",
      plain({
        variants: [
          { key: "a", weight: 49.999 },
          { key: "b", weight: 50.001 },
        ],
      }),
      ["variants.0.weight", "variants.1.weight"],
    ],
    [
      "a negative weight",
      plain({
        variants: [
          { key: "a", weight: -10 },
          { key: "b", weight: 110 },
        ],
      }),
      ["variants.0.weight", "variants.1.weight"],
    ],
    ["a weight as text", plain({ variants: [two[0], { key: "b", weight: "50" }] }), ["variants.1.weight"]],
    ["a weight of null", plain({ variants: [two[0], { key: "b", weight: null }] }), ["variants.1.weight"]],
    ["one variant", plain({ variants: [{ key: "a", weight: 100 }] }), ["variants"]],
    ["a variant without name", plain({ variants: [two[0], { weight: 50 }] }), ["variants.1.key"]],
    ["two variants of one key", plain({ variants: [two[0], { name: "Control!", weight: 50 }] }), ["variants.1.key"]],
    ["two controls", plain({ variants: two.map((variant) => ({ ...variant, is_control: true })) }), ["variants"]],
    ["no name", { variants: two }, ["name"]],
    ["an empty name", plain({ name: "  " }), ["name"]],
    ["a key with a space", plain({ key: "a b" }), ["key"]],
    ["traffic as text", plain({ traffic: "0.5" }), ["traffic"]],
    ["traffic of 0", plain({ traffic: 0 }), ["traffic"]],
    ["traffic of 50", plain({ traffic: 50 }), ["traffic"]],
    ["traffic of less than a bucket", plain({ traffic: 0.000_01 }), ["traffic"]],
    ["both traffic and slots", plain({ traffic: 1, slots: [{ range_start: 0, range_end: 9 }] }), ["slots"]],
    ["a slot past the end", plain({ slots: [{ range_start: 0, range_end: 10_000 }] }), ["slots.0.range_end"]],
    ["a slot upside down", plain({ slots: [{ range_start: 9, range_end: 0 }] }), ["slots.0.range_end"]],
    ["a slot between buckets", plain({ slots: [{ range_start: 0.5, range_end: 9 }] }), ["slots.0.range_start"]],
    ["a significance level of 5", plain({ significance_level: 5 }), ["significance_level"]],
    ["a significance level of nothing", plain({ significance_level: 1e-300 }), ["significance_level"]],
    ["a metric twice", plain({ primary_metric: "purchase", guardrail_metrics: ["purchase"] }), ["guardrail_metrics.0"]],
    ["a page that is not split", plain({ url: "/page" }), ["url"]],
    ["a split without a page", plain({ type: "split_url" }), ["url"]],
    ["a script as a page", plain({ type: "split_url", url: "javascript:alert(1)" }), ["url"]],
    [
      "a variant's page that is a script",
      plain({
        type: "split_url",
        url: "/a",
        variants: [two[0], { key: "b", weight: 50, config: { url: "javascript:0" } }],
      }),
      ["variants.1.config.url"],
    ],
    [
      "an operator that there is none of",
      plain({ targeting: { rules: [{ conditions: [{ attribute: "a", operator: "like", value: 1 }] }] } }),
      ["targeting.rules.0.conditions.0.operator"],
    ],
    [
      "a number compared with text",
      plain({ targeting: { rules: [{ conditions: [{ attribute: "a", operator: "gt", value: "1" }] }] } }),
      ["targeting.rules.0.conditions.0.value"],
    ],
    ["a country of three letters", plain({ targeting: { countries: ["US", "USA"] } }), ["targeting.countries.1"]],
    ["a list instead of an object", [], [""]],
  ])("is a 400 with the path: %s", async (_, body, paths) => {
    expect(await refused("POST", "/experiments", body)).toMatchObject({ status: 400, code: "invalid_request", paths });
  });

  it("is a 400 when a number is too large to be one", async () => {
    const text = JSON.stringify(plain({ traffic: 1 })).replace('"traffic":1', '"traffic":1e999');
    expect(await refused("POST", "/experiments", text)).toMatchObject({ status: 400, paths: ["traffic"] });
  });

  it("is a 400 when it is nested without end", async () => {
    const depth = 100_000;
    const config = "[".repeat(depth) + "]".repeat(depth);
    const text = JSON.stringify(plain({ key: "deep" })).replace('"weight":50}', `"weight":50,"config":${config}}`);
    expect(await refused("POST", "/experiments", text)).toMatchObject({ status: 400, code: "invalid_request" });
  });
});

describe("other bodies that are not as the contract says", () => {
  it.each<[string, string, object, string[]]>([
    ["POST", "/metrics", { name: "x", type: "conversion" }, ["event"]],
    ["POST", "/metrics", { name: "x", type: "ratio" }, ["numerator", "denominator"]],
    ["POST", "/metrics", { name: "x", type: "quantile", event: "e" }, ["quantile"]],
    ["POST", "/metrics", { name: "x", type: "average", event: "e" }, ["type"]],
    ["POST", "/metrics", { name: "x", type: "sum", event: "e", cap: "500" }, ["cap"]],
    ["POST", "/metrics", { name: "x", type: "sum", event: "e", cap: -1 }, ["cap"]],
    ["POST", "/metrics", { name: "x", type: "retention", event: "e" }, ["retention_days"]],
    [
      "POST",
      "/metrics",
      { name: "x", type: "count", event: "e", filters: [{ property: "p", operator: "gt", value: "1" }] },
      ["filters.0.value"],
    ],
    ["POST", "/layers", { key: "l" }, ["name"]],
    ["POST", "/layers", { name: "l", unit_type: "User Id" }, ["unit_type"]],
    ["POST", "/audiences", { name: "a", rules: [] }, ["rules"]],
    ["POST", "/environments", { key: "eu_west" }, ["key"]],
    ["POST", "/environments", { key: "eu", shards: 0 }, ["shards"]],
    ["PATCH", "/environments/production", { hash_unit_ids: true }, ["hash_unit_ids"]],
    ["PATCH", "/environments/production", { shards: 4 }, ["shards"]],
    ["PATCH", "/environments/production", { enabled: "no" }, ["enabled"]],
    ["POST", "/api-keys", { name: "k", type: "root" }, ["type"]],
    ["POST", "/api-keys", { name: "k", type: "admin", ofrep_extras: true }, ["ofrep_extras"]],
    [
      "POST",
      "/audiences",
      { name: "a", rules: [{ conditions: [{ any: [{ attribute: "a", operator: "before", value: "noon" }] }] }] },
      ["rules.0.conditions.0.any.0.value"],
    ],
    ["PATCH", "/experiments/there", { status: "running" }, ["status"]],
    ["PATCH", "/experiments/there", { variants: [two[0], { key: "b", weight: 1 }] }, ["variants"]],
    ["PATCH", "/experiments/there/status", { status: "started" }, ["status"]],
    ["PATCH", "/experiments/there/status", {}, ["status"]],
    ["PUT", "/experiments/there/allocations", {}, ["traffic"]],
    ["PUT", "/experiments/there/allocations", { traffic: 1, slots: [{ range_start: 0, range_end: 1 }] }, ["traffic"]],
    ["POST", "/session", { email: "nobody", password: "x" }, ["email"]],
    ["POST", "/setup", { token: "t", email: "a@b.co", password: "short" }, ["password"]],
  ])("are a 400 with the path: %s %s %j", async (method, path, body, paths) => {
    expect(await refused(method, path, body)).toMatchObject({ status: 400, code: "invalid_request", paths });
  });

  it("are a 422 when an audience asks for itself", async () => {
    const body = { key: "me", name: "me", rules: [{ conditions: [{ operator: "in_audience", value: "me" }] }] };
    expect(await refused("POST", "/audiences", body)).toMatchObject({
      status: 422,
      code: "unknown_reference",
      paths: ["rules.0.conditions.0.value"],
    });
  });

  it.each([
    ["/metrics", aMetric("purchase")],
    ["/environments", { key: "production" }],
    ["/experiments", plain({ key: "there" })],
  ])("are a 409 when the key is taken: %s", async (path, body) => {
    expect(await refused("POST", path, body)).toMatchObject({ status: 409, code: "key_taken", paths: ["key"] });
  });

  it.each([
    ["GET", "/experiments/nope"],
    ["GET", "/experiments/nope/variants"],
    ["GET", "/layers/nope"],
    ["GET", "/metrics/nope"],
    ["GET", "/audiences/nope"],
    ["GET", "/environments/nope"],
    ["DELETE", "/api-keys/nope"],
    ["GET", "/experiments/%E0%A4%A"],
    ["GET", "/experiments/' OR 1=1 --"],
  ])("are a 404 when there is no such thing: %s %s", async (method, path) => {
    const answer = await refused(method, path);
    expect([answer.status, answer.code]).toEqual([404, "not_found"]);
  });

  it("are a 405 that says what the path takes", async () => {
    const { status, headers, body } = await api.call("DELETE", "/experiments/there");
    expect([status, body.code, headers.get("allow")]).toEqual([405, "method_not_allowed", "GET, PATCH"]);
  });

  it("are a 400 when the dry run is misspelt, rather than written", async () => {
    expect(await refused("POST", "/metrics?dryrun=1", aMetric("misspelt"))).toMatchObject({
      status: 400,
      paths: ["dryrun"],
    });
  });
});

describe("the query of a list", () => {
  const lists = [
    "/experiments",
    "/experiments/there/variants",
    "/metrics",
    "/layers",
    "/audiences",
    "/flags",
    "/holdouts",
    "/overrides",
    "/environments",
    "/api-keys",
    "/audit-events",
    "/results/there/snapshots",
  ];
  it.each(lists.flatMap((path) => ["cursor", "page"].map((name): [string, string] => [path, name])))(
    "is a 400 rather than the first page: %s?%s=nonsense",
    async (path, name) => {
      expect(await refused("GET", `${path}?${name}=nonsense`)).toMatchObject({
        status: 400,
        code: "invalid_request",
        paths: [name],
      });
    },
  );

  it.each(["/results/there", "/ledger"])("is a 400 when it is misspelt: %s", async (path) => {
    expect(await refused("GET", `${path}?enviroment=development`)).toMatchObject({
      status: 400,
      paths: ["enviroment"],
    });
  });

  it("is a 400 when it says something twice, of which one would be dropped", async () => {
    expect(await refused("GET", "/results/there?dimension=country&dimension=plan")).toMatchObject({
      status: 400,
      code: "invalid_request",
      paths: ["dimension"],
    });
  });

  it("is a 400 with the cursor of another list, which would begin anywhere", async () => {
    const { body } = await api.call<{ items: { id: string }[] }>("GET", "/experiments");
    const cursor = body.items[0]?.id;
    for (const path of ["/metrics", "/audit-events", "/experiments/there/variants", "/results/there/snapshots"])
      expect(await refused("GET", `${path}?cursor=${cursor}`)).toMatchObject({ status: 400, paths: ["cursor"] });
    const unknown = "/experiments/there/variants?cursor=var_00000000000000000000000000";
    expect(await refused("GET", unknown)).toMatchObject({ status: 400, paths: ["cursor"] });
  });

  it.each(lists)("goes on where the page before ended: %s", async (path) => {
    const all = await api.call<{ items: object[] }>("GET", path);
    const items: object[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? "" : `&cursor=${cursor}`;
      const { status, body } = await api.call<{ items: object[]; next_cursor: string | null }>(
        "GET",
        `${path}?limit=1${next}`,
      );
      expect(status).toBe(200);
      items.push(...body.items);
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(items).toEqual(all.body.items);
  });
});

describe("odd text", () => {
  it.each([
    "a\u0000b",
    "tab\tand\nline",
    "😀 naïve",
    "</script><b>",
    "'; DROP TABLE experiments; --",
    "\u202Ereversed",
  ])("is stored as it is: %j", async (hypothesis) => {
    const { status, body } = await api.call<{ id: string; hypothesis: string }>(
      "POST",
      "/experiments",
      plain({ key: `odd-${hypothesis.length}-${hypothesis.codePointAt(0)}`, hypothesis }),
    );
    expect(status).toBe(201);
    const read = await api.call<{ hypothesis: string }>("GET", `/experiments/${body.id}`);
    expect(read.body.hypothesis).toBe(hypothesis);
  });

  it("of keys that mean something to JavaScript is only text", async () => {
    const config = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as object;
    const text = JSON.stringify(
      plain({
        key: "proto",
        variants: [
          { key: "control", weight: 50 },
          { key: "b", weight: 50, config: {} },
        ],
      }),
    ).replace('"config":{}', `"config":${JSON.stringify(config)}`);
    const { status, body } = await api.call<{ variants: { config: object }[] }>("POST", "/experiments", text);
    expect(status).toBe(201);
    expect(JSON.stringify(body.variants[1]?.config)).toContain('"constructor":1');
  });
});
