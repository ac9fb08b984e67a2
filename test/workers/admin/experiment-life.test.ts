import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../contract/audit-event.ts";
import type { Experiment } from "../../../contract/experiment.ts";
import type { ProblemBody } from "../../../contract/problem.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";

/** An answer that a test reads as the one or the other. */
type Either = Experiment & Omit<ProblemBody, "status">;

let api: AdminApi;
let key = "";
let made = 0;
const move = (status: string) => api.call<Either>("PATCH", `/experiments/${key}/status`, { status });
const get = async () => (await api.call<Experiment>("GET", `/experiments/${key}`)).body;
const change = (body: object, headers?: Record<string, string>) =>
  api.call<Either>("PATCH", `/experiments/${key}`, body, headers);
const allocate = (body: object) => api.call<Either>("PUT", `/experiments/${key}/allocations`, body);
const phases = async () =>
  api.rows(
    "SELECT number FROM phases JOIN experiments ON experiments.id = experiment_id WHERE key = ? ORDER BY number",
    key,
  );

beforeAll(async () => {
  api = await startAdmin();
  for (const name of ["purchase", "signup"]) await api.call("POST", "/metrics", aMetric(name));
  await api.call("POST", "/layers", { name: "Shared" });
  await api.call("POST", "/layers", { name: "Devices", unit_type: "device_id" });
});
afterAll(() => api.close());
beforeEach(async () => {
  made += 1;
  key = `life-${made}`;
  await api.call("POST", "/experiments", plain({ key, primary_metric: "purchase", traffic: 0.2 }));
});

describe("a draft", () => {
  it("starts with its first phase", async () => {
    const { status, body } = await move("running");
    expect([status, body.status, body.phase, body.revision]).toEqual([200, "running", 1, 2]);
    expect(body.started_at).toBe(body.updated_at);
    expect(await phases()).toEqual([{ number: 1 }]);
  });

  it("does not start without the metric that decides", async () => {
    key = `incomplete-${made}`;
    await api.call("POST", "/experiments", plain({ key }));
    const before = await api.stored();
    const { status, body } = await move("running");
    expect([status, body.code, body.errors[0]?.path]).toEqual([422, "experiment_incomplete", "primary_metric"]);
    expect(await api.stored()).toBe(before);
  });

  it("may change in every way, and keeps the rest", async () => {
    const before = await get();
    const { status, body } = await change({
      name: "Renamed",
      unit_type: "device_id",
      environments: ["development", "production", "development"],
      primary_metric: "signup",
      secondary_metrics: ["purchase"],
      targeting: { countries: ["FR"] },
      variants: [
        { key: "control", weight: 33.34 },
        { key: "b", weight: 33.33 },
        { key: "c", weight: 33.33, config: [1, "two"] },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...before,
      name: "Renamed",
      unit_type: "device_id",
      environments: ["development", "production"],
      primary_metric: "signup",
      secondary_metrics: ["purchase"],
      targeting: { rules: [{ conditions: [{ attribute: "country", operator: "in", value: ["FR"] }] }] },
      variants: [
        { ...before.variants[0], weight_bp: 3334 },
        { key: "b", weight_bp: 3333 },
        { key: "c", config: [1, "two"] },
      ],
      revision: 2,
      updated_at: body.updated_at,
    });
    expect(await get()).toEqual(body);
  });

  it("moves to another layer with the share and the unit that are right there, and leaves no layer behind", async () => {
    const { status, body } = await change({ layer: "devices" });
    expect([status, body.layer.key, body.unit_type, body.traffic]).toEqual([200, "devices", "device_id", 0.2]);
    expect(await api.rows("SELECT key FROM layers WHERE key = ?", `${key}/traffic`)).toEqual([]);
  });

  it("may be sent back as it was read, its own layer included", async () => {
    const before = await get();
    const { status, body } = await change({ layer: before.layer.key, name: "Renamed" });
    expect([status, body]).toEqual([200, { ...before, name: "Renamed", revision: 2, updated_at: body.updated_at }]);
  });

  it("takes other buckets, more or fewer, in the phase that it is in", async () => {
    const { status, body } = await allocate({ slots: [{ range_start: 5000, range_end: 5099 }] });
    expect([status, body.slots, body.traffic]).toEqual([200, [{ range_start: 5000, range_end: 5099 }], 0.01]);
    expect((await get()).phase).toBe(1);
    expect(await phases()).toEqual([]);
  });

  it("is refused what makes no sense together, as when it was made", async () => {
    const before = await api.stored();
    const { status, body } = await change({ url: "/page" });
    expect([status, body.errors[0]?.path]).toEqual([400, "url"]);
    expect(await api.stored()).toBe(before);
  });
});

describe("a running experiment", () => {
  beforeEach(async () => {
    await move("running");
  });

  it.each([
    { variants: plain().variants },
    { targeting: { countries: ["FR"] } },
    { unit_type: "device_id" },
    { layer: "shared" },
    { traffic: 0.5 },
    { primary_metric: "signup" },
    { environments: ["development"] },
    { significance_level: 0.1 },
  ])("is locked: %j", async (body) => {
    const before = await api.stored();
    const refused = await change(body);
    expect([refused.status, refused.body.code]).toEqual([409, "locked_while_running"]);
    expect(refused.body.errors.map(({ path }) => path)).toEqual(Object.keys(body));
    expect(await api.stored()).toBe(before);
  });

  it("may still be described in other words", async () => {
    const { status, body } = await change({ name: "New", hypothesis: "why", owner: "ann" });
    expect([status, body.name, body.hypothesis, body.owner, body.revision]).toEqual([200, "New", "why", "ann", 3]);
    expect(await get()).toEqual(body);
  });

  it("grows into a new phase and keeps its buckets", async () => {
    const { status, body } = await allocate({ traffic: 0.5 });
    expect([status, body.slots, body.phase]).toEqual([200, [{ range_start: 0, range_end: 4999 }], 2]);
    expect(await phases()).toEqual([{ number: 1 }, { number: 2 }]);
  });

  it.each([{ traffic: 0.1 }, { slots: [{ range_start: 1, range_end: 5000 }] }])("never shrinks: %j", async (body) => {
    const before = await api.stored();
    const refused = await allocate(body);
    expect([refused.status, refused.body.code]).toEqual([409, "locked_while_running"]);
    expect(await api.stored()).toBe(before);
  });

  it("begins no phase when it asks for what it has", async () => {
    const { status, body } = await allocate({ traffic: 0.2 });
    expect([status, body.phase]).toEqual([200, 1]);
    expect(await phases()).toEqual([{ number: 1 }]);
  });

  it("keeps its start over a pause, and ends for good", async () => {
    const { started_at } = await get();
    expect((await move("paused")).body.status).toBe("paused");
    expect((await move("running")).body.started_at).toBe(started_at);
    const completed = (await move("completed")).body;
    expect([completed.started_at, completed.ended_at]).toEqual([started_at, completed.updated_at]);
    expect((await allocate({ traffic: 1 })).body.code).toBe("locked_while_running");
    const refused = await move("running");
    expect([refused.status, refused.body.code]).toEqual([409, "status_not_allowed"]);
    expect(refused.body.detail).toContain("Allowed is archived");
    expect((await move("archived")).body.status).toBe("archived");
    expect(await phases()).toEqual([{ number: 1 }]);
  });
});

describe("If-Match", () => {
  const asOf = (revision: string) => ({ authorization: `Bearer ${adminKey}`, "if-match": revision });
  let adminKey = "";
  beforeAll(async () => {
    adminKey = await api.createKey("admin");
  });

  it("of the present revision lets a write through, and the answer says the next", async () => {
    const { headers } = await api.call("GET", `/experiments/${key}`);
    expect(headers.get("etag")).toBe('"1"');
    const changed = await change({ owner: "ann" }, asOf('"1"'));
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"']);
  });

  it("of another revision is a 409 that shows the present state, and stores nothing", async () => {
    await change({ owner: "ann" });
    const before = await api.stored();
    for (const [method, path, body] of [
      ["PATCH", "", { owner: "bob" }],
      ["PATCH", "/status", { status: "running" }],
      ["PUT", "/allocations", { traffic: 1 }],
    ] as const) {
      const refused = await api.call<ProblemBody & { current: Experiment }>(
        method,
        `/experiments/${key}${path}`,
        body,
        asOf('"1"'),
      );
      expect([refused.status, refused.body.code, refused.body.current]).toEqual([409, "stale_revision", await get()]);
    }
    expect(await api.stored()).toBe(before);
  });

  it("lets one of twenty writers through who all saw the same revision", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => change({ owner: `writer ${index}` }, asOf('"1"'))),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array.from({ length: 19 }, () => 409),
    ]);
    expect((await get()).revision).toBe(2);
  });

  it("that is not a revision is refused", async () => {
    const { status, body } = await change({ owner: "bob" }, asOf("yesterday"));
    expect([status, body.errors[0]?.path]).toEqual([400, "If-Match"]);
  });
});

describe("a dry run", () => {
  it("answers what would be stored, and stores nothing", async () => {
    const before = await api.stored();
    const dry = await api.call<Experiment>("POST", "/experiments?dry_run=1", plain({ key: "dry", layer: "shared" }));
    expect([dry.status, dry.body.key, dry.body.slots]).toEqual([200, "dry", [{ range_start: 0, range_end: 9999 }]]);
    const started = await api.call<Experiment>("PATCH", `/experiments/${key}/status?dry_run=1`, { status: "running" });
    expect([started.status, started.body.status]).toEqual([200, "running"]);
    expect((await api.call("POST", "/metrics?dry_run=true", aMetric("dry"))).status).toBe(200);
    expect((await api.call("POST", "/api-keys?dry_run=1", { name: "dry", type: "admin" })).status).toBe(200);
    expect(await api.stored()).toBe(before);
  });

  it.each([
    [plain({ key: "dry", primary_metric: "nope" }), 422, "unknown_reference"],
    [plain({ key: "dry", layer: "shared", slots: [{ range_start: 0, range_end: 1 }] }), 422, "slot_taken"],
    [plain({ key: "dry", weight: 1 }), 400, "invalid_request"],
  ])("checks everything that a write does: %j", async (body, status, code) => {
    await api.call("POST", "/experiments", plain({ key: "holder", layer: "shared" }));
    const refused = await api.call("POST", "/experiments?dry_run=1", body);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
  });
});

describe("the audit trail", () => {
  it("tells who did what, newest first, with what was there before and after", async () => {
    const cookie = await api.cookieOf("editor");
    await api.call("PATCH", `/experiments/${key}/status`, { status: "running" }, { cookie, origin: api.origin });
    const { body } = await api.call<{ items: AuditEvent[] }>("GET", "/audit-events?limit=2");
    expect(body.items).toMatchObject([
      {
        action: "experiment.start",
        target: `experiment:${key}`,
        actor: expect.stringMatching(/^user:.*@example\.com$/),
        change: { before: { status: "draft" }, after: { status: "running" } },
      },
      {
        action: "experiment.create",
        actor: expect.stringMatching(/^key:key_/),
        change: { before: null, after: { key, status: "draft" } },
      },
    ]);
  });

  it("has exactly one event for each write", async () => {
    const [{ revision } = {}] = await api.rows("SELECT revision FROM workspace");
    expect(await api.rows("SELECT count(*) AS n, max(revision) AS last FROM audit_events")).toEqual([
      { n: revision, last: revision },
    ]);
  });

  it("comes in pages", async () => {
    const first = await api.call<{ items: AuditEvent[]; next_cursor: string }>("GET", "/audit-events?limit=3");
    const next = await api.call<{ items: AuditEvent[] }>(
      "GET",
      `/audit-events?limit=3&cursor=${first.body.next_cursor}`,
    );
    const all = await api.call<{ items: AuditEvent[] }>("GET", "/audit-events?limit=6");
    expect([...first.body.items, ...next.body.items]).toEqual(all.body.items);
  });
});
