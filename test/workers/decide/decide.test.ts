import { createHash } from "node:crypto";
import { createTestHarness } from "wrangler";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DecideResponse } from "../../../contract/decision.ts";
import { ProblemBody } from "../../../contract/problem.ts";
import type { Ruleset, RulesetPointer } from "../../../contract/ruleset.ts";
import { aRuleset, anExperiment } from "../../core/a-ruleset.ts";

const key = (environment: string, type = "client"): string => `ew_${type}_${environment}_${"k".repeat(32)}`;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const harness = createTestHarness({
  root: new URL("../../..", import.meta.url).pathname,
  workers: [
    {
      config: {
        name: "observed-decide",
        main: "test/workerd/observed-decide.ts",
        compatibility_date: "2026-11-01",
        kv_namespaces: [{ binding: "RULES", id: "rules" }],
        durable_objects: { bindings: [{ name: "PUBLISHER", class_name: "RulesetPublisher" }] },
        migrations: [{ tag: "v1", new_sqlite_classes: ["RulesetPublisher"] }],
      },
    },
    { configPath: "workers/decide/wrangler.toml" },
  ],
});

let origin: string;
/** An environment that no test before has touched. */
let environment: string;
let environments = 0;
let clock = 1_000_000;

beforeAll(async () => {
  const { url } = await harness.listen();
  origin = url.origin;
});
afterAll(() => harness.close());

const order = async <Answer>(command: object): Promise<Answer> => {
  const response = await fetch(`${origin}/test`, { method: "POST", body: JSON.stringify(command) });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
};

/** What was called on the bindings, and the versions that were compiled, since the last time. */
const observed = () => order<{ calls: string[]; compiled: number[] }>({ observe: true });

const advance = async (ms: number): Promise<void> => {
  clock += ms;
  await order({ clock });
};

const rulesetOf = (change: Partial<Ruleset> = {}): Ruleset =>
  aRuleset({
    environment,
    keys: ["client", "server"].map((type) => ({
      id: type,
      type: type === "server" ? "server" : "client",
      hash: sha256(key(environment, type)),
    })),
    ...change,
  });

let revision = 0;
const publish = (ruleset: Ruleset, source_revision = ++revision) =>
  order<RulesetPointer & { published: boolean }>({
    publish: { environment, text: JSON.stringify(ruleset), source_revision },
  });

const get = (query: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${origin}/v1/decide?${new URLSearchParams(query)}`, {
    headers: { authorization: `Bearer ${key(environment)}`, ...headers },
  });

const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${origin}/v1/decide`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "x-api-key": key(environment), ...headers },
  });

const decided = async (response: Promise<Response>): Promise<DecideResponse> => {
  const answer = await response;
  expect(answer.status).toBe(200);
  return DecideResponse.parse(await answer.json());
};

const defaults = (names: string[]) =>
  names.map((experiment_key) => ({
    experiment_key,
    experiment_id: null,
    variant_key: null,
    variant_id: null,
    payload: null,
    reason: "error",
  }));

const reasons = async (context: object, headers: Record<string, string> = {}) =>
  (await decided(post({ user_key: user, context, experiments: ["a", "b"] }, headers))).assignments.map(
    ({ reason }) => reason,
  );

const problem = async (response: Promise<Response>): Promise<ProblemBody> => {
  const answer = await response;
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  const body = ProblemBody.parse(await answer.json());
  expect(body.status).toBe(answer.status);
  expect(answer.headers.get("x-request-id")).toBe(body.request_id);
  return body;
};

/** Anyone: the experiment is for all. */
const user = "user-1";

/** 200 with defaults, for everything and by name. */
const expectDefaults = async (): Promise<void> => {
  expect(await decided(get({ user_key: user }))).toEqual({
    user_key: user,
    environment,
    config_version: 0,
    assignments: [],
    flags: {},
  });
  expect((await decided(post({ user_key: user, experiments: ["a", "b"] }))).assignments).toEqual(defaults(["a", "b"]));
};

beforeEach(async () => {
  environment = `env-${++environments}`;
  clock += 1_000_000;
  await order({ restart: true, broken: [], clock });
  await observed();
});

describe("the decide path", () => {
  it("does no I/O once the ruleset is in memory", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    expect((await observed()).compiled).toEqual([1]);
    for (let request = 0; request < 20; request++) {
      await decided(get({ user_key: `user-${request}`, context: '{"country":"US"}' }));
      await decided(post({ user_key: `user-${request}`, experiments: ["checkout_button", "nothing"] }));
    }
    expect(await observed()).toEqual({ calls: [], compiled: [] });
  });

  it("asks for the pointer once behind the response when its ruleset is older than two seconds", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await advance(1_999);
    await observed();
    await decided(get({ user_key: user }));
    expect((await observed()).calls).toEqual([]);
    await advance(1);
    const first = await get({ user_key: user });
    const second = await get({ user_key: user });
    expect([first, second].map((response) => response.headers.get("x-behind"))).toEqual(["1", "0"]);
    expect(await observed()).toEqual({ calls: ["PUBLISHER.getByName", "PUBLISHER.pointer"], compiled: [] });
  });

  it("reads pointer and blob once when it starts cold", async () => {
    await publish(rulesetOf());
    await observed();
    const answers = await Promise.all([1, 2, 3, 4].map((index) => decided(get({ user_key: `user-${index}` }))));
    expect(answers.map(({ config_version }) => config_version)).toEqual([1, 1, 1, 1]);
    expect(await observed()).toEqual({
      calls: ["PUBLISHER.getByName", "PUBLISHER.pointer", "RULES.get"],
      compiled: [1],
    });
  });
});

describe("a new version", () => {
  it("is served by the second request after the soft time to live", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await publish(rulesetOf({ experiments: [anExperiment({ status: "paused" })] }));
    await advance(2_000);
    const versions: number[] = [];
    for (const request of [1, 2])
      versions.push((await decided(get({ user_key: user, experiments: `checkout_button,${request}` }))).config_version);
    expect(versions).toEqual([1, 2]);
    const { assignments } = await decided(get({ user_key: user, experiments: "checkout_button" }));
    expect(assignments[0]?.reason).toBe("not_running");
  });

  it("is never replaced by a lower one", async () => {
    const first = await publish(rulesetOf());
    await publish(rulesetOf({ shards: 2 }));
    expect((await decided(get({ user_key: user }))).config_version).toBe(2);
    const { published, ...pointer } = first;
    expect(published).toBe(true);
    await order({ putKv: { key: `rs:${environment}:pointer`, value: JSON.stringify(pointer) }, broken: ["PUBLISHER"] });
    await advance(2_000);
    await decided(get({ user_key: user }));
    expect((await decided(get({ user_key: user }))).config_version).toBe(2);
    expect((await observed()).compiled).toEqual([2]);
  });

  it("that cannot be compiled leaves the one before in place and is not tried again", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await publish(JSON.parse('{"format": 2}'));
    for (let round = 0; round < 3; round++) {
      await advance(2_000);
      expect((await decided(get({ user_key: user }))).config_version).toBe(1);
    }
    const { calls } = await observed();
    expect(calls.filter((call) => call === "RULES.get")).toHaveLength(2);
  });

  it("that revokes a key refuses it, and one that adds a key is asked for before that is refused", async () => {
    await publish(rulesetOf({ keys: [] }));
    expect((await get({ user_key: user })).status).toBe(401);
    await publish(rulesetOf());
    expect((await get({ user_key: user })).status).toBe(200);
    await publish(rulesetOf({ keys: [], shards: 3 }));
    await advance(2_000);
    await get({ user_key: user });
    expect((await get({ user_key: user })).status).toBe(401);
  });
});

describe("a wrong key", () => {
  it("makes the publisher be asked a few times at most", async () => {
    await publish(rulesetOf({ keys: [] }));
    for (let request = 0; request < 20; request++) expect((await get({ user_key: user })).status).toBe(401);
    const { calls } = await observed();
    expect(calls.filter((call) => call === "PUBLISHER.pointer")).toHaveLength(6);
  });
});

describe("decide fails open", () => {
  it("for an environment that was never published", async () => {
    await expectDefaults();
  });

  it("when KV and the publisher are out of reach on a cold start", async () => {
    await publish(rulesetOf());
    await order({ broken: ["RULES", "PUBLISHER"] });
    await expectDefaults();
  });

  it("when the only ruleset is not one", async () => {
    await publish(JSON.parse('{"format": 1}'));
    await expectDefaults();
  });

  it("and keeps what is in memory while everything is out of reach, then takes the newest", async () => {
    await publish(rulesetOf());
    await decided(get({ user_key: user }));
    await publish(rulesetOf({ shards: 2 }));
    await order({ broken: ["RULES", "PUBLISHER"] });
    for (let round = 0; round < 3; round++) {
      await advance(2_000);
      expect((await decided(get({ user_key: user }))).config_version).toBe(1);
    }
    await order({ broken: [] });
    await advance(2_000);
    await decided(get({ user_key: user }));
    expect((await decided(get({ user_key: user }))).config_version).toBe(2);
  });

  it("and recovers from a cold start with nothing, two seconds later", async () => {
    await publish(rulesetOf());
    await order({ broken: ["RULES", "PUBLISHER"] });
    await expectDefaults();
    await order({ broken: [] });
    await advance(2_000);
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it("from the KV pointer when the publisher is out of reach", async () => {
    await publish(rulesetOf());
    await order({ broken: ["PUBLISHER"] });
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it("from the publisher's blob when KV is out of reach", async () => {
    await publish(rulesetOf());
    await order({ broken: ["RULES"] });
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it("from the publisher's blob when KV's is missing", async () => {
    const { hash } = await publish(rulesetOf());
    await order({ deleteKv: `rs:${environment}:${hash}` });
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it("from the publisher's blob when KV's is not what its name says", async () => {
    const { hash } = await publish(rulesetOf());
    await order({ putKv: { key: `rs:${environment}:${hash}`, value: '{"format": 1' } });
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
  });

  it("with reason error for an experiment whose rule it does not know", async () => {
    const rules = JSON.parse('[{"conditions":[{"operator":"sounds_like"}]}]');
    await publish(rulesetOf({ experiments: [anExperiment({ key: "broken", rules }), anExperiment()] }));
    const { assignments } = await decided(get({ user_key: user, experiments: "broken,checkout_button" }));
    expect(assignments.map(({ reason }) => reason)).toEqual(["error", "assigned"]);
  });
});

describe("the publisher", () => {
  it("numbers versions from 1 and keeps all of them", async () => {
    const texts = [rulesetOf(), rulesetOf({ shards: 2 }), rulesetOf()];
    const published = [];
    for (const text of texts) published.push(await publish(text));
    expect(published.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(published[2]?.hash).toBe(published[0]?.hash);
    const versions = await order<RulesetPointer[]>({ versionsOf: environment });
    expect(versions.map(({ version, hash }) => ({ version, hash }))).toEqual(
      published.map(({ version, hash }) => ({ version, hash })).toReversed(),
    );
    for (const [index, text] of texts.entries())
      expect(await order({ blobOf: { environment, hash: published[index]?.hash } })).toEqual(JSON.stringify(text));
  });

  it("names a ruleset by the SHA-256 of its text, and mirrors it and the pointer to KV", async () => {
    const { hash, version, published_at } = await publish(rulesetOf());
    expect(hash).toBe(sha256(JSON.stringify(rulesetOf())));
    expect(await order({ getKv: `rs:${environment}:${hash}` })).toBe(JSON.stringify(rulesetOf()));
    expect(JSON.parse(await order({ getKv: `rs:${environment}:pointer` }))).toEqual({ version, hash, published_at });
  });

  it("gives no new version for the text that is current", async () => {
    await publish(rulesetOf());
    expect(await publish(rulesetOf())).toMatchObject({ version: 1, published: false });
  });

  it("ignores a text from an older revision than the last", async () => {
    await publish(rulesetOf(), 10);
    expect(await publish(rulesetOf({ shards: 2 }), 9)).toMatchObject({ version: 1, published: false });
    // The same text from a newer revision counts too: what was compiled before that revision is old.
    await publish(rulesetOf(), 20);
    expect(await publish(rulesetOf({ shards: 2 }), 15)).toMatchObject({ version: 1, published: false });
    expect(await publish(rulesetOf({ shards: 2 }), 20)).toMatchObject({ version: 2, published: true });
  });

  it("serialises what is published at once, and ends on the highest revision", async () => {
    const base = revision;
    revision += 8;
    const shards = [3, 1, 4, 8, 5, 2, 7, 6];
    const answers = await Promise.all(shards.map((count) => publish(rulesetOf({ shards: count }), base + count)));
    const versions = answers.filter(({ published }) => published).map(({ version }) => version);
    expect(versions.toSorted((a, b) => a - b)).toEqual(versions.map((_, index) => index + 1));
    const [newest] = await order<RulesetPointer[]>({ versionsOf: environment });
    expect(newest?.hash).toBe(sha256(JSON.stringify(rulesetOf({ shards: 8 }))));
  });

  it("keeps a text of several megabytes, whatever its characters", async () => {
    const config = "ü€😀".repeat(200_000);
    const variants = anExperiment().variants.map((variant) => ({ ...variant, config }));
    const ruleset = rulesetOf({ experiments: [anExperiment({ variants })] });
    const { hash } = await publish(ruleset);
    expect(hash).toBe(sha256(JSON.stringify(ruleset)));
    expect(await order({ blobOf: { environment, hash } })).toBe(JSON.stringify(ruleset));
  });

  it("publishes while KV is out of reach, and mirrors it when KV is back", async () => {
    await order({ broken: ["MIRROR"] });
    const { hash, version } = await publish(rulesetOf());
    expect(version).toBe(1);
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
    await order({ broken: [] });
    await expect
      .poll(() => order({ getKv: `rs:${environment}:pointer` }), { timeout: 20_000 })
      .toEqual(expect.stringContaining(hash));
    expect(await order({ getKv: `rs:${environment}:${hash}` })).toBe(JSON.stringify(rulesetOf()));
  });

  it("leaves nothing behind for an environment that was only asked for", async () => {
    await get({ user_key: user });
    expect(await order({ versionsOf: environment })).toEqual([]);
    const storage = await harness
      .getWorker("observed-decide")
      .getDurableObjectStorage("PUBLISHER", { name: environment });
    expect(await storage.exec("SELECT name FROM sqlite_master WHERE name IN ('blob', 'version')")).toEqual([]);
  });
});

describe("an answer", () => {
  it("is the same by GET and by POST", async () => {
    await publish(
      rulesetOf({ experiments: [anExperiment(), anExperiment({ key: "by_device", unit_type: "device_id" })] }),
    );
    const context = { country: "US", nested: { a: ["ü", 1, null] } };
    const byGet = await decided(
      get({ user_key: user, context: JSON.stringify(context), units: '{"device_id":"d1"}', env: environment }),
    );
    expect(byGet.assignments.map(({ experiment_key }) => experiment_key)).toEqual(["checkout_button", "by_device"]);
    expect(await decided(post({ user_key: user, units: { device_id: "d1" }, context }))).toEqual(byGet);
  });

  it("takes the user from user_key or from units", async () => {
    await publish(rulesetOf());
    const byKey = await decided(post({ user_key: user }));
    expect(await decided(post({ units: { user_id: user } }))).toEqual(byKey);
    expect((await decided(post({}))).user_key).toBeNull();
  });

  it("can be read from any origin, is never kept, and says what took its time", async () => {
    await publish(rulesetOf());
    const { headers } = await get({ user_key: user });
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("server-timing")).toMatch(/^ruleset;dur=\d+, total;dur=\d+$/);
  });

  it("knows the country of the request when the client sent none", async () => {
    const rules = [{ conditions: [{ attribute: "country", operator: "eq" as const, value: "XX" }] }];
    const edgeRules = [{ conditions: [{ attribute: "edge.language", operator: "eq" as const, value: "de" }] }];
    await publish(
      rulesetOf({ experiments: [anExperiment({ key: "a", rules }), anExperiment({ key: "b", rules: edgeRules })] }),
    );
    expect(await reasons({})).toEqual(["targeting", "targeting"]);
    expect(await reasons({ country: "XX" }, { "accept-language": "de-AT,en;q=0.5" })).toEqual(["assigned", "assigned"]);
    // Only a server can speak for somebody else's request.
    const sent = { "edge.language": "de" };
    expect(await reasons(sent)).toEqual(["targeting", "targeting"]);
    expect(await reasons(sent, { "x-api-key": key(environment, "server") })).toEqual(["targeting", "assigned"]);
  });
});

describe("a mistake", () => {
  const random = "k".repeat(32);

  it.each([
    ["no key", {}, 401, "missing_credentials"],
    ["an admin key", { "x-api-key": `ew_admin_${random}` }, 401, "invalid_credentials"],
    ["a text that is no key", { authorization: "Bearer hunter2" }, 401, "invalid_credentials"],
  ])("of %s is refused", async (_, headers, status, code) => {
    const response = fetch(`${origin}/v1/decide?user_key=u1`, { headers });
    expect(await problem(response)).toMatchObject({ status, code });
    expect((await response).headers.get("www-authenticate")).toContain("Bearer");
  });

  it("of a key that the ruleset does not have is refused", async () => {
    await publish(rulesetOf({ keys: [] }));
    expect(await problem(get({ user_key: user }))).toMatchObject({ status: 401, code: "invalid_credentials" });
  });

  it("of another environment than the key's is refused", async () => {
    await publish(rulesetOf());
    expect(await problem(get({ user_key: user, env: "production" }))).toMatchObject({
      status: 403,
      code: "forbidden",
      errors: [{ path: "env" }],
    });
  });

  it.each([
    ["half a JSON", '{"user_key":', "invalid_json", [""]],
    ["NaN", '{"context":{"a":NaN}}', "invalid_json", [""]],
    ["nothing", "", "invalid_json", [""]],
    ["a list", "[]", "invalid_request", [""]],
    ["a number for the user", '{"user_key":5}', "invalid_request", ["user_key"]],
    ["a field that does not exist", '{"user":"u1"}', "invalid_request", ["user"]],
    ["a list for the context", '{"context":[]}', "invalid_request", ["context"]],
    ["several mistakes", '{"units":{"a":1},"experiments":["x",""]}', "invalid_request", ["units.a", "experiments.1"]],
  ])("of %s in the body is named", async (_, body, code, paths) => {
    await publish(rulesetOf());
    const answer = await problem(post(body));
    expect(answer).toMatchObject({ status: 400, code });
    expect(answer.errors.map(({ path }) => path)).toEqual(paths);
  });

  it.each([
    ["context={", "invalid_json", "context"],
    ["context=5", "invalid_request", "context"],
    ["user_key=", "invalid_request", "user_key"],
    ["user_key=a&user_key=b", "invalid_request", "user_key"],
    ["userkey=a", "invalid_request", "userkey"],
    ["experiments=a,,b", "invalid_request", "experiments.1"],
  ])("of %s in the query is named", async (query, code, path) => {
    await publish(rulesetOf());
    const response = fetch(`${origin}/v1/decide?${query}`, { headers: { "x-api-key": key(environment) } });
    expect(await problem(response)).toMatchObject({ status: 400, code, errors: [{ path }] });
  });

  it("of a body of 2 MB is refused", async () => {
    await publish(rulesetOf());
    expect(await problem(post({ user_key: user, context: { a: "x".repeat(2_000_000) } }))).toMatchObject({
      status: 413,
      code: "body_too_large",
    });
  });

  it("of a method is refused with those that there are", async () => {
    const response = fetch(`${origin}/v1/decide`, { method: "DELETE" });
    expect(await problem(response)).toMatchObject({ status: 405, code: "method_not_allowed" });
    expect((await response).headers.get("allow")).toBe("GET, POST, OPTIONS");
  });

  it.each(["/v1/ruleset", "/v1/stream", "/ofrep/v1/evaluate/flags", "/v1/decide/", "/"])(
    "of a path is refused: %s",
    async (path) => {
      expect(await problem(fetch(`${origin}${path}`))).toMatchObject({ status: 404, code: "not_found" });
    },
  );
});

it("a preflight lets browsers send keys from any origin", async () => {
  const { status, headers } = await fetch(`${origin}/v1/decide`, {
    method: "OPTIONS",
    headers: { origin: "https://shop.example", "access-control-request-method": "POST" },
  });
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-origin")).toBe("*");
  expect(headers.get("access-control-allow-methods")).toBe("GET, POST, OPTIONS");
  expect(headers.get("access-control-allow-headers")).toBe("authorization, content-type, x-api-key");
});

it("the Worker as it is deployed answers the same", async () => {
  const worker = harness.getWorker("edgeworth-decide");
  const answer = await worker.fetch("http://edge.test/v1/decide?user_key=u1&experiments=a", {
    headers: { "x-api-key": key("production") },
  });
  expect(answer.status).toBe(200);
  expect(DecideResponse.parse(await answer.json())).toMatchObject({
    environment: "production",
    config_version: 0,
    assignments: [{ experiment_key: "a", reason: "error" }],
  });
});
