import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../contract/audit-event.ts";
import type { Experiment } from "../../../contract/experiment.ts";
import { Phase } from "../../../contract/experiment.ts";
import type { Layer } from "../../../contract/layer.ts";
import type { ProblemBody } from "../../../contract/problem.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";
import { published } from "./published.ts";

type Either = Phase & Omit<ProblemBody, "status">;

let api: AdminApi;
let key = "";
let made = 0;
const begin = (body: object, headers?: Record<string, string>) =>
  api.call<Either>("POST", `/experiments/${key}/phases`, { reason: "because", ...body }, headers);
const move = (status: string) => api.call("PATCH", `/experiments/${key}/status`, { status });
const get = async () => (await api.call<Experiment>("GET", `/experiments/${key}`)).body;
const list = async (query = "") =>
  (await api.call<{ items: Phase[]; next_cursor: string | null }>("GET", `/experiments/${key}/phases${query}`)).body;

/** Asks for a phase that must be refused, and proves that nothing was stored. */
const refused = async (body: object, path = "/phases") => {
  const before = await api.stored();
  const { status, body: problem } = await api.call("POST", `/experiments/${key}${path}`, {
    reason: "because",
    ...body,
  });
  expect(await api.stored()).toBe(before);
  return [status, problem.code, ...problem.errors.map((error) => error.path)];
};

beforeAll(async () => {
  api = await startAdmin();
  await api.call("POST", "/metrics", aMetric("purchase"));
  await api.call("POST", "/layers", { name: "Shared" });
  await api.call("POST", "/flags", { key: "ready", type: "boolean", default_value: false });
});
afterAll(() => api.close());
beforeEach(async () => {
  made += 1;
  key = `phased-${made}`;
  await api.call("POST", "/experiments", plain({ key, primary_metric: "purchase", traffic: 0.2 }));
  await move("running");
});

describe("a new phase", () => {
  it("changes what it names, keeps the rest, and says what held in each phase", async () => {
    const before = await get();
    const { status, body, headers } = await begin({
      weights: { treatment: 10, control: 90 },
      targeting: { countries: ["fr"] },
      prerequisites: [{ flag: "ready", value: true }],
      traffic: 0.5,
    });
    expect([status, headers.get("etag")]).toEqual([201, '"3"']);
    expect(Phase.parse(body)).toEqual(body);
    const after = await get();
    expect(after).toEqual({
      ...before,
      phase: 2,
      revision: 3,
      updated_at: body.started_at,
      slots: [{ range_start: 0, range_end: 4999 }],
      traffic: 0.5,
      variants: before.variants.map((variant, index) => ({ ...variant, weight_bp: index === 0 ? 9000 : 1000 })),
      targeting: { rules: [{ conditions: [{ attribute: "country", operator: "in", value: ["FR"] }] }] },
      prerequisites: [{ flag: "ready", value: true }],
    });
    const { items, next_cursor } = await list();
    expect(next_cursor).toBeNull();
    expect(items).toEqual([
      {
        number: 1,
        started_at: before.started_at,
        reason: "",
        weights_bp: { control: 5000, treatment: 5000 },
        slots: before.slots,
        targeting: before.targeting,
        prerequisites: [],
        salt: before.salt,
      },
      body,
    ]);
    expect(body).toMatchObject({ number: 2, reason: "because", weights_bp: { control: 9000, treatment: 1000 } });
  });

  it("is on the record, with what it changed and why", async () => {
    await begin({ weights: { control: 100, treatment: 0 }, reason: "The new page is broken." });
    const { body } = await api.call<{ items: AuditEvent[] }>("GET", "/audit-events?limit=1");
    expect(body.items[0]).toMatchObject({
      action: "experiment.phase",
      target: `experiment:${key}`,
      change: {
        before: { phase: 1, weights_bp: { control: 5000, treatment: 5000 } },
        after: { phase: 2, reason: "The new page is broken.", weights_bp: { control: 10_000, treatment: 0 } },
      },
    });
  });

  it("may give up traffic, highest buckets first, and others may have them", async () => {
    const slots = { layer: "shared", traffic: 0.4, primary_metric: "purchase" };
    key = `shrunk-${made}`;
    await api.call("POST", "/experiments", plain({ key, ...slots }));
    await move("running");
    const had = (await get()).slots;
    expect((await begin({ traffic: 0.1 })).body.slots).toEqual([
      { range_start: had[0]?.range_start, range_end: (had[0]?.range_start ?? 0) + 999 },
    ]);
    const { body } = await api.call<Layer>("GET", "/layers/shared");
    expect(body.free_buckets).toBe(9000);
  });

  it("that reshuffles has another salt, and so has the layer that the experiment has to itself", async () => {
    const { salt } = await get();
    expect(salt).toMatch(/^[0-9a-z]{8}$/);
    expect((await begin({ reshuffle: true })).body.salt).toBe(`${salt}.2`);
    await begin({ traffic: 0.3 });
    expect((await begin({ reshuffle: true })).body.salt).toBe(`${salt}.4`);
    const { layer } = await get();
    expect(layer.salt).toBe(`${salt}.4/traffic`);
    expect(await api.rows("SELECT salt FROM layers WHERE id = ?", layer.id)).toEqual([{ salt: layer.salt }]);
  });

  it("that reshuffles leaves a shared layer as it is", async () => {
    key = `shared-${made}`;
    await api.call("POST", "/experiments", plain({ key, layer: "shared", traffic: 0.1, primary_metric: "purchase" }));
    await move("running");
    const before = await get();
    await begin({ reshuffle: true });
    const after = await get();
    expect([after.layer, after.slots, after.salt]).toEqual([before.layer, before.slots, `${before.salt}.2`]);
  });

  it("may begin while the experiment is paused", async () => {
    await move("paused");
    expect((await begin({ reshuffle: true })).status).toBe(201);
    expect((await get()).status).toBe("paused");
  });

  it("is shown and not stored by a dry run", async () => {
    const before = await api.stored();
    const { status, body } = await api.call<Phase>("POST", `/experiments/${key}/phases?dry_run=1`, {
      reshuffle: true,
      reason: "because",
    });
    expect([status, body.number]).toEqual([200, 2]);
    expect(await api.stored()).toBe(before);
  });

  it("is published", async () => {
    const { headers, body } = await begin({ reshuffle: true, weights: { control: 20, treatment: 80 } });
    expect(headers.get("x-published")).toBe("true");
    const { experiments } = await published(api, "production");
    const experiment = experiments.find((each) => each.key === key);
    expect(experiment).toMatchObject({
      salt: body.salt,
      layer_salt: `${body.salt}/traffic`,
      variants: [{ weight_bp: 2000 }, { weight_bp: 8000 }],
    });
    expect(experiment?.phases.at(-1)).toEqual({ number: 2, started_at: Date.parse(body.started_at) });
  });
});

describe("a phase is refused", () => {
  it.each([
    [[422, "invalid_request", "weights.other", "weights.treatment"], { weights: { control: 50, other: 50 } }],
    [[422, "invalid_request", "weights.treatment"], { weights: { control: 100 } }],
    [[422, "unknown_reference", "targeting.user_segment"], { targeting: { user_segment: "nope" } }],
    [[422, "unknown_reference", "prerequisites.0.flag"], { prerequisites: [{ flag: "nope", value: true }] }],
    [[400, "invalid_request", "weights"], { weights: { control: 50, treatment: 40 } }],
    [[400, "invalid_request", "reason"], { reshuffle: true, reason: "" }],
    [[400, "invalid_request", "slots"], { traffic: 0.5, slots: [{ range_start: 0, range_end: 1 }] }],
  ])("with %j: %j", async (expected, body) => {
    expect(await refused(body)).toEqual(expected);
  });

  it.each([
    {},
    { traffic: 0.2 },
    { weights: { control: 50, treatment: 50 } },
    { targeting: {} },
    { prerequisites: [] },
  ])("when nothing is new: %j", async (body) => {
    expect(await refused(body)).toEqual([422, "invalid_request", ""]);
  });

  it("when it would make the experiment wait for itself", async () => {
    const prerequisites = [{ experiment: key, variants: ["control"] }];
    expect(await refused({ prerequisites })).toEqual([422, "prerequisite_cycle", "prerequisites.0.experiment"]);
  });

  it("when its buckets are held by another", async () => {
    for (const each of ["one", "two"]) {
      key = `held-${each}`;
      await api.call("POST", "/layers", { key: "held", name: "Held" });
      await api.call("POST", "/experiments", plain({ key, layer: "held", traffic: 0.4, primary_metric: "purchase" }));
      await move("running");
    }
    expect(await refused({ traffic: 0.7 })).toEqual([422, "layer_full", "traffic"]);
    expect(await refused({ slots: [{ range_start: 3999, range_end: 4000 }] })).toEqual([422, "slot_taken", "slots.0"]);
  });

  it.each([
    ["draft", []],
    ["completed", ["running", "completed"]],
    ["archived", ["archived"]],
  ])("for an experiment that is %s", async (status, moves) => {
    key = `${status}-${made}`;
    await api.call("POST", "/experiments", plain({ key, primary_metric: "purchase" }));
    for (const each of moves) await move(each);
    expect((await get()).status).toBe(status);
    expect((await refused({ reshuffle: true })).slice(0, 2)).toEqual([409, "status_not_allowed"]);
  });

  it("when it was decided upon another revision", async () => {
    const authorization = `Bearer ${await api.createKey("admin")}`;
    const { status, body } = await begin({ reshuffle: true }, { authorization, "if-match": '"1"' });
    expect([status, body.code]).toEqual([409, "stale_revision"]);
    expect((await list()).items).toHaveLength(1);
  });

  it("to somebody who may only look", async () => {
    const cookie = await api.cookieOf("viewer");
    const { status } = await begin({ reshuffle: true }, { cookie, origin: api.origin });
    expect(status).toBe(403);
    expect((await api.call("GET", `/experiments/${key}/phases`, undefined, { cookie })).status).toBe(200);
  });

  it("where there is no experiment", async () => {
    key = "nothing";
    expect((await refused({ reshuffle: true })).slice(0, 2)).toEqual([404, "not_found"]);
  });
});

describe("the list of phases", () => {
  it("is empty before the start", async () => {
    key = `never-${made}`;
    await api.call("POST", "/experiments", plain({ key }));
    expect(await list()).toEqual({ items: [], next_cursor: null });
  });

  it("has what an allocation that was grown had", async () => {
    await api.call("PUT", `/experiments/${key}/allocations`, { traffic: 0.5 });
    expect((await list()).items.map(({ number, reason, slots }) => [number, reason, slots])).toEqual([
      [1, "", [{ range_start: 0, range_end: 1999 }]],
      [2, "", [{ range_start: 0, range_end: 4999 }]],
    ]);
  });

  it("comes in pages", async () => {
    await begin({ reshuffle: true });
    await begin({ reshuffle: true });
    const first = await list("?limit=2");
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items].map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(second.next_cursor).toBeNull();
    expect((await api.call("GET", `/experiments/${key}/phases?cursor=x`)).status).toBe(400);
  });

  it("keeps what held in phases from before definitions were kept", async () => {
    const { salt } = await get();
    await api.rows("UPDATE phases SET definition = NULL");
    expect((await list()).items.map((phase) => phase.salt)).toEqual([salt]);
    await begin({ weights: { control: 30, treatment: 70 }, reshuffle: true });
    const { items } = await list();
    expect(items.map((phase) => [phase.salt, phase.weights_bp["control"]])).toEqual([
      [salt, 5000],
      [`${salt}.2`, 3000],
    ]);
  });
});

describe("what is locked", () => {
  it("points to a new phase where that can change it", async () => {
    const { body } = await api.call("PATCH", `/experiments/${key}`, { targeting: {}, unit_type: "device_id" });
    const messages = new Map(body.errors.map(({ path, message }) => [path, message]));
    expect(messages.get("targeting")).toContain(`POST /api/v1/experiments/${key}/phases`);
    expect(messages.get("unit_type")).toContain("make a new experiment");
    const shrunk = await api.call("PUT", `/experiments/${key}/allocations`, { traffic: 0.1 });
    expect(shrunk.body.detail).toContain(`POST /api/v1/experiments/${key}/phases`);
  });
});
