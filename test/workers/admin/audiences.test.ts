import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Audience } from "../../../contract/audience.ts";
import type { ProblemBody } from "../../../contract/problem.ts";
import { idListOf } from "../../../core/id-list.ts";
import { eventually } from "../../platform.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";
import { published } from "./published.ts";

let api: AdminApi;
beforeAll(async () => {
  api = await startAdmin();
  await api.call("POST", "/metrics", aMetric("bought"));
});
afterAll(() => api.close());

const rules = [{ conditions: [{ attribute: "plan", operator: "eq", value: "pro" }] }];
const asking = (key: string) => [{ conditions: [{ all: [{ operator: "in_audience", value: key }] }] }];
const make = (body: object) => api.call<Audience>("POST", "/audiences", { name: "x", ...body });
const change = (key: string, body: object) => api.call<Audience & ProblemBody>("PATCH", `/audiences/${key}`, body);
const countAfter = async (key: string, body: object) => (await change(key, body)).body.ids?.count;
const inRuleset = async (key: string) =>
  (await published(api, "production")).audiences.find((audience) => audience.key === key);

const refused = async (method: string, path: string, body: object) => {
  const before = await api.stored();
  const answer = await api.call(method, path, body);
  expect(await api.stored()).toBe(before);
  const { status, code, detail, errors } = answer.body;
  return { status, code, detail, paths: errors.map((error) => error.path) };
};
const run = async (key: string, targeting: object) => {
  await api.call("POST", "/experiments", plain({ key, primary_metric: "bought", targeting }));
  await api.call("PATCH", `/experiments/${key}/status`, { status: "running" });
};

describe("an audience with a list of ids", () => {
  const ids = Array.from({ length: 100_000 }, (_, index) => `customer-${index}-${(index * 7919) % 100_003}`);

  it("takes a hundred thousand of them, and publishes their hashes to where they are asked for", async () => {
    const { status, body, headers } = await make({ key: "everybody", ids, id_attribute: "account.id" });
    expect([status, body.rules, body.ids]).toEqual([201, [], { attribute: "account.id", count: 100_000 }]);
    // Nobody asks for it yet.
    expect(headers.get("x-published")).toBeNull();
    await api.call("POST", "/flags", {
      key: "for_some",
      type: "boolean",
      default_value: false,
      environments: {
        production: {
          enabled: true,
          rules: [{ conditions: [{ not: { operator: "not_in_audience", value: "everybody" } }], value: true }],
        },
      },
    });
    const found = await inRuleset("everybody");
    expect(found).toMatchObject({ key: "everybody", rules: [], ids: { attribute: "account.id" } });
    const list = idListOf(found?.ids?.list ?? "");
    expect([list.count, ids.every((id) => list.has(id)), list.has("customer-0")]).toEqual([100_000, true, false]);
    expect(found?.ids?.list).not.toContain("customer");
    expect((await published(api, "development")).audiences).toEqual([]);
  });

  it("is looked up when a decision asks for it", async () => {
    const key = await api.createKey("server", "production");
    const decide = api.harness.getWorker("edgeworth-decide");
    const valueFor = async (id: string): Promise<string> => {
      const body = JSON.stringify({ user_key: "u", context: { account: { id } }, flags: ["for_some"] });
      const headers = { "x-api-key": key, "content-type": "application/json" };
      return (await decide.fetch("http://edge.test/v1/decide", { method: "POST", headers, body })).text();
    };
    await eventually(
      () => valueFor(ids[77_777] ?? ""),
      (answer) => answer.includes('"value":true'),
      5_000,
    );
    expect(JSON.parse(await valueFor("customer-0"))).toMatchObject({ flags: { for_some: { value: false } } });
  });

  it("shows how many there are, and never the list", async () => {
    const shown = (await api.call<Audience>("GET", "/audiences/everybody")).body;
    expect(shown.ids).toEqual({ attribute: "account.id", count: 100_000 });
    expect(Object.keys(shown).toSorted()).toEqual(["created_at", "id", "ids", "key", "name", "rules"]);
    const { items } = (await api.call<{ items: Audience[] }>("GET", "/audiences")).body;
    expect(items).toEqual([shown]);
    const audit = JSON.stringify((await api.call("GET", "/audit-events")).body);
    expect(audit.length).toBeLessThan(20_000);
  });

  it("holds no more than that", async () => {
    expect(await refused("PATCH", "/audiences/everybody", { add_ids: ["one more"] })).toMatchObject({
      status: 422,
      paths: ["add_ids"],
    });
    expect(await refused("POST", "/audiences", { name: "y", ids: [...ids, "one more"] })).toMatchObject({
      status: 400,
      paths: ["ids"],
    });
  });

  it("is changed by adding and removing, or replaced", async () => {
    await make({ key: "few", ids: ["a", "b", "b"] });
    expect((await api.call<Audience>("GET", "/audiences/few")).body.ids).toEqual({ attribute: "user_id", count: 2 });
    expect(await countAfter("few", { add_ids: ["b", "c"], remove_ids: ["a", "never there"] })).toBe(2);
    expect(await countAfter("few", { ids: ["z"] })).toBe(1);
    expect(await countAfter("few", { ids: [] })).toBe(0);
    expect(await refused("PATCH", "/audiences/few", { ids: ["a"], add_ids: ["b"] })).toMatchObject({
      status: 400,
      paths: ["ids"],
    });
  });

  it("is begun by adding to one that has only rules", async () => {
    await make({ key: "ruled", rules });
    expect((await change("ruled", { add_ids: ["a"] })).body).toMatchObject({
      rules,
      ids: { attribute: "user_id", count: 1 },
    });
  });

  it("may be larger than other bodies, and only there", async () => {
    const large = "x".repeat(300_000);
    expect(await refused("POST", "/holdouts", { name: large, share: 0.1 })).toMatchObject({ status: 413 });
    expect(await refused("POST", "/audiences", { name: large, rules })).toMatchObject({ status: 400, paths: ["name"] });
    expect(await refused("POST", "/audiences", { name: "x".repeat(17 * 1024 * 1024) })).toMatchObject({ status: 413 });
  });

  it.each<[object, string[]]>([
    [{ name: "x", ids: [] }, ["ids"]],
    [{ name: "x", ids: ["a", 7] }, ["ids.1"]],
    [{ name: "x", ids: ["a", ""] }, ["ids.1"]],
    [{ name: "x", ids: "a" }, ["ids"]],
    [{ name: "x" }, ["rules"]],
  ])("is a 400 with the path when it is none: %j", async (body, paths) => {
    expect(await refused("POST", "/audiences", body)).toMatchObject({ status: 400, paths });
  });
});

describe("a change to an audience", () => {
  it("is published when somebody asks for it, through others too", async () => {
    await make({ key: "inner", rules });
    await make({ key: "outer", rules: asking("inner") });
    const flag = {
      key: "outer_flag",
      type: "boolean",
      default_value: false,
      environments: {
        production: {
          enabled: true,
          rules: [{ conditions: [{ operator: "in_audience", value: "outer" }], value: true }],
        },
      },
    };
    await api.call("POST", "/flags", flag);
    const other = [{ conditions: [{ attribute: "plan", operator: "eq", value: "free" }] }];
    const { status, headers } = await change("inner", { rules: other });
    expect([status, headers.get("x-published")]).toEqual([200, "true"]);
    expect(await inRuleset("inner")).toEqual({ key: "inner", rules: other });
    expect(await inRuleset("outer")).toEqual({ key: "outer", rules: asking("inner") });
    expect((await change("inner", { name: "Inner" })).headers.get("x-published")).toBeNull();
  });

  it("leaves nobody in no audience", async () => {
    expect(await refused("PATCH", "/audiences/inner", { rules: [] })).toMatchObject({ status: 400, paths: ["rules"] });
  });

  it("must not make it ask for itself", async () => {
    for (const asked of ["inner", "outer"])
      expect(await refused("PATCH", "/audiences/inner", { rules: asking(asked) })).toMatchObject({
        status: 422,
        code: "audience_cycle",
        paths: ["rules"],
      });
  });

  it("is a 422 when it asks for one that there is none of", async () => {
    expect(await refused("PATCH", "/audiences/inner", { rules: asking("nobody") })).toMatchObject({
      status: 422,
      code: "unknown_reference",
      paths: ["rules.0.conditions.0.all.0.value"],
    });
  });

  it("is a 404 where there is no audience", async () => {
    expect(await refused("PATCH", "/audiences/nothing", { name: "x" })).toMatchObject({ status: 404 });
  });
});

describe("an audience that decides who is in an experiment", () => {
  beforeAll(async () => {
    await make({ key: "members", rules, ids: ["a", "b"] });
    await make({ key: "club", rules: asking("members") });
    await run("straight", { rules: asking("members") });
    await run("through", { user_segment: "club" });
  });

  it.each([{ rules: asking("inner") }, { add_ids: ["c"] }, { remove_ids: ["a"] }, { ids: ["a", "b", "c"] }])(
    "is locked while they run: %j",
    async (body) => {
      const answer = await refused("PATCH", "/audiences/members", body);
      expect(answer).toMatchObject({ status: 409, code: "locked_while_running", paths: Object.keys(body) });
      expect(answer.detail).toContain("straight (running), through (running)");
    },
  );

  it("may be renamed, and sent as it is", async () => {
    expect((await change("members", { name: "Members", rules, ids: ["b", "a"] })).status).toBe(200);
  });

  it("may only grow while all of them are paused", async () => {
    for (const key of ["straight", "through"])
      await api.call("PATCH", `/experiments/${key}/status`, { status: "paused" });
    expect(await refused("PATCH", "/audiences/members", { remove_ids: ["a"] })).toMatchObject({ status: 409 });
    expect(await refused("PATCH", "/audiences/members", { rules: asking("inner") })).toMatchObject({ status: 409 });
    expect((await change("members", { add_ids: ["c"] })).body.ids?.count).toBe(3);
  });

  it("is free once they are completed", async () => {
    for (const key of ["straight", "through"])
      await api.call("PATCH", `/experiments/${key}/status`, { status: "completed" });
    expect((await change("members", { remove_ids: ["a"] })).body.ids?.count).toBe(2);
  });
});
