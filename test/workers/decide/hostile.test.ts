import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ProblemBody } from "../../../contract/problem.ts";
import { aFlag, anExperiment } from "../../core/a-ruleset.ts";
import {
  decided,
  get,
  here,
  key,
  order,
  post,
  publish,
  publishText,
  rulesetOf,
  start,
  startAfresh,
  stop,
  user,
} from "../../observed-decide.ts";

beforeAll(start);
beforeEach(startAfresh);
afterAll(stop);

const server = (): Record<string, string> => ({ "x-api-key": key(here.environment, "server") });

/** The JSON text of an array in an array, `depth` times. */
const nested = (depth: number): string => `${"[".repeat(depth)}1${"]".repeat(depth)}`;

describe("a context", () => {
  beforeEach(() => publish(rulesetOf({ flags: [aFlag()] })));

  it("of 1 MB is refused as too large", async () => {
    const response = await post({ user_key: user, context: { a: "x".repeat(1_000_000) } });
    expect(response.status).toBe(413);
    expect(ProblemBody.parse(await response.json()).code).toBe("body_too_large");
  });

  it("that says nothing of its length is refused as too large just the same", async () => {
    let chunks = 30;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(10_000).fill(0x20));
        if (--chunks === 0) controller.close();
      },
    });
    const init = { method: "POST", body, headers: server(), duplex: "half" };
    const response = await fetch(`${here.origin}/v1/decide`, init);
    expect(response.status).toBe(413);
  });

  it("of 10,000 attributes is read", async () => {
    const context = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [index.toString(36), 1]));
    expect((await decided(post({ user_key: user, context }))).assignments).toHaveLength(1);
  });

  it.each([1_000, 60_000])("nested %i deep is read, and refused only for an explanation", async (depth) => {
    const body = `{"user_key":"${user}","context":{"a":${nested(depth)}}}`;
    expect((await decided(post(body))).assignments).toHaveLength(1);
    const explained = await fetch(`${here.origin}/v1/decide?explain=1`, { method: "POST", body, headers: server() });
    expect(explained.status).toBe(400);
    expect(ProblemBody.parse(await explained.json()).errors).toMatchObject([{ path: "context" }]);
  });

  it("nested 1,000 deep in a query is read", async () => {
    expect((await decided(get({ user_key: user, context: `{"a":${nested(1_000)}}` }))).assignments).toHaveLength(1);
  });
});

describe.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("the name %s", (name) => {
  it("is nothing special in a request", async () => {
    await publish(
      rulesetOf({
        experiments: [
          anExperiment({
            key: "targeted",
            rules: [{ conditions: [{ attribute: "constructor.name", operator: "exists" }] }],
          }),
        ],
        flags: [aFlag()],
      }),
    );
    const body = `{"user_key":"${user}","units":{"${name}":"u"},"context":{"${name}":{"a":1}},
      "sticky":{"${name}":"control"},"rankings":{"${name}":{"${name}":["i"]}},
      "experiments":["${name}","targeted"],"flags":["${name}","f"]}`;
    const { assignments, flags } = await decided(post(body));
    expect(assignments.map(({ reason }) => reason)).toEqual(["unknown_experiment", "targeting"]);
    expect(Object.hasOwn(flags, name)).toBe(name !== "__proto__");
    expect(flags.f).toMatchObject({ value: true });
  });

  it("is answered for a flag", async () => {
    await publish(rulesetOf());
    const response = await post({ flags: [name] });
    const unknown = '{"value":null,"variant":null,"reason":"unknown_flag"}';
    expect(await response.text()).toContain(`"flags":{"${name}":${unknown}}`);
  });

  it("can be a parameter's, which there is not", async () => {
    await publish(rulesetOf());
    const response = await get({ user_key: user, [name]: "1" });
    expect(response.status).toBe(400);
    expect(ProblemBody.parse(await response.json()).errors).toMatchObject([{ path: name }]);
  });
});

describe("a value of the wrong type", () => {
  const wrong = ["null", "5", '""', '"x"', "true", "[]", "[5]", "{}", '{"a":5}', '{"a":{"b":5}}', "[[]]"];
  const fields = ["user_key", "units", "context", "experiments", "flags", "sticky", "rankings"];

  it("is decided on or named, and never breaks the answer", async () => {
    await publish(rulesetOf({ flags: [aFlag()] }));
    for (const field of fields)
      for (const value of wrong) {
        const response = await post(`{"${field}":${value}}`);
        const body = await response.text();
        expect([200, 400], `${field}: ${value}`).toContain(response.status);
        expect(body, `${field}: ${value}`).toContain(response.status === 200 ? '"assignments":' : `"path":"${field}`);
      }
  });
});

describe("a ruleset", () => {
  it("with a hostile pattern answers error for what has it, and decides the rest", async () => {
    const rules = [{ conditions: [{ attribute: "a", operator: "matches" as const, value: "^(a+)+$" }] }];
    await publish(
      rulesetOf({
        experiments: [anExperiment({ key: "hostile", rules }), anExperiment()],
        flags: [
          aFlag({ key: "bad", rules: [{ name: "r", conditions: rules[0]?.conditions ?? [], value: false }] }),
          aFlag(),
        ],
      }),
    );
    const context = { a: `${"a".repeat(1_000)}!` };
    const answer = await decided(
      post({ user_key: user, context, experiments: ["hostile", "checkout_button"], flags: ["bad", "f"] }),
    );
    expect(answer.assignments.map(({ reason }) => reason)).toEqual(["error", "assigned"]);
    expect(answer.flags).toMatchObject({ bad: { reason: "error" }, f: { value: true, reason: "static" } });
    const all = await decided(post({ user_key: user, context }));
    expect(all.assignments.map(({ experiment_key }) => experiment_key)).toEqual(["checkout_button"]);
  });

  it.each(["", "null", "[]", "{", '{"format":2}', '{"format":3}', '{"format":2,"keys":5,"layers":"x"}'])(
    "that is %j is passed over, and what is named answers error",
    async (text) => {
      await publishText(text);
      const answer = await decided(post({ user_key: user, experiments: ["a", "*"], flags: ["f", "*"] }));
      expect(answer).toMatchObject({
        user_key: user,
        config_version: 0,
        flags: { f: { value: null, reason: "error" } },
      });
      expect(answer.assignments).toMatchObject([{ experiment_key: "a", reason: "error" }]);
      expect(Object.keys(answer.flags)).toEqual(["f"]);
    },
  );

  it("whose blob became corrupt later is kept as it was", async () => {
    await publish(rulesetOf());
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
    const { hash } = await publish(rulesetOf({ shards: 2 }));
    await order({ putKv: { key: `rs:${here.environment}:${hash}`, value: "\u0000" } });
    await order({ restart: true });
    expect((await decided(get({ user_key: user }))).config_version).toBe(2);
  });
});

describe("an environment that does not exist", () => {
  it("is refused like a wrong key", async () => {
    const response = await get({ user_key: user }, { authorization: `Bearer ${key("no-such-place")}` });
    expect(response.status).toBe(401);
    expect(ProblemBody.parse(await response.json()).code).toBe("invalid_credentials");
  });
});
