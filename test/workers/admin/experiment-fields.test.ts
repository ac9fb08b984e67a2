import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Experiment } from "../../../contract/experiment.ts";
import type { ProblemBody } from "../../../contract/problem.ts";
import type { Variant } from "../../../contract/variant.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";
import { published } from "./published.ts";

type Either = Experiment & Omit<ProblemBody, "status">;

let api: AdminApi;
const create = (body: object) => api.call<Either>("POST", "/experiments", body);
const change = (key: string, body: object) => api.call<Either>("PATCH", `/experiments/${key}`, body);
const move = (key: string, status: string) => api.call<Either>("PATCH", `/experiments/${key}/status`, { status });

/** Sends what must be refused, and proves that nothing was stored. */
const refused = async (method: string, path: string, body: object) => {
  const before = await api.stored();
  const { status, body: problem } = await api.call(method, path, body);
  expect(await api.stored()).toBe(before);
  return [status, problem.code, ...problem.errors.map((error) => error.path)];
};

const factors = [
  { key: "color", levels: [{ key: "red" }, { key: "blue", value: "#00f" }] },
  {
    key: "size",
    levels: [
      { key: "small", weight: 1 },
      { key: "big", weight: 2 },
    ],
  },
];

beforeAll(async () => {
  api = await startAdmin();
  await api.call("POST", "/metrics", aMetric("purchase"));
  await api.call("POST", "/layers", { name: "Accounts", unit_type: "account_id" });
  await api.call("POST", "/flags", { key: "ready", type: "boolean", default_value: false });
  await create(plain({ key: "other" }));
});
afterAll(() => api.close());

describe("an experiment", () => {
  it("keeps what it was told when it was made", async () => {
    const [flag] = await api.rows("SELECT id FROM flags WHERE key = 'ready'");
    const told = {
      starts_at: "2030-01-01T00:00:00Z",
      ends_at: "2030-02-01T00:00:00.5Z",
      prerequisites: [
        { flag: flag?.id, value: true },
        { experiment: "other", variants: ["control"] },
      ],
      sticky: true,
      server_only: true,
    };
    const { status, body } = await create(plain({ key: "full", ...told }));
    expect(status).toBe(201);
    expect(Experiment.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      starts_at: "2030-01-01T00:00:00.000Z",
      ends_at: "2030-02-01T00:00:00.500Z",
      prerequisites: [
        { flag: "ready", value: true },
        { experiment: "other", variants: ["control"] },
      ],
      sticky: true,
      server_only: true,
      switchback: null,
      factors: null,
    });
    expect((await api.call("GET", "/experiments/full")).body).toEqual(body);
  });

  it("says nothing of what it was not told", async () => {
    const { body } = await create(plain({ key: "empty" }));
    expect(body).toMatchObject({
      starts_at: null,
      ends_at: null,
      prerequisites: [],
      sticky: false,
      server_only: false,
      switchback: null,
      factors: null,
    });
    expect(body.variants.map(({ levels }) => levels)).toEqual([null, null]);
  });

  it("has the salt of its id, and so has a layer", async () => {
    const { body } = await create(plain({ key: "salted" }));
    expect(body.salt).toBe(body.id.slice(-8).toLowerCase());
    const layer = await api.call<{ id: string; salt: string }>("POST", "/layers", { name: "Salted" });
    expect(layer.body.salt).toBe(layer.body.id.slice(-8).toLowerCase());
  });

  it("of clusters changes sides by the window", async () => {
    const { status, body } = await create(
      plain({ key: "switch", unit_type: "region_id", switchback: { window_minutes: 90 } }),
    );
    expect([status, body.unit_type, body.switchback]).toEqual([201, "region_id", { window_minutes: 90 }]);
  });

  it("of rankings compares two", async () => {
    const { status, body } = await create(plain({ key: "ranked", type: "interleaving" }));
    expect([status, body.type]).toEqual([201, "interleaving"]);
  });

  it.each([
    [[400, "invalid_request", "variants"], { variants: undefined }],
    [[400, "invalid_request", "ends_at"], { starts_at: "2030-01-02T00:00:00Z", ends_at: "2030-01-01T00:00:00Z" }],
    [[400, "invalid_request", "switchback"], { type: "split_url", url: "/a", switchback: { window_minutes: 60 } }],
    [[422, "unknown_reference", "prerequisites.0.flag"], { prerequisites: [{ flag: "nope", value: 1 }] }],
    [
      [422, "unknown_reference", "prerequisites.0.experiment"],
      { prerequisites: [{ experiment: "x", variants: ["a"] }] },
    ],
    [
      [422, "invalid_request", "prerequisites.0.variants.0"],
      { prerequisites: [{ experiment: "other", variants: ["a"] }] },
    ],
    [
      [422, "unknown_reference", "prerequisites.0.experiment"],
      { prerequisites: [{ experiment: "wrong", variants: ["control"] }] },
    ],
    [
      [400, "invalid_request", "targeting.rules.0.conditions.0.value"],
      { targeting: { rules: [{ conditions: [{ attribute: "name", operator: "matches", value: "(a+)+$" }] }] } },
    ],
    [
      [422, "unknown_reference", "targeting.rules.0.conditions.0.any.0.not.value"],
      { targeting: { rules: [{ conditions: [{ any: [{ not: { operator: "in_audience", value: "nope" } }] }] }] } },
    ],
  ])("is refused with %j: %j", async (expected, body) => {
    expect(await refused("POST", "/experiments", plain({ key: "wrong", ...body }))).toEqual(expected);
  });
});

describe("a draft", () => {
  it("changes what it is told, keeps the rest, and takes back with null", async () => {
    const told = {
      starts_at: "2030-01-01T00:00:00.000Z",
      ends_at: "2030-02-01T00:00:00.000Z",
      prerequisites: [{ flag: "ready", value: true }],
      server_only: true,
      primary_metric: "purchase",
      min_detectable_effect: 0.05,
      layer: "accounts",
    };
    await create(plain({ key: "taken", traffic: 0.25, ...told }));
    const kept = await change("taken", { name: "Renamed" });
    expect(kept.body).toMatchObject({ ...told, layer: { key: "accounts" }, name: "Renamed" });
    const { status, body } = await change("taken", {
      starts_at: null,
      ends_at: null,
      prerequisites: [],
      server_only: false,
      primary_metric: null,
      min_detectable_effect: null,
      layer: null,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      starts_at: null,
      ends_at: null,
      prerequisites: [],
      server_only: false,
      switchback: null,
      primary_metric: null,
      min_detectable_effect: null,
      layer: { key: "taken/traffic", salt: `${body.salt}/traffic` },
      unit_type: "account_id",
      slots: [{ range_start: 0, range_end: 2499 }],
    });
    expect((await api.call("GET", "/experiments/taken")).body).toEqual(body);
    const { body: layer } = await api.call<{ free_buckets: number }>("GET", "/layers/accounts");
    expect(layer.free_buckets).toBe(10_000);
    // It may go back and forth, and without a layer there is nothing to leave.
    expect((await change("taken", { layer: "accounts" })).body.layer.key).toBe("accounts");
    expect((await change("taken", { layer: null })).body.layer.key).toBe("taken/traffic");
    expect((await change("taken", { layer: null })).status).toBe(200);
  });

  it("cannot take back the page of a split-URL test, and no other has one", async () => {
    await create({
      key: "page",
      name: "Page",
      type: "split_url",
      url: "/a",
      variants: [
        { key: "control", weight: 50 },
        { key: "b", weight: 50, config: { url: "/b" } },
      ],
    });
    expect(await refused("PATCH", "/experiments/page", { url: null })).toEqual([400, "invalid_request", "url"]);
    expect((await change("other", { url: null })).status).toBe(200);
  });

  it("is refused dates that do not fit the ones that it has", async () => {
    await create(plain({ key: "dated", starts_at: "2030-01-01T00:00:00Z" }));
    const answer = await refused("PATCH", "/experiments/dated", { ends_at: "2029-01-01T00:00:00Z" });
    expect(answer).toEqual([400, "invalid_request", "ends_at"]);
  });

  it("cannot wait for what waits for it", async () => {
    await create(plain({ key: "first" }));
    await create(plain({ key: "second", prerequisites: [{ experiment: "first", variants: ["control"] }] }));
    const prerequisites = [{ experiment: "second", variants: ["control"] }];
    expect(await refused("PATCH", "/experiments/first", { prerequisites })).toEqual([
      422,
      "prerequisite_cycle",
      "prerequisites.0.experiment",
    ]);
  });

  it("cannot be archived while others wait for it", async () => {
    const answer = await refused("PATCH", "/experiments/first/status", { status: "archived" });
    expect(answer).toEqual([409, "conflict", "status"]);
  });
});

describe("a start", () => {
  it("may come after starts_at", async () => {
    await create(plain({ key: "late", primary_metric: "purchase", starts_at: "2020-01-01T00:00:00Z" }));
    expect((await move("late", "running")).status).toBe(200);
  });

  it("must come before ends_at", async () => {
    await create(plain({ key: "over", primary_metric: "purchase", ends_at: "2020-01-01T00:00:00Z" }));
    const answer = await refused("PATCH", "/experiments/over/status", { status: "running" });
    expect(answer).toEqual([422, "invalid_request", "ends_at"]);
    await change("over", { ends_at: null });
    expect((await move("over", "running")).status).toBe(200);
  });

  it("publishes what decides: dates, prerequisites, stickiness", async () => {
    await create(
      plain({
        key: "published",
        primary_metric: "purchase",
        starts_at: "2020-01-01T00:00:00Z",
        ends_at: "2040-01-01T00:00:00Z",
        prerequisites: [{ flag: "ready", value: true }],
        sticky: true,
        server_only: true,
      }),
    );
    expect((await move("published", "running")).headers.get("x-published")).toBe("true");
    const { experiments } = await published(api, "production");
    expect(experiments.find(({ key }) => key === "published")).toMatchObject({
      starts_at: Date.parse("2020-01-01T00:00:00Z"),
      ends_at: Date.parse("2040-01-01T00:00:00Z"),
      prerequisites: [{ flag: "ready", value: true }],
      is_sticky: true,
      is_server_only: true,
    });
  });
});

describe("a factorial", () => {
  it("has a variant for every combination, and keeps its factors", async () => {
    const { status, body } = await create({ name: "Factorial", factors });
    expect([status, body.factors]).toEqual([201, factors]);
    expect(body.variants.map(({ key, name, weight_bp, is_control }) => [key, name, weight_bp, is_control])).toEqual([
      ["red-small", "red × small", 1667, true],
      ["red-big", "red × big", 3333, false],
      ["blue-small", "blue × small", 1667, false],
      ["blue-big", "blue × big", 3333, false],
    ]);
    expect(body.variants[3]).toMatchObject({
      config: { color: "#00f", size: "big" },
      levels: { color: "blue", size: "big" },
    });
    expect((await api.call("GET", "/experiments/factorial")).body).toEqual(body);
  });

  it("stays one, cell by cell, when other things change", async () => {
    const before = (await api.call<Experiment>("GET", "/experiments/factorial")).body;
    const { body } = await change("factorial", { hypothesis: "why" });
    expect([body.factors, body.variants]).toEqual([before.factors, before.variants]);
  });

  it("gives way to variants, and variants give way to one", async () => {
    const { body: plainly } = await change("factorial", { variants: plain().variants });
    expect([plainly.factors, plainly.variants.map(({ key, levels }) => [key, levels])]).toEqual([
      null,
      [
        ["control", null],
        ["treatment", null],
      ],
    ]);
    const { body } = await change("factorial", { factors: factors.slice(0, 1) });
    expect([body.factors, body.variants.map(({ key }) => key)]).toEqual([factors.slice(0, 1), ["red", "blue"]]);
  });

  it.each([
    [[400, "invalid_request", "variants"], { variants: plain().variants }],
    [[400, "invalid_request", "factors"], { type: "split_url", url: "/a" }],
    [[400, "invalid_request", "factors.1.key"], { factors: [factors[0], factors[0]] }],
  ])("is refused with %j: %j", async (expected, body) => {
    expect((await refused("POST", "/experiments", { name: "No factorial", factors, ...body })).slice(0, 3)).toEqual(
      expected,
    );
  });
});

const idsOf = ({ variants }: Experiment) => variants.map(({ id }) => id);

describe("the variants of an experiment", () => {
  it("are numbered within it, and keep their ids for as long as they have their keys", async () => {
    const { body: before } = await create(plain({ key: "numbered" }));
    const body = before.id.slice("exp_".length);
    expect(idsOf(before)).toEqual([`var_${body}_1`, `var_${body}_2`]);
    const { body: after } = await change("numbered", {
      variants: [
        { key: "a", weight: 20 },
        { key: "treatment", weight: 40 },
        { key: "b", weight: 40 },
      ],
    });
    expect(idsOf(after)).toEqual([`var_${body}_1`, `var_${body}_2`, `var_${body}_3`]);
  });

  it("are listed in pages by their ids", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? "" : `&cursor=${cursor}`;
      const { body } = await api.call<{ items: Variant[]; next_cursor: string | null }>(
        "GET",
        `/experiments/numbered/variants?limit=2${after}`,
      );
      seen.push(...body.items.map(({ key }) => key));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(["a", "treatment", "b"]);
  });

  it("made long ago keep their ids, and are listed too", async () => {
    const old = "var_01HZX3Q9ABCDEFGHJKMNPQRSTV";
    await create(plain({ key: "old" }));
    await api.rows(
      "UPDATE variants SET id = ? WHERE key = 'control' AND experiment_id = (SELECT id FROM experiments WHERE key = 'old')",
      old,
    );
    expect(idsOf((await change("old", { name: "Renamed" })).body)[0]).toBe(old);
    const { status, body } = await api.call<{ items: Variant[] }>("GET", `/experiments/old/variants?cursor=${old}`);
    expect([status, body.items.map(({ key }) => key)]).toEqual([200, ["treatment"]]);
  });
});

describe("the end of a running experiment", () => {
  beforeAll(async () => {
    await create(plain({ key: "ending", primary_metric: "purchase" }));
    await move("ending", "running");
  });

  it("can be set, moved and taken back, and visitors are told at once", async () => {
    const ends_at = "2031-01-01T00:00:00.000Z";
    expect((await change("ending", { ends_at })).body.ends_at).toBe(ends_at);
    const [experiment] = (await published(api, "production")).experiments.filter(({ key }) => key === "ending");
    expect(experiment?.ends_at).toBe(Date.parse(ends_at));
    expect((await change("ending", { ends_at: null })).body.ends_at).toBeNull();
  });

  it("cannot be set in the past", async () => {
    expect(await refused("PATCH", "/experiments/ending", { ends_at: "2020-01-01T00:00:00Z" })).toEqual([
      422,
      "invalid_request",
      "ends_at",
    ]);
  });

  it("stays once the experiment is completed", async () => {
    await move("ending", "completed");
    expect(await refused("PATCH", "/experiments/ending", { ends_at: "2032-01-01T00:00:00Z" })).toEqual([
      409,
      "locked_while_running",
      "ends_at",
    ]);
  });
});
