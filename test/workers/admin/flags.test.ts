import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Experiment } from "../../../contract/experiment.ts";
import type { Flag } from "../../../contract/flag.ts";
import type { ProblemBody } from "../../../contract/problem.ts";
import type { RulesetFlag } from "../../../contract/ruleset.ts";
import { experiment, audience, layer, metrics } from "../../e2e/example-bodies.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";
import { published } from "./published.ts";

let api: AdminApi;
beforeAll(async () => {
  api = await startAdmin();
  await api.call("POST", "/layers", layer);
  for (const metric of [...metrics, aMetric("bought")]) await api.call("POST", "/metrics", metric);
  await api.call("POST", "/audiences", audience);
  await api.call("POST", "/experiments", experiment);
});
afterAll(() => api.close());

const aFlag = (key: string, change: object = {}) => ({ key, type: "boolean", default_value: false, ...change });
const inProduction = (...rules: object[]) => ({ environments: { production: { enabled: true, rules } } });
const make = (body: object) => api.call<Flag>("POST", "/flags", body);
const inRuleset = async (key: string, environment = "production"): Promise<RulesetFlag | undefined> =>
  (await published(api, environment)).flags.find((flag) => flag.key === key);

/** Sends what must be refused and proves that nothing was stored. */
const refused = async (method: string, path: string, body: object, headers?: Record<string, string>) => {
  const before = await api.stored();
  const answer = await api.call(method, path, body, headers);
  expect(await api.stored()).toBe(before);
  const { status, code, detail, errors } = answer.body;
  return { status, code, detail, paths: errors.map((error) => error.path) };
};

describe("a flag", () => {
  it("is made by the body that the design promises, and published", async () => {
    const { status, body, headers } = await make({
      key: "new_checkout",
      type: "boolean",
      default_value: false,
      ...inProduction(
        { conditions: [{ attribute: "plan", operator: "eq", value: "pro" }], value: true },
        { rollout: 0.25, value: true },
        { experiment: "checkout_redesign_q1_2025" },
      ),
    });
    expect([status, headers.get("etag"), headers.get("x-published")]).toEqual([201, '"1"', "true"]);
    expect(body).toMatchObject({
      key: "new_checkout",
      name: "new_checkout",
      unit_type: "user_id",
      archived: false,
      environments: {
        production: {
          enabled: true,
          rules: [
            { name: "", value: true, rollout: null },
            { conditions: [], value: true, rollout: 0.25 },
            { experiment: "checkout_redesign_q1_2025", value: null, values: null },
          ],
        },
      },
    });
    expect(await inRuleset("new_checkout")).toEqual({
      id: body.id,
      key: "new_checkout",
      type: "boolean",
      enabled: true,
      unit_type: "user_id",
      default_value: false,
      variants: {},
      rules: [
        { name: "", conditions: [{ attribute: "plan", operator: "eq", value: "pro" }], value: true },
        {
          name: "",
          conditions: [],
          value: true,
          rollout: { share_bp: 2500, salt: body.salt, unit_type: "user_id", schedule: [] },
        },
        // The experiment has not started, so nobody is in it.
        { name: "", conditions: [], experiment: { key: "checkout_redesign_q1_2025", values: {} } },
      ],
      prerequisites: [],
      metadata: {},
    });
    expect(await inRuleset("new_checkout", "development")).toMatchObject({ enabled: false, rules: [] });
  });

  it("has the values of an experiment's variants once that runs: the payload, or what the type suggests", async () => {
    await make({
      key: "as_text",
      type: "string",
      default_value: "v0",
      ...inProduction({ experiment: experiment.name }),
    });
    await make({
      key: "as_object",
      type: "object",
      default_value: {},
      ...inProduction({ experiment: experiment.name }),
    });
    const values = { control: 1, treatment_a: 2, treatment_b: 3 };
    await make({
      key: "as_number",
      type: "integer",
      default_value: 0,
      ...inProduction({ experiment: experiment.name, values }),
    });
    await api.call("PATCH", `/experiments/${experiment.name}/status`, { status: "running" });
    const { flags } = await published(api, "production");
    const valuesOf = (key: string) =>
      flags.find((flag) => flag.key === key)?.rules.find((rule) => rule.experiment)?.experiment?.values;
    expect(valuesOf("new_checkout")).toEqual({ control: false, treatment_a: true, treatment_b: true });
    expect(valuesOf("as_text")).toEqual({ control: "control", treatment_a: "treatment_a", treatment_b: "treatment_b" });
    expect(valuesOf("as_object")).toEqual({
      control: { checkout_version: "v1" },
      treatment_a: { checkout_version: "v2_single_page" },
      treatment_b: { checkout_version: "v2_accordion" },
    });
    expect(valuesOf("as_number")).toEqual(values);
  });

  it("keeps all that it can have", async () => {
    const rule = {
      name: "Early birds",
      conditions: [
        {
          all: [
            { operator: "in_audience", value: "returning_users" },
            { not: { attribute: "a.b", operator: "exists" } },
          ],
        },
      ],
      variant: "blue",
      rollout: 0.1,
      schedule: [
        { at: "2030-01-01T00:00:00Z", rollout: 0.5 },
        { at: "2030-01-02T00:00:00Z", rollout: 1 },
      ],
      unit_type: "company_id",
      salt: "shared",
    };
    const { status, body } = await make({
      key: "Shop.Colour~2",
      type: "string",
      default_value: null,
      off_value: null,
      name: "Colour",
      description: "Of the button",
      unit_type: "device_id",
      variants: { blue: "#00f", red: "#f00" },
      metadata: { owner: "ann", size: 3, old: false },
      prerequisites: [
        { flag: "new_checkout", value: true },
        { experiment: experiment.name, variants: ["treatment_a"] },
      ],
      server_only: true,
      environments: { production: { enabled: true, rules: [rule] }, development: { rules: [] } },
    });
    expect(status).toBe(201);
    expect((await api.call<Flag>("GET", "/flags/Shop.Colour~2")).body).toEqual(body);
    expect((await api.call<Flag>("GET", `/flags/${body.id}`)).body).toEqual(body);
    expect(body).toMatchObject({
      default_value: null,
      off_value: null,
      environments: { development: { enabled: false } },
    });
    const ruleset = await published(api, "production");
    expect(ruleset.audiences.map(({ key }) => key)).toContain("returning_users");
    expect(ruleset.flags.find(({ key }) => key === "Shop.Colour~2")).toMatchObject({
      is_server_only: true,
      default_value: null,
      off_value: null,
      prerequisites: [
        { flag: "new_checkout", value: true },
        { experiment: experiment.name, variants: ["treatment_a"] },
      ],
      rules: [
        {
          name: "Early birds",
          variant: "blue",
          value: "#00f",
          rollout: {
            share_bp: 1000,
            salt: "shared",
            unit_type: "company_id",
            schedule: [
              { at: Date.parse("2030-01-01"), share_bp: 5000 },
              { at: Date.parse("2030-01-02"), share_bp: 10_000 },
            ],
          },
        },
      ],
    });
    // Archived so that the others may be.
    await api.call("PATCH", "/flags/Shop.Colour~2", { archived: true });
  });

  it("is only checked by a dry run", async () => {
    const before = await api.stored();
    const dry = await api.call<Flag>("POST", "/flags?dry_run=1", aFlag("dry"));
    expect([dry.status, dry.body.key]).toEqual([200, "dry"]);
    expect(await api.stored()).toBe(before);
    expect((await api.call("GET", "/flags/dry")).status).toBe(404);
  });
});

describe("a change to a flag", () => {
  beforeAll(async () => {
    await make(
      aFlag("changing", {
        variants: { yes: true },
        off_value: true,
        environments: { production: { enabled: true, rules: [{ variant: "yes" }] }, development: { enabled: true } },
      }),
    );
  });

  it("leaves what it does not name as it was, and environments that it does not name", async () => {
    const before = (await api.call<Flag>("GET", "/flags/changing")).body;
    const environments = { development: { enabled: false, rules: [{ value: true }] } };
    const { status, body } = await api.call<Flag>("PATCH", "/flags/changing", { default_value: true, environments });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...before,
      default_value: true,
      environments: {
        ...before.environments,
        development: { enabled: false, rules: [expect.objectContaining({ value: true })] },
      },
      revision: before.revision + 1,
      updated_at: body.updated_at,
    });
    expect((await inRuleset("changing"))?.off_value).toBe(true);
  });

  it("of a named value changes the rules that name it", async () => {
    const { body } = await api.call<Flag>("PATCH", "/flags/changing", { variants: { yes: false } });
    expect(body.environments["production"]?.rules[0]).toMatchObject({ variant: "yes", value: false });
    expect((await inRuleset("changing"))?.rules[0]).toMatchObject({ variant: "yes", value: false });
    expect(await refused("PATCH", "/flags/changing", { variants: {} })).toMatchObject({
      status: 400,
      paths: ["environments.production.rules.0.variant"],
    });
  });

  it("of words alone publishes nothing", async () => {
    const { headers } = await api.call("PATCH", "/flags/changing", { description: "Another" });
    expect(headers.get("x-published")).toBeNull();
  });

  it("that was decided upon an older revision is a 409 with the present state", async () => {
    const { body: current, headers } = await api.call<Flag>("GET", "/flags/changing");
    const key = await api.createKey("admin");
    const stale = { "if-match": '"1"', authorization: `Bearer ${key}`, "content-type": "application/json" };
    for (const [path, body] of [
      ["/flags/changing", { name: "x" }],
      ["/flags/changing/environments/production", { enabled: false }],
    ] as const) {
      const answer = await api.call<ProblemBody & { current: Flag }>("PATCH", path, body, stale);
      expect([answer.status, answer.body.code, answer.body.current]).toEqual([409, "stale_revision", current]);
      expect(answer.headers.get("etag")).toBe(headers.get("etag"));
    }
    const fresh = { ...stale, "if-match": headers.get("etag") ?? "" };
    expect((await api.call("PATCH", "/flags/changing", { name: "x" }, fresh)).status).toBe(200);
  });

  it.each([
    [{ type: "string" }, ["type"]],
    [{ key: "other" }, ["key"]],
    [{ default_value: "x" }, ["default_value"]],
    [{ environments: { nowhere: { enabled: true } } }, ["environments.nowhere"]],
  ])("is refused when it cannot be: %j", async (change, paths) => {
    expect(await refused("PATCH", "/flags/changing", change)).toMatchObject({ paths });
  });
});

describe("the kill switch", () => {
  it("is one field, keeps the rules, and is on the record", async () => {
    const { body: made } = await make(aFlag("killed", inProduction({ value: true })));
    const { status, body, headers } = await api.call<Flag>("PATCH", "/flags/killed/environments/production", {
      enabled: false,
    });
    expect([status, headers.get("x-published"), body.revision]).toEqual([200, "true", 2]);
    expect(body.environments).toEqual({ production: { ...made.environments["production"], enabled: false } });
    expect(await inRuleset("killed")).toMatchObject({ enabled: false, rules: [{ value: true }] });
    const audit = await api.call<{ items: object[] }>("GET", "/audit-events?limit=1");
    expect(audit.body.items[0]).toMatchObject({
      action: "flag.switch_off",
      target: "flag:killed",
      change: {
        before: { environment: "production", enabled: true },
        after: { environment: "production", enabled: false },
      },
    });
  });

  it("switches an environment that the flag did not name", async () => {
    const { body } = await api.call<Flag>("PATCH", "/flags/killed/environments/development", { enabled: true });
    expect(body.environments["development"]).toEqual({ enabled: true, rules: [] });
    expect((await inRuleset("killed", "development"))?.enabled).toBe(true);
  });

  it.each([
    ["/flags/killed/environments/nowhere", { enabled: false }, 404],
    ["/flags/nothing/environments/production", { enabled: false }, 404],
    ["/flags/killed/environments/production", { enabled: "no" }, 400],
    ["/flags/killed/environments/production", {}, 400],
    ["/flags/killed/environments/production", { enabled: false, rules: [] }, 400],
  ])("takes nothing else: %s %j", async (path, body, status) => {
    expect(await refused("PATCH", path, body)).toMatchObject({ status });
  });
});

describe("a list of flags", () => {
  it("has those that are not archived, or those that are", async () => {
    await make(aFlag("old"));
    expect((await api.call("PATCH", "/flags/old", { archived: true })).status).toBe(200);
    const keys = async (query: string) =>
      (await api.call<{ items: Flag[] }>("GET", `/flags${query}`)).body.items.map(({ key }) => key);
    expect(await keys("")).not.toContain("old");
    expect(await keys("?archived=true")).toEqual(["old", "Shop.Colour~2"]);
    expect(await inRuleset("old")).toBeUndefined();
  });

  it("lets an archived flag be changed only when it is brought back", async () => {
    expect(await refused("PATCH", "/flags/old", { name: "x" })).toMatchObject({ status: 409, paths: ["archived"] });
    expect(await refused("PATCH", "/flags/old/environments/production", { enabled: true })).toMatchObject({
      status: 409,
    });
    expect((await api.call<Flag>("PATCH", "/flags/old", { archived: false, name: "x" })).body.archived).toBe(false);
    expect(await inRuleset("old")).toBeDefined();
  });
});

describe("a flag that is not as the contract says", () => {
  const rule = (body: object) => aFlag("bad", inProduction(body));
  const at = "environments.production.rules.0";
  it.each<[string, object, string[]]>([
    ["a key with a space", aFlag("a b"), ["key"]],
    ["a key like an id", aFlag("flg_01ARYZ6S41ABCDEFGH"), ["key"]],
    ["no default", { key: "bad", type: "boolean" }, ["default_value"]],
    ["a default of another type", aFlag("bad", { default_value: "false" }), ["default_value"]],
    ["an off value of another type", aFlag("bad", { off_value: 0 }), ["off_value"]],
    ["a fraction as integer", { key: "bad", type: "integer", default_value: 0.5 }, ["default_value"]],
    ["an integer past 32 bits", { key: "bad", type: "integer", default_value: 2 ** 31 }, ["default_value"]],
    ["a list as object", { key: "bad", type: "object", default_value: [] }, ["default_value"]],
    ["a named value of another type", aFlag("bad", { variants: { a: true, b: 1 } }), ["variants.b"]],
    ["nested metadata", aFlag("bad", { metadata: { a: { b: 1 } } }), ["metadata.a"]],
    ["an environment by another spelling", aFlag("bad", { environments: { PROD: {} } }), ["environments.PROD"]],
    ["a rule that gives nothing", rule({ rollout: 0.5 }), [`${at}.value`]],
    ["a rule that gives two things", rule({ value: true, variant: "on" }), [`${at}.value`]],
    ["a rule of null", rule({ value: null }), [`${at}.value`]],
    ["a name that there is none of", rule({ variant: "on" }), [`${at}.variant`]],
    ["a rule's value of another type", rule({ value: 1 }), [`${at}.value`]],
    ["a share in per cent", rule({ value: true, rollout: 25 }), [`${at}.rollout`]],
    ["a rollout of an experiment", rule({ experiment: experiment.name, rollout: 0.5 }), [`${at}.rollout`]],
    ["values of no experiment", rule({ value: true, values: { control: true } }), [`${at}.values`]],
    [
      "steps out of order",
      rule({
        value: true,
        rollout: 0,
        schedule: [
          { at: "2030-01-01T00:00:00.500Z", rollout: 1 },
          { at: "2030-01-01T00:00:00Z", rollout: 0.5 },
        ],
      }),
      [`${at}.schedule`],
    ],
    [
      "variants' values of another type",
      rule({ experiment: experiment.name, values: { control: 0, treatment_a: true } }),
      [`${at}.values.control`],
    ],
    [
      "a condition in a group",
      rule({
        conditions: [
          {
            all: [
              { attribute: "a", operator: "eq", value: 1 },
              { attribute: "a", operator: "is" },
            ],
          },
        ],
        value: true,
      }),
      [`${at}.conditions.0.all.1.operator`],
    ],
    [
      "a pattern that takes for ever",
      rule({ conditions: [{ not: { attribute: "a", operator: "matches", value: "(a+)+$" } }], value: true }),
      [`${at}.conditions.0.not.value`],
    ],
  ])("is a 400 with the path: %s", async (_, body, paths) => {
    expect(await refused("POST", "/flags", body)).toMatchObject({ status: 400, code: "invalid_request", paths });
  });

  it("is told every value of another type at once", async () => {
    const body = aFlag("bad", {
      default_value: 1,
      off_value: 2,
      ...inProduction({ value: 3 }, { value: true }, { value: 4 }),
    });
    expect((await refused("POST", "/flags", body)).paths).toEqual([
      "default_value",
      "off_value",
      `${at}.value`,
      "environments.production.rules.2.value",
    ]);
  });

  it("is a 422 that names all that does not exist", async () => {
    const body = aFlag("bad", {
      prerequisites: [
        { flag: "nothing", value: true },
        { experiment: "no_test", variants: ["a"] },
      ],
      environments: {
        nowhere: { rules: [{ experiment: "missing" }] },
        production: { rules: [{ conditions: [{ any: [{ operator: "in_audience", value: "nobody" }] }], value: true }] },
      },
    });
    expect(await refused("POST", "/flags", body)).toMatchObject({
      status: 422,
      code: "unknown_reference",
      paths: [
        "environments.nowhere",
        "environments.nowhere.rules.0.experiment",
        `${at}.conditions.0.any.0.value`,
        "prerequisites.0.flag",
        "prerequisites.1.experiment",
      ],
    });
  });

  it("is a 422 that asks for values where an experiment's payloads are none", async () => {
    const body = { key: "bad", type: "integer", default_value: 0, ...inProduction({ experiment: experiment.name }) };
    const answer = await refused("POST", "/flags", body);
    expect(answer).toMatchObject({ status: 422, code: "invalid_request", paths: [`${at}.values`] });
    expect(answer.detail).toContain("Give values for control, treatment_a, treatment_b");
  });

  it("is a 422 for a variant that the experiment has not got", async () => {
    const body = rule({ experiment: experiment.name, values: { treatment_c: true } });
    expect(await refused("POST", "/flags", body)).toMatchObject({ status: 422, paths: [`${at}.values.treatment_c`] });
  });

  it("is a 409 when the key is taken", async () => {
    expect(await refused("POST", "/flags", aFlag("new_checkout"))).toMatchObject({ status: 409, code: "key_taken" });
  });

  it("is a 400 when groups are nested too deep, and costs little", async () => {
    const nested = (depth: number): object =>
      depth === 0 ? { attribute: "a", operator: "exists" } : { all: [nested(depth - 1)] };
    expect((await make(aFlag("nested-8", inProduction({ conditions: [nested(8)], value: true })))).status).toBe(201);
    for (const depth of [9, 27, 64, 1000])
      expect(await refused("POST", "/flags", rule({ conditions: [nested(depth)], value: true }))).toMatchObject({
        status: 400,
        code: "invalid_request",
      });
  });

  it("is a 400 with ten thousand conditions, in a list or in groups", async () => {
    const many = Array.from({ length: 10_000 }, () => ({ not: 1 }));
    for (const conditions of [many, [{ any: many }], [{ not: { all: many } }]])
      expect(await refused("POST", "/flags", rule({ conditions, value: true }))).toMatchObject({ status: 400 });
  });
});

describe("prerequisites", () => {
  beforeAll(async () => {
    await make(aFlag("base"));
    await make({ key: "level", type: "integer", default_value: 1 });
    await make(aFlag("above", { prerequisites: [{ flag: "base", value: true }] }));
    await make(aFlag("top", { prerequisites: [{ flag: "above", value: true }] }));
  });

  it("are kept by key when they are named by id", async () => {
    const base = (await api.call<Flag>("GET", "/flags/base")).body;
    const test = (await api.call<Experiment>("GET", `/experiments/${experiment.name}`)).body;
    const { body } = await make(
      aFlag("by_id", {
        prerequisites: [
          { flag: base.id, value: false },
          { experiment: test.id, variants: ["control"] },
        ],
        ...inProduction({ experiment: test.id }),
      }),
    );
    expect(body.prerequisites).toEqual([
      { flag: "base", value: false },
      { experiment: test.key, variants: ["control"] },
    ]);
    expect(body.environments["production"]?.rules[0]?.experiment).toBe(test.key);
    await api.call("PATCH", "/flags/by_id", { archived: true });
  });

  it.each([
    [{ flag: "level", value: "1" }, "prerequisites.0.value"],
    [{ flag: "level", value: null }, "prerequisites.0.value"],
    [{ flag: "level", value: 1.5 }, "prerequisites.0.value"],
    [{ experiment: experiment.name, variants: ["control", "b"] }, "prerequisites.0.variants.1"],
  ])("must be something that can be: %j", async (prerequisite, path) => {
    expect(await refused("POST", "/flags", aFlag("never", { prerequisites: [prerequisite] }))).toMatchObject({
      status: 422,
      code: "invalid_request",
      paths: [path],
    });
  });

  it.each([
    ["default_value", { default_value: null }],
    ["off_value", { default_value: 0, off_value: null }],
  ])("may be null of a flag whose %s is", async (field, nothing) => {
    await make({ key: `null_${field}`, type: "integer", ...nothing });
    const prerequisites = [{ flag: `null_${field}`, value: null }];
    const { status, body } = await make(aFlag(`waits_${field}`, { prerequisites }));
    expect([status, body.prerequisites]).toEqual([201, prerequisites]);
  });

  it("must not go round in a circle, however long", async () => {
    for (const flag of ["base", "above", "top"]) {
      const answer = await refused("PATCH", "/flags/base", {
        prerequisites: [
          { flag: "level", value: 1 },
          { flag, value: true },
        ],
      });
      expect(answer).toMatchObject({ status: 422, code: "prerequisite_cycle", paths: ["prerequisites.1.flag"] });
    }
    const { detail } = await refused("PATCH", "/flags/base", { prerequisites: [{ flag: "top", value: true }] });
    expect(detail).toContain("flag base → flag top → flag above → flag base");
  });

  it("count an experiment that hangs on a flag as one of the flag's", async () => {
    await api.call("POST", "/experiments", plain({ key: "circle", prerequisites: [{ flag: "top", value: true }] }));
    expect(
      await refused("PATCH", "/flags/base", inProduction({ value: true }, { experiment: "circle" })),
    ).toMatchObject({
      status: 422,
      code: "prerequisite_cycle",
      paths: ["environments.production.rules.1.experiment"],
    });
  });

  it("keep a flag from being archived, by name", async () => {
    const answer = await refused("PATCH", "/flags/top", { archived: true });
    expect(answer).toMatchObject({ status: 409, code: "conflict", paths: ["archived"] });
    expect(answer.detail).toContain("experiment circle");
    expect((await refused("PATCH", "/flags/base", { archived: true })).detail).toContain("flag above");
    await api.call("PATCH", "/experiments/circle/status", { status: "archived" });
    for (const key of ["top", "above", "base"])
      expect((await api.call("PATCH", `/flags/${key}`, { archived: true })).status).toBe(200);
    expect(await refused("PATCH", "/flags/level", { prerequisites: [{ flag: "base", value: true }] })).toMatchObject({
      status: 422,
      paths: ["prerequisites.0.flag"],
    });
  });
});
