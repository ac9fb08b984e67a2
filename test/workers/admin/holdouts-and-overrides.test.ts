import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Environment } from "../../../contract/environment.ts";
import type { Experiment } from "../../../contract/experiment.ts";
import type { Flag } from "../../../contract/flag.ts";
import type { Holdout } from "../../../contract/holdout.ts";
import type { Override } from "../../../contract/override.ts";
import { unitHash } from "../../../core/unit-hash.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";
import { published } from "./published.ts";

let api: AdminApi;
let test: Experiment;
let flag: Flag;
let development: Environment;
beforeAll(async () => {
  api = await startAdmin();
  await api.call("POST", "/metrics", aMetric("bought"));
  const body = plain({
    key: "button",
    primary_metric: "bought",
    unit_type: "device_id",
    environments: ["production", "development"],
  });
  test = (await api.call<Experiment>("POST", "/experiments", body)).body;
  await api.call("PATCH", "/experiments/button/status", { status: "running" });
  flag = (await api.call<Flag>("POST", "/flags", { key: "Colour", type: "string", default_value: "red" })).body;
  development = (await api.call<Environment>("GET", "/environments/development")).body;
});
afterAll(() => api.close());

const refused = async (method: string, path: string, body?: object) => {
  const before = await api.stored();
  const answer = await api.call(method, path, body);
  expect(await api.stored()).toBe(before);
  const { status, code, errors } = answer.body;
  return { status, code, paths: errors.map((error) => error.path) };
};
const lastEvent = async () =>
  (await api.call<{ items: { action: string; target: string }[] }>("GET", "/audit-events?limit=1")).body.items[0];

describe("a holdout", () => {
  it("covers everything in production unless it says what, and is published", async () => {
    const { status, body, headers } = await api.call<Holdout>("POST", "/holdouts", { name: "Global 5", share: 0.05 });
    expect([status, headers.get("x-published")]).toEqual([201, "true"]);
    expect(body).toMatchObject({
      key: "global_5",
      share: 0.05,
      unit_type: "user_id",
      environments: ["production"],
      covers: null,
    });
    expect((await published(api, "production")).holdouts).toEqual([
      { key: "global_5", unit_type: "user_id", salt: body.salt, share_bp: 500, covers: null },
    ]);
    expect((await published(api, "development")).holdouts).toEqual([]);
  });

  it("names environments, experiments and flags by key or id, and keeps keys", async () => {
    const covers = { experiments: [test.id, "button"], flags: [flag.id] };
    const body = { key: "some", name: "Some", share: 0.1, environments: [development.id], covers };
    const made = await api.call<Holdout>("POST", "/holdouts", body);
    expect(made.body).toMatchObject({
      environments: ["development"],
      covers: { experiments: ["button"], flags: ["Colour"] },
    });
    expect((await published(api, "development")).holdouts).toEqual([
      expect.objectContaining({ key: "some", share_bp: 1000, covers: { experiments: ["button"], flags: ["Colour"] } }),
    ]);
  });

  it("is changed field by field", async () => {
    const before = (await api.call<Holdout>("GET", "/holdouts/some")).body;
    const { body } = await api.call<Holdout>("PATCH", `/holdouts/${before.id}`, {
      share: 0.2,
      covers: { flags: ["Colour"] },
    });
    expect(body).toEqual({ ...before, share: 0.2, covers: { experiments: [], flags: ["Colour"] } });
    expect((await api.call<Holdout>("PATCH", "/holdouts/some", { covers: null })).body.covers).toBeNull();
    expect(await lastEvent()).toMatchObject({ action: "holdout.change", target: "holdout:some" });
    expect((await published(api, "development")).holdouts[0]).toMatchObject({ share_bp: 2000, covers: null });
  });

  it("is listed, and lets its units in again when it is deleted", async () => {
    const keys = async () =>
      (await api.call<{ items: Holdout[] }>("GET", "/holdouts")).body.items.map(({ key }) => key);
    expect(await keys()).toEqual(["some", "global_5"]);
    const dry = await api.call("DELETE", "/holdouts/some?dry_run=1");
    expect([dry.status, await keys()]).toEqual([204, ["some", "global_5"]]);
    const { status, headers } = await api.call("DELETE", "/holdouts/some");
    expect([status, headers.get("x-published"), await keys()]).toEqual([204, "true", ["global_5"]]);
    expect(await lastEvent()).toMatchObject({ action: "holdout.delete", target: "holdout:some" });
    expect((await published(api, "development")).holdouts).toEqual([]);
  });

  it.each<[object, number, string[]]>([
    [{ name: "x", share: 5 }, 400, ["share"]],
    [{ name: "x" }, 400, ["share"]],
    [{ name: "x", share: 0.1, covers: {} }, 400, ["covers.experiments"]],
    [{ name: "x", share: 0.1, covers: { flag: ["Colour"] } }, 400, ["covers.flag", "covers.experiments"]],
    [{ name: "x", share: 0.1, unit_type: "User" }, 400, ["unit_type"]],
    [{ name: "!!!", share: 0.1 }, 400, ["key"]],
    [{ name: "Global 5", share: 0.1 }, 409, ["key"]],
    [
      {
        name: "x",
        share: 0.1,
        environments: ["nowhere"],
        covers: { experiments: ["button", "no"], flags: ["colour"] },
      },
      422,
      ["environments.0", "covers.experiments.1", "covers.flags.0"],
    ],
  ])("is refused with the paths when it cannot be: %j", async (body, status, paths) => {
    expect(await refused("POST", "/holdouts", body)).toMatchObject({ status, paths });
  });

  it.each(["GET", "PATCH", "DELETE"])("that does not exist is a 404: %s", async (method) => {
    expect(await refused(method, "/holdouts/nothing", method === "PATCH" ? {} : undefined)).toMatchObject({
      status: 404,
    });
  });
});

describe("an override", () => {
  it("gives a unit of the experiment's type a variant, in all environments, by a hash", async () => {
    const { status, body, headers } = await api.call<Override>("POST", "/overrides", {
      experiment: test.id,
      unit: "phone 1",
      variant: "treatment",
    });
    expect([status, headers.get("x-published")]).toEqual([201, "true"]);
    expect(body).toMatchObject({
      experiment: "button",
      flag: null,
      unit_type: "device_id",
      unit: "phone 1",
      environment: null,
    });
    for (const environment of ["production", "development"]) {
      const ruleset = await published(api, environment);
      expect(ruleset.overrides).toEqual([
        {
          experiment: "button",
          unit_type: "device_id",
          unit_hash: unitHash("device_id", "phone 1"),
          variant: "treatment",
        },
      ]);
      expect(JSON.stringify(ruleset)).not.toContain("phone 1");
    }
  });

  it("of one environment stands before that of all", async () => {
    const body = { experiment: "button", unit: "phone 1", variant: "control", environment: development.id };
    await api.call("POST", "/overrides", body);
    const variantIn = async (environment: string) =>
      (await published(api, environment)).overrides.map(({ variant }) => variant);
    expect(await variantIn("development")).toEqual(["control"]);
    expect(await variantIn("production")).toEqual(["treatment"]);
  });

  it("takes the place of the one that the same unit had there", async () => {
    const listed = async () =>
      (await api.call<{ items: Override[] }>("GET", "/overrides?experiment=button")).body.items;
    const before = await listed();
    const again = { experiment: "button", unit: "phone 1", variant: "control" };
    expect((await api.call("POST", "/overrides", again)).status).toBe(201);
    expect(await lastEvent()).toMatchObject({ action: "override.replace" });
    const after = await listed();
    expect(after.map(({ variant, environment }) => [variant, environment])).toEqual([
      ["control", null],
      ["control", "development"],
    ]);
    expect(after.map(({ id }) => id)).not.toContain(before.find(({ environment }) => environment === null)?.id);
    // Another type of unit is another unit.
    await api.call("POST", "/overrides", { ...again, unit_type: "user_id" });
    expect(await listed()).toHaveLength(3);
  });

  it("gives a flag's value, false and nothing else included, where the flag is on", async () => {
    await api.call("POST", "/flags", { key: "on", type: "boolean", default_value: true });
    for (const key of ["on", "Colour"])
      await api.call("PATCH", `/flags/${key}/environments/production`, { enabled: true });
    await api.call("POST", "/overrides", { flag: "on", unit: "ann", value: false, environment: "production" });
    await api.call("POST", "/overrides", { flag: flag.id, unit: "ann", value: "blue" });
    expect((await published(api, "production")).overrides.filter(({ flag }) => flag !== undefined)).toEqual([
      { flag: "on", unit_type: "user_id", unit_hash: unitHash("user_id", "ann"), value: false },
      { flag: "Colour", unit_type: "user_id", unit_hash: unitHash("user_id", "ann"), value: "blue" },
    ]);
    const { items } = (await api.call<{ items: Override[] }>("GET", `/overrides?flag=${flag.id}`)).body;
    expect(items.map(({ flag, value }) => [flag, value])).toEqual([["Colour", "blue"]]);
  });

  it("is deleted by its id", async () => {
    const { items } = (await api.call<{ items: Override[] }>("GET", "/overrides")).body;
    for (const { id } of items) expect((await api.call("DELETE", `/overrides/${id}`)).status).toBe(204);
    expect((await published(api, "production")).overrides).toEqual([]);
    expect(await refused("DELETE", `/overrides/${items[0]?.id}`)).toMatchObject({ status: 404 });
  });

  it("of what is not live waits until that is", async () => {
    await api.call("POST", "/experiments", plain({ key: "later", primary_metric: "bought" }));
    await api.call("POST", "/overrides", { experiment: "later", unit: "u", variant: "control" });
    expect((await published(api, "production")).overrides).toEqual([]);
    await api.call("PATCH", "/experiments/later/status", { status: "running" });
    expect((await published(api, "production")).overrides).toHaveLength(1);
  });

  it.each<[object, number, string[]]>([
    [{ unit: "u", variant: "control" }, 400, ["experiment"]],
    [{ experiment: "button", flag: "on", unit: "u", variant: "control" }, 400, ["experiment", "variant"]],
    [{ experiment: "button", unit: "u" }, 400, ["variant"]],
    [{ experiment: "button", unit: "u", variant: "control", value: 1 }, 400, ["value"]],
    [{ flag: "Colour", unit: "u" }, 400, ["value"]],
    [{ experiment: "button", unit: "", variant: "control" }, 400, ["unit"]],
    [{ experiment: "button", unit: 7, variant: "control" }, 400, ["unit"]],
    [{ experiment: "button", unit: "u", variant: "b" }, 422, ["variant"]],
    [{ flag: "Colour", unit: "u", value: 7 }, 422, ["value"]],
    [{ flag: "Colour", unit: "u", value: null }, 422, ["value"]],
    [{ flag: "nothing", unit: "u", value: 7 }, 422, ["flag"]],
    [{ experiment: "no", unit: "u", variant: "b", environment: "nowhere" }, 422, ["experiment", "environment"]],
  ])("is refused with the paths when it cannot be: %j", async (body, status, paths) => {
    const answer = await refused("POST", "/overrides", body);
    expect(answer.status).toBe(status);
    expect(answer.paths.toSorted()).toEqual(paths.toSorted());
  });

  it("is only checked by a dry run", async () => {
    const before = await api.stored();
    const dry = await api.call("POST", "/overrides?dry_run=1", { flag: "Colour", unit: "u", value: "x" });
    expect([dry.status, await api.stored()]).toEqual([200, before]);
  });

  it("is looked for by what exists", async () => {
    expect(await refused("GET", "/overrides?flag=nothing")).toMatchObject({ status: 422, paths: ["flag"] });
  });
});
