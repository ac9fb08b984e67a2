import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Experiment } from "../../../contract/experiment.ts";
import type { Layer } from "../../../contract/layer.ts";
import { audience, experiment as example, layer, metrics } from "../../e2e/example-bodies.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";

let api: AdminApi;
beforeAll(async () => {
  api = await startAdmin();
  await api.call("POST", "/layers", layer);
  for (const metric of [...metrics, aMetric("purchase")]) await api.call("POST", "/metrics", metric);
  await api.call("POST", "/audiences", audience);
});
afterAll(() => api.close());

const create = (body: object) => api.call<Experiment>("POST", "/experiments", body);
const statusesOf = (answers: readonly { readonly status: number }[]) =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);
const get = async (key: string) => (await api.call<Experiment>("GET", `/experiments/${key}`)).body;

describe("the body that the design promises to work as it stands", () => {
  let created: Experiment;
  beforeAll(async () => {
    created = (await create(example)).body;
  });

  it("makes an experiment of the contract's shape, which GET shows again", async () => {
    expect(Experiment.safeParse(created).error).toBeUndefined();
    expect(await get("checkout_redesign_q1_2025")).toEqual(created);
    expect(await get(created.id)).toEqual(created);
  });

  it("keys the experiment and its variants by their names", () => {
    expect(created.key).toBe("checkout_redesign_q1_2025");
    expect(created.variants.map(({ key, weight_bp, is_control }) => [key, weight_bp, is_control])).toEqual([
      ["control", 5000, true],
      ["treatment_a", 2500, false],
      ["treatment_b", 2500, false],
    ]);
    expect(created.variants[1]?.config).toEqual({ checkout_version: "v2_single_page" });
  });

  it("takes the whole of the layer that it names, and the layer's unit", () => {
    expect(created.slots).toEqual([{ range_start: 0, range_end: 9999 }]);
    expect([created.layer.key, created.unit_type, created.traffic]).toEqual(["checkout_layer", "user_id", 1]);
  });

  it("turns the shorthand of targeting into one rule", () => {
    expect(created.targeting.rules).toEqual([
      {
        conditions: [
          { attribute: "country", operator: "in", value: ["US", "CA"] },
          { attribute: "platform", operator: "in", value: ["web", "ios"] },
          { operator: "in_audience", value: "returning_users" },
        ],
      },
    ]);
  });

  it("names its metrics by role", () => {
    expect([created.primary_metric, created.secondary_metrics, created.guardrail_metrics]).toEqual([
      "checkout_conversion_rate",
      [],
      ["p99_page_load", "revenue_per_user"],
    ]);
  });
});

describe("an experiment with defaults", () => {
  it("gets a layer, a salt and a key of its own, as the plain body", async () => {
    const { status, body } = await create(plain({ primary_metric: "purchase" }));
    expect(status).toBe(201);
    expect(body).toMatchObject({
      key: "checkout_button",
      type: "ab",
      status: "draft",
      environments: ["production"],
      unit_type: "user_id",
      layer: { key: "checkout_button/traffic", salt: `${body.salt}/traffic` },
      slots: [{ range_start: 0, range_end: 9999 }],
      targeting: { rules: [] },
      min_detectable_effect: null,
      significance_level: 0.05,
      power: 0.8,
      estimated_duration_days: 14,
      phase: 1,
      revision: 1,
      started_at: null,
    });
    expect(body.variants.map(({ name, config }) => [name, config])).toEqual([
      ["control", null],
      ["treatment", null],
    ]);
  });

  it.each([
    [["a", "b"], undefined, "a"],
    [["a", "control"], undefined, "control"],
    [["control", "b"], "b", "b"],
  ])("of variants %j where %s says it is the control, has %s as control", async (keys, marked, control) => {
    const variants = keys.map((key) => ({ key, weight: 50, ...(key === marked && { is_control: true }) }));
    const { body } = await create(plain({ key: `control-${keys.join("-")}-${marked}`, variants }));
    expect(body.variants.filter(({ is_control }) => is_control).map(({ key }) => key)).toEqual([control]);
  });

  it("splits by device when it redirects pages", async () => {
    const { status, body } = await create({
      name: "Landing",
      type: "split_url",
      url: "/shop/landing",
      variants: [
        { key: "control", weight: 50 },
        { key: "new", weight: 50, config: { url: "/shop/landing-b" } },
      ],
    });
    expect([status, body.unit_type, body.url]).toEqual([201, "device_id", "/shop/landing"]);
  });

  it("AND-s the shorthand into every rule that is written out", async () => {
    const rules = [1, 2].map((value) => ({ conditions: [{ attribute: "age", operator: "gt", value }] }));
    const { body } = await create(plain({ key: "and", targeting: { rules, countries: ["de"] } }));
    expect(body.targeting.rules).toEqual(
      [1, 2].map((value) => ({
        conditions: [
          { attribute: "age", operator: "gt", value },
          { attribute: "country", operator: "in", value: ["DE"] },
        ],
      })),
    );
  });

  it("takes ids wherever it takes keys", async () => {
    const layers = (await api.call<Layer>("POST", "/layers", { name: "By id", unit_type: "account_id" })).body;
    const [metric] = await api.rows("SELECT id FROM metrics WHERE key = 'purchase'");
    const [people] = await api.rows("SELECT id FROM audiences");
    const { body } = await create(
      plain({
        key: "ids",
        layer: layers.id,
        primary_metric: metric?.id,
        targeting: { rules: [{ conditions: [{ operator: "not_in_audience", value: people?.id }] }] },
      }),
    );
    expect([body.layer.key, body.unit_type, body.primary_metric]).toEqual(["by_id", "account_id", "purchase"]);
    expect(body.targeting.rules[0]?.conditions).toEqual([{ operator: "not_in_audience", value: "returning_users" }]);
  });
});

describe("a reference that leads nowhere", () => {
  it.each([
    ["layer", { layer: "nope" }, "layer"],
    ["metric", { primary_metric: "nope" }, "primary_metric"],
    ["metric", { guardrail_metrics: ["purchase", "nope"] }, "guardrail_metrics.1"],
    ["audience", { targeting: { user_segment: "nope" } }, "targeting.user_segment"],
    [
      "audience",
      { targeting: { rules: [{ conditions: [{ operator: "in_audience", value: "nope" }] }] } },
      "targeting.rules.0.conditions.0.value",
    ],
    ["environment", { environments: ["production", "nope"] }, "environments.1"],
  ])("is a 422 that names the %s, and stores nothing: %j", async (kind, change, path) => {
    const before = await api.stored();
    const { status, body } = await api.call("POST", "/experiments", plain({ key: "lost", ...change }));
    expect([status, body.code, body.errors.map((error) => error.path)]).toEqual([422, "unknown_reference", [path]]);
    expect(body.detail).toContain(`There is no ${kind} "nope"`);
    expect(await api.stored()).toBe(before);
  });

  it("is named together with all the others", async () => {
    const { body } = await api.call(
      "POST",
      "/experiments",
      plain({ key: "lost", layer: "nope", primary_metric: "nope", secondary_metrics: ["nope"] }),
    );
    expect(body.errors.map((error) => error.path).toSorted()).toEqual([
      "layer",
      "primary_metric",
      "secondary_metrics.0",
    ]);
  });
});

const shared = (key: string, change: object) => plain({ key, layer: "shared", ...change });
const layerNow = async () => (await api.call<Layer>("GET", "/layers/shared")).body;

describe("buckets of a shared layer", () => {
  beforeAll(async () => {
    await api.call("POST", "/layers", { name: "Shared" });
  });

  it("go lowest first, around those that are held", async () => {
    await create(shared("middle", { slots: [{ range_start: 1000, range_end: 1999 }] }));
    const { body } = await create(shared("around", { traffic: 0.15 }));
    expect(body.slots).toEqual([
      { range_start: 0, range_end: 999 },
      { range_start: 2000, range_end: 2499 },
    ]);
    expect(await layerNow()).toMatchObject({
      free_buckets: 7500,
      slots: [
        { experiment_key: "around", range_start: 0, range_end: 999 },
        { experiment_key: "middle", range_start: 1000, range_end: 1999 },
        { experiment_key: "around", range_start: 2000, range_end: 2499 },
      ],
    });
  });

  it("that do not suffice are a 422 that says what is free", async () => {
    const before = await api.stored();
    const { status, body } = await api.call("POST", "/experiments", shared("greedy", { traffic: 0.8 }));
    expect([status, body.code, body.errors[0]?.path]).toEqual([422, "layer_full", "traffic"]);
    expect(body.detail).toContain("7500 of its 10000 buckets free (2500–9999)");
    expect(await api.stored()).toBe(before);
  });

  it("that are taken are a 422 that names the holder", async () => {
    const before = await api.stored();
    const slots = [{ range_start: 2400, range_end: 2600 }];
    const { status, body } = await api.call("POST", "/experiments", shared("bold", { slots }));
    expect([status, body.code, body.errors[0]?.path]).toEqual([422, "slot_taken", "slots.0"]);
    expect(body.detail).toContain("held by the experiment around");
    expect(await api.stored()).toBe(before);
  });

  it("are free again once their experiment is archived", async () => {
    await api.call("PATCH", "/experiments/middle/status", { status: "archived" });
    expect((await layerNow()).free_buckets).toBe(8500);
    const { status } = await create(shared("heir", { slots: [{ range_start: 1500, range_end: 1500 }] }));
    expect(status).toBe(201);
  });

  it("are free again once their experiment is completed, which still shows what it had", async () => {
    await create(shared("short", { traffic: 0.01, primary_metric: "purchase" }));
    const free = (await layerNow()).free_buckets;
    const had = (await get("short")).slots;
    await api.call("PATCH", "/experiments/short/status", { status: "running" });
    expect((await layerNow()).free_buckets).toBe(free);
    await api.call("PATCH", "/experiments/short/status", { status: "completed" });
    expect((await layerNow()).free_buckets).toBe(free + 100);
    expect((await get("short")).slots).toEqual(had);
  });

  it("stay disjoint when twenty experiments ask at once", async () => {
    await api.call("POST", "/layers", { name: "Crowded" });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        create(plain({ key: `crowd-${index}`, layer: "crowded", traffic: 0.06, primary_metric: "purchase" })),
      ),
    );
    // 16 × 600 buckets fit into 10,000; the other four must hear that the layer is full.
    expect(statusesOf(answers)).toEqual([
      ...Array.from({ length: 16 }, () => 201),
      ...Array.from({ length: 4 }, () => 422),
    ]);
    const { body } = await api.call<Layer>("GET", "/layers/crowded");
    const holders: string[][] = Array.from({ length: 10_000 }, () => []);
    for (const { experiment_key, range_start, range_end } of body.slots)
      for (let bucket = range_start; bucket <= range_end; bucket++) holders[bucket]?.push(experiment_key);
    expect(holders.filter((each) => each.length > 1)).toEqual([]);
    expect(holders.filter((each) => each.length === 1)).toHaveLength(9600);
    expect(body.free_buckets).toBe(400);
  });

  it("never belong to another layer's unit type", async () => {
    const { status, body } = await api.call("POST", "/experiments", shared("wrong", { unit_type: "device_id" }));
    expect([status, body.code, body.errors[0]?.path]).toEqual([400, "invalid_request", "unit_type"]);
  });

  it("cannot be had in a layer that belongs to one experiment", async () => {
    const { status, body } = await api.call(
      "POST",
      "/experiments",
      plain({ key: "intruder", layer: "checkout_button/traffic" }),
    );
    expect([status, body.errors[0]?.path]).toEqual([400, "layer"]);
  });
});

describe("a key", () => {
  it("that is taken is a 409, also when twenty ask for it at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(plain({ key: "wanted" }))));
    expect(statusesOf(answers)).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    expect(await api.rows("SELECT count(*) AS n FROM layers WHERE key = 'wanted/traffic'")).toEqual([{ n: 1 }]);
  });

  it("is asked for when the name suggests none", async () => {
    const { status, body } = await api.call("POST", "/experiments", plain({ name: "実験" }));
    expect([status, body.errors[0]?.path]).toEqual([400, "key"]);
  });
});

describe("the list of experiments", () => {
  it("is newest first, in pages that neither repeat nor leave out any", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`;
      const { body } = await api.call<{ items: Experiment[]; next_cursor: string | null }>(
        "GET",
        `/experiments?limit=7${query}`,
      );
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    const ids = (await api.rows("SELECT id FROM experiments ORDER BY id DESC")).map(({ id }) => id);
    expect(seen).toEqual(ids);
  });

  it("can be cut to a status", async () => {
    const { body } = await api.call<{ items: Experiment[] }>("GET", "/experiments?status=completed");
    expect(body.items.map(({ key }) => key)).toEqual(["short"]);
  });

  it.each(["limit=0", "limit=1000", "limit=x", "status=started"])("refuses %s", async (query) => {
    const { status, body } = await api.call("GET", `/experiments?${query}`);
    expect([status, body.code, body.errors[0]?.path]).toEqual([400, "invalid_request", query.split("=")[0]]);
  });
});
