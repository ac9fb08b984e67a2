import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Experiment } from "../../../contract/experiment.ts";
import type { Flag } from "../../../contract/flag.ts";
import type { Override } from "../../../contract/override.ts";
import { eventually } from "../../platform.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";
import { published } from "./published.ts";

let api: AdminApi;
/** The draft of each test. */
let key = "";
let made = 0;
beforeAll(async () => {
  api = await startAdmin();
  await api.call("POST", "/metrics", aMetric("bought"));
});
afterAll(() => api.close());

/** Two variants by their payloads. */
const payloads = (control: unknown, treatment: unknown) => ({
  variants: [
    { key: "control", weight: 50, config: control },
    { key: "treatment", weight: 50, config: treatment },
  ],
});
const variants = (...keys: string[]) => ({
  variants: keys.map((each, index) => ({ key: each, weight: 100 / keys.length, config: index + 1 })),
});
beforeEach(async () => {
  made += 1;
  key = `draft-${made}`;
  await api.call("POST", "/experiments", plain({ key, primary_metric: "bought", ...payloads(1, 2) }));
});

const change = (body: object) => api.call<Experiment>("PATCH", `/experiments/${key}`, body);
const start = () => api.call<Experiment>("PATCH", `/experiments/${key}/status`, { status: "running" });
const hung = (rule: object = {}) => ({
  environments: { production: { enabled: true, rules: [{ experiment: key, ...rule }] } },
});
const makeFlag = async (name: string, body: object = {}): Promise<string> => {
  const flag = { key: `${name}-${made}`, type: "integer", default_value: 0, ...body };
  expect((await api.call("POST", "/flags", flag)).status).toBe(201);
  return flag.key;
};
const changeFlag = async (flag: string, body: object) => (await api.call<Flag>("PATCH", `/flags/${flag}`, body)).status;
const publishedValues = async (flag: string) =>
  (await published(api, "production")).flags.find((each) => each.key === flag)?.rules[0]?.experiment?.values;

/** Prerequisites on a variant of the draft, and on a flag's being null. */
const waiting = () => ({ prerequisites: [{ experiment: key, variants: ["treatment"] }] });
const waitsForNull = (flag: string) => ({ prerequisites: [{ flag, value: null }] });
/** The id of an override of the draft. */
const give = async (unit: string, variant: string) =>
  (await api.call<Override>("POST", "/overrides", { experiment: key, unit, variant })).body.id;

/** Sends what must be refused and proves that nothing was stored. */
const refused = async (method: string, path: string, body: object) => {
  const before = await api.stored();
  const answer = await api.call(method, path, body);
  expect(await api.stored()).toBe(before);
  const { status, code, errors } = answer.body;
  return { status, code, errors };
};
const refusedWith = (path: string, ...messages: string[]) => ({
  status: 422,
  code: "invalid_request",
  errors: messages.map((message) => ({ path, message: expect.stringContaining(message) as string })),
});
/** What an edit before dependents were looked at could do. */
const loseThePayloads = () =>
  api.rows("UPDATE variants SET config = 'null' WHERE experiment_id = (SELECT id FROM experiments WHERE key = ?)", key);
const edit = (body: object) => refused("PATCH", `/experiments/${key}`, body);

describe("a draft that a flag hangs on", () => {
  it("keeps payloads of the flag's type, until the flag has values of its own", async () => {
    const flag = await makeFlag("price", hung());
    expect(await edit(payloads("dear", "cheap"))).toEqual(
      refusedWith(
        "variants",
        `The flag ${flag} would have no value of type integer for control, treatment: give it values for these first`,
      ),
    );
    expect(await edit(payloads(1, "cheap"))).toEqual(refusedWith("variants", "for treatment: give it values"));
    expect(await changeFlag(flag, hung({ values: { control: 10, treatment: 20 } }))).toBe(200);
    expect((await change(payloads("dear", "cheap"))).status).toBe(200);
    expect((await start()).status).toBe(200);
    expect(await publishedValues(flag)).toEqual({ control: 10, treatment: 20 });
    expect(await changeFlag(flag, { name: "Price" })).toBe(200);
  });

  it("keeps them when it becomes a factorial, too", async () => {
    const flag = await makeFlag("cells", hung());
    const factors = [{ key: "colour", levels: [{ key: "red" }, { key: "blue" }] }];
    expect(await edit({ factors })).toEqual(refusedWith("variants", `The flag ${flag} would have no value`));
  });

  it("changes as it likes where the flag's type says what a variant is worth", async () => {
    await makeFlag("switch", { type: "boolean", default_value: false, ...hung() });
    await makeFlag("text", { type: "string", default_value: "", ...hung() });
    expect((await change(variants("a", "b", "c", "d"))).status).toBe(200);
  });

  it("changes in everything else, though the flag does not fit as it is", async () => {
    await makeFlag("old", hung());
    await loseThePayloads();
    expect((await change({ name: "Renamed", traffic: 0.5 })).status).toBe(200);
    expect((await change(payloads(3, 4))).status).toBe(200);
  });

  it("does not start while the flag does not fit", async () => {
    const flag = await makeFlag("late", hung());
    await loseThePayloads();
    expect(await refused("PATCH", `/experiments/${key}/status`, { status: "running" })).toEqual(
      refusedWith("variants", `The flag ${flag} would have no value of type integer for control, treatment`),
    );
  });

  it("has variants by other keys once the flag has values for them, and starts without values for none", async () => {
    const flag = await makeFlag("renamed", {
      type: "object",
      default_value: {},
      ...hung({ values: { control: {}, treatment: {} } }),
    });
    expect(await edit(variants("control", "other"))).toEqual(refusedWith("variants", "for other: give it values"));
    expect(await changeFlag(flag, hung({ values: { control: {}, treatment: {}, other: { n: 1 } } }))).toBe(200);
    expect((await change(variants("control", "other"))).status).toBe(200);
    expect(await changeFlag(flag, { name: "Renamed" })).toBe(200);
    expect(await refused("PATCH", `/experiments/${key}/status`, { status: "running" })).toEqual(
      refusedWith("variants", `The flag ${flag} has values for treatment`),
    );
    expect(await changeFlag(flag, hung({ values: { control: {}, other: { n: 1 } } }))).toBe(200);
    expect((await start()).status).toBe(200);
    expect(await publishedValues(flag)).toEqual({ control: {}, other: { n: 1 } });
  });

  it("does not mind an archived flag, which must fit when it is brought back", async () => {
    const flag = await makeFlag("away", hung());
    expect(await changeFlag(flag, { archived: true })).toBe(200);
    expect((await change(payloads("dear", "cheap"))).status).toBe(200);
    expect(await refused("PATCH", `/flags/${flag}`, { archived: false })).toEqual(
      refusedWith("environments.production.rules.0.values", "Give values for control, treatment"),
    );
    expect(await changeFlag(flag, { archived: false, ...hung({ values: { control: 1, treatment: 2 } }) })).toBe(200);
  });
});

describe("a draft that is a prerequisite", () => {
  it("keeps the variants that others wait for, and names all of these", async () => {
    const flag = await makeFlag("waits", waiting());
    await api.call("POST", "/experiments", plain({ key: `waits-${made}`, ...waiting() }));
    expect(await edit(variants("control", "other"))).toEqual(
      refusedWith(
        "variants",
        `The experiment waits-${made} has the variant treatment as a prerequisite: keep the variant`,
        `The flag ${flag} has the variant treatment as a prerequisite: keep the variant`,
      ),
    );
    expect(await edit({ factors: [{ key: "f", levels: [{ key: "a" }, { key: "b" }] }] })).toMatchObject({
      status: 422,
    });
    expect((await change(variants("control", "other", "third", "treatment"))).status).toBe(200);
  });

  it("is free of those who are archived", async () => {
    const flag = await makeFlag("waited", waiting());
    await api.call("POST", "/experiments", plain({ key: `waited-${made}`, ...waiting() }));
    expect(await changeFlag(flag, { archived: true })).toBe(200);
    await api.call("PATCH", `/experiments/waited-${made}/status`, { status: "archived" });
    expect((await change(variants("control", "other"))).status).toBe(200);
    expect(await refused("PATCH", `/flags/${flag}`, { archived: false })).toMatchObject({
      status: 422,
      errors: [{ path: "prerequisites.0.variants.0" }],
    });
  });
});

describe("a draft with overrides", () => {
  it("keeps the variants that they give", async () => {
    const first = await give("ann", "treatment");
    const second = await give("bob", "treatment");
    await give("cyd", "control");
    expect(await edit(variants("control", "other"))).toEqual(
      refusedWith("variants", `The overrides ${first}, ${second} give the variant treatment: keep the variant`),
    );
    for (const id of [first, second]) await api.call("DELETE", `/overrides/${id}`);
    expect((await change(variants("control", "other"))).status).toBe(200);
  });
});

describe("a prerequisite of null", () => {
  it.each([
    ["default_value", { default_value: null }],
    ["off_value", { off_value: null }],
  ])("holds a flag to a %s of null", async (path, nothing) => {
    const flag = await makeFlag("none", nothing);
    const above = await makeFlag("above", waitsForNull(flag));
    expect(await refused("PATCH", `/flags/${flag}`, { [path]: 7 })).toEqual(
      refusedWith(path, `The flag ${above} has null as a prerequisite`),
    );
    expect(await changeFlag(above, { archived: true })).toBe(200);
    expect(await changeFlag(flag, { [path]: 7 })).toBe(200);
    expect(await refused("PATCH", `/flags/${above}`, { archived: false })).toMatchObject({ status: 422 });
  });

  it("leaves one of the two free when the other is null", async () => {
    const flag = await makeFlag("both", { default_value: null, off_value: null });
    await makeFlag("over", waitsForNull(flag));
    expect(await changeFlag(flag, { off_value: 7 })).toBe(200);
    expect(await refused("PATCH", `/flags/${flag}`, { default_value: 7 })).toMatchObject({ status: 422 });
  });

  it("holds where the flag is decided null", async () => {
    const on = { environments: { production: { enabled: true, rules: [{ value: 1 }] } } };
    const flag = await makeFlag("nothing", { default_value: null, environments: { production: { enabled: true } } });
    const above = await makeFlag("follows", { ...waitsForNull(flag), ...on });
    const headers = { "x-api-key": await api.createKey("server", "production") };
    const decide = api.harness.getWorker("edgeworth-decide");
    const text = await eventually(
      async () => (await decide.fetch(`http://edge.test/v1/decide?user_key=ann&flags=${above}`, { headers })).text(),
      (answer) => answer.includes('"reason":"rule"'),
      5_000,
    );
    expect(JSON.parse(text)).toMatchObject({ flags: { [above]: { value: 1 } } });
  });
});
