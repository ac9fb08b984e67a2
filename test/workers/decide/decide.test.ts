import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ProblemBody } from "../../../contract/problem.ts";
import { aFlag, anExperiment } from "../../core/a-ruleset.ts";
import {
  decided,
  get,
  harness,
  here,
  key,
  post,
  publish,
  rulesetOf,
  start,
  startAfresh,
  stop,
  user,
} from "../../observed-decide.ts";

beforeAll(start);
beforeEach(startAfresh);
afterAll(stop);

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

describe("an answer", () => {
  it("is the same by GET and by POST", async () => {
    await publish(
      rulesetOf({ experiments: [anExperiment(), anExperiment({ key: "by_device", unit_type: "device_id" })] }),
    );
    const context = { country: "US", nested: { a: ["ü", 1, null] } };
    const byGet = await decided(
      get({ user_key: user, context: JSON.stringify(context), units: '{"device_id":"d1"}', env: here.environment }),
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
    const { headers } = await get({ user_key: user }, { origin: "https://shop.example" });
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-expose-headers")).toContain("server-timing");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("server-timing")).toMatch(/^ruleset;dur=\d+, total;dur=\d+$/);
  });

  it("takes the country of a visitor who sent none from the request, but never that of a server", async () => {
    // The country that the local runtime gives every request.
    const rules = [{ conditions: [{ attribute: "country", operator: "eq" as const, value: "US" }] }];
    await publish(rulesetOf({ experiments: [anExperiment({ key: "a", rules })] }));
    const server = { "x-api-key": key(here.environment, "server") };
    expect((await reasons({}))[0]).toBe("assigned");
    expect((await reasons({ country: "AT" }))[0]).toBe("targeting");
    expect((await reasons({}, server))[0]).toBe("targeting");
    expect((await reasons({ country: "US" }, server))[0]).toBe("assigned");
  });

  it("knows what the edge knows, which a browser cannot contradict", async () => {
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
    expect(await reasons(sent, { "x-api-key": key(here.environment, "server") })).toEqual(["targeting", "assigned"]);
  });
});

const server = () => ({ "x-api-key": key(here.environment, "server") });

/** Experiments with their reasons, and flags with theirs. */
const asked = async (body: object, headers: Record<string, string> = {}) => {
  const { assignments, flags } = await decided(post({ user_key: user, ...body }, headers));
  return {
    experiments: Object.fromEntries(assignments.map(({ experiment_key, reason }) => [experiment_key, reason])),
    flags: Object.fromEntries(Object.entries(flags).map(([flagKey, { reason }]) => [flagKey, reason])),
  };
};

describe("what is asked for", () => {
  const secret = { is_server_only: true } as const;
  beforeEach(() =>
    publish(
      rulesetOf({
        experiments: [
          anExperiment({ key: "a" }),
          anExperiment({ key: "paused", status: "paused" }),
          anExperiment({ key: "secret", ...secret }),
        ],
        flags: [aFlag({ key: "f" }), aFlag({ key: "g", enabled: false }), aFlag({ key: "hidden", ...secret })],
      }),
    ),
  );

  it("is everything when nothing is named", async () => {
    expect(await asked({})).toEqual({ experiments: { a: "assigned" }, flags: { f: "static", g: "off" } });
    expect(await asked({}, server())).toEqual({
      experiments: { a: "assigned", secret: "assigned" },
      flags: { f: "static", g: "off", hidden: "static" },
    });
  });

  it.each([
    ["experiments", { experiments: ["paused"] }, { experiments: { paused: "not_running" }, flags: {} }],
    ["flags", { flags: ["g", "g"] }, { experiments: {}, flags: { g: "off" } }],
    ["none of them", { experiments: [], flags: [] }, { experiments: {}, flags: {} }],
    ["all flags", { flags: ["*"] }, { experiments: {}, flags: { f: "static", g: "off" } }],
    [
      "all and some by name",
      { experiments: ["paused", "*", "id-a"], flags: ["nothing", "*"] },
      {
        experiments: { a: "assigned", paused: "not_running" },
        flags: { f: "static", g: "off", nothing: "unknown_flag" },
      },
    ],
    [
      "what only servers may know",
      { experiments: ["secret"], flags: ["hidden"] },
      { experiments: { secret: "unknown_experiment" }, flags: { hidden: "unknown_flag" } },
    ],
  ])("is only what is named: %s", async (_, body, expected) => {
    expect(await asked(body)).toEqual(expected);
  });

  it("can be named in a query, several times and with commas", async () => {
    const query = "user_key=u1&flags=f,g&flags=nothing&experiments=a&experiments=paused";
    const response = fetch(`${here.origin}/v1/decide?${query}`, { headers: { "x-api-key": key(here.environment) } });
    const { assignments, flags } = await decided(response);
    expect(assignments.map(({ experiment_key }) => experiment_key)).toEqual(["a", "paused"]);
    expect(Object.keys(flags)).toEqual(["f", "g", "nothing"]);
  });

  it("is null for a flag that there is not", async () => {
    const { flags } = await decided(get({ flags: "nothing" }));
    expect(flags).toEqual({ nothing: { value: null, variant: null, reason: "unknown_flag" } });
  });

  it.each(["GET", "POST"])("is explained to a server, by %s", async (method) => {
    const body = JSON.stringify({ user_key: user, experiments: ["a", "*"], flags: ["f"] });
    const [query, init] =
      method === "GET"
        ? [`?explain=1&user_key=${user}&experiments=a,*&flags=f`, { headers: server() }]
        : ["?explain=1", { method, body, headers: server() }];
    const { assignments, flags } = await decided(fetch(`${here.origin}/v1/decide${query}`, init));
    expect(assignments.map(({ experiment_key }) => experiment_key)).toEqual(["a", "secret"]);
    expect(assignments.every(({ steps = [] }) => steps.length > 3)).toBe(true);
    expect(flags.f?.steps?.map(({ check }) => check)).toContain("enabled");
    // The same decisions without.
    const plain = await decided(post({ user_key: user, experiments: ["a", "*"], flags: ["f"] }, server()));
    expect(assignments).toMatchObject(plain.assignments);
  });

  it("is never explained to a client", async () => {
    expect(await problem(get({ user_key: user, explain: "1" }))).toMatchObject({
      status: 403,
      code: "forbidden",
      errors: [{ path: "explain" }],
    });
  });

  it("keeps the variant that a unit has had, where the experiment does", async () => {
    await publish(
      rulesetOf({ experiments: [anExperiment({ key: "kept", is_sticky: true }), anExperiment({ key: "not_kept" })] }),
    );
    for (const variant of ["control", "treatment"]) {
      const sticky = { kept: variant, not_kept: "nothing" };
      const { assignments } = await decided(post({ user_key: user, sticky }));
      expect(assignments.map(({ variant_key, reason }) => [reason, variant_key])).toMatchObject([
        ["sticky", variant],
        ["assigned", expect.any(String)],
      ]);
    }
  });

  it("is merged from the rankings that were sent", async () => {
    await publish(rulesetOf({ experiments: [anExperiment({ key: "lists", type: "interleaving" })] }));
    const rankings = { lists: { control: ["x", "y"], treatment: ["y", "z"] } };
    const byPost = await decided(post({ user_key: user, rankings }));
    const items = byPost.assignments[0]?.interleaved?.map(({ item }) => item);
    expect(items?.toSorted()).toEqual(["x", "y", "z"]);
    expect(await decided(get({ user_key: user, rankings: JSON.stringify(rankings) }))).toEqual(byPost);
  });
});

describe("a mistake", () => {
  const random = "k".repeat(32);

  it.each([
    ["no key", {}, 401, "missing_credentials"],
    ["an admin key", { "x-api-key": `ew_admin_${random}` }, 401, "invalid_credentials"],
    ["a text that is no key", { authorization: "Bearer hunter2" }, 401, "invalid_credentials"],
  ])("of %s is refused", async (_, headers, status, code) => {
    const response = fetch(`${here.origin}/v1/decide?user_key=u1`, { headers });
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
    ["explain=yes", "invalid_request", "explain"],
    ["sticky=[]", "invalid_request", "sticky"],
  ])("of %s in the query is named", async (query, code, path) => {
    await publish(rulesetOf());
    const response = fetch(`${here.origin}/v1/decide?${query}`, { headers: { "x-api-key": key(here.environment) } });
    expect(await problem(response)).toMatchObject({ status: 400, code, errors: [{ path }] });
  });

  it("of what belongs in the body is named in the query", async () => {
    await publish(rulesetOf());
    const response = fetch(`${here.origin}/v1/decide?user_key=u1&flags=f`, {
      method: "POST",
      headers: { "x-api-key": key(here.environment) },
      body: "{}",
    });
    expect(await problem(response)).toMatchObject({ status: 400, errors: [{ path: "user_key" }, { path: "flags" }] });
  });

  it("of a body of 2 MB is refused", async () => {
    await publish(rulesetOf());
    expect(await problem(post({ user_key: user, context: { a: "x".repeat(2_000_000) } }))).toMatchObject({
      status: 413,
      code: "body_too_large",
    });
  });

  it("of a method is refused with those that there are", async () => {
    const response = fetch(`${here.origin}/v1/decide`, { method: "DELETE" });
    expect(await problem(response)).toMatchObject({ status: 405, code: "method_not_allowed" });
    expect((await response).headers.get("allow")).toBe("GET, POST, OPTIONS");
  });

  it.each(["/v1/decide/", "/v1/", "/"])("of a path is refused: %s", async (path) => {
    expect(await problem(fetch(`${here.origin}${path}`))).toMatchObject({ status: 404, code: "not_found" });
  });
});

it("a preflight lets browsers send keys from any origin", async () => {
  const { status, headers } = await fetch(`${here.origin}/v1/decide`, {
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
  // Nothing was ever published here, so there are no keys.
  expect(answer.status).toBe(401);
  expect(ProblemBody.parse(await answer.json()).code).toBe("invalid_credentials");
});
