import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../contract/audit-event.ts";
import type { ProblemBody } from "../../../contract/problem.ts";
import { RolledBack, RulesetVersions } from "../../../contract/ruleset-version.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";

type Either = RolledBack & Omit<ProblemBody, "status">;

let api: AdminApi;
const versions = async (query = "") =>
  (await api.call<RulesetVersions>("GET", `/environments/production/versions${query}`)).body.items;
const newest = async () => (await versions("?limit=1"))[0];
const rollBack = (body: object, query = "") =>
  api.call<Either>("POST", `/environments/production/rollback${query}`, body);
const move = (key: string, status: string) => api.call("PATCH", `/experiments/${key}/status`, { status });

beforeAll(async () => {
  api = await startAdmin();
  await api.call("POST", "/metrics", aMetric("purchase"));
  for (const key of ["one", "two"]) {
    await api.call("POST", "/experiments", plain({ key, primary_metric: "purchase" }));
    await move(key, "running");
  }
});
afterAll(() => api.close());

describe("the versions of an environment", () => {
  it("are newest first, as many as are asked for", async () => {
    const all = await versions();
    expect(RulesetVersions.parse({ items: all })).toEqual({ items: all });
    expect(all.map(({ version }) => version)).toEqual(all.map((_, index) => all.length - index));
    expect(all.every(({ rolled_back_to }) => rolled_back_to === null)).toBe(true);
    expect(await versions("?limit=1")).toEqual(all.slice(0, 1));
  });

  it("are none where nothing was published yet", async () => {
    await api.rows(
      "INSERT INTO environments (id, key, name, enabled, generation, shards, created_at) SELECT 'env_quiet', 'quiet', 'Quiet', enabled, generation, shards, created_at FROM environments WHERE key = 'production'",
    );
    const { status, body } = await api.call<RulesetVersions>("GET", "/environments/quiet/versions");
    expect([status, body.items]).toEqual([200, []]);
  });

  it.each([
    ["/environments/nowhere/versions", 404],
    ["/environments/production/versions?limit=0", 400],
    ["/environments/production/versions?limit=201", 400],
    ["/environments/production/versions?cursor=1", 400],
  ])("are refused at %s", async (path, status) => {
    expect((await api.call("GET", path)).status).toBe(status);
  });
});

describe("a rollback", () => {
  it("publishes an old version as a new one, says how long that holds, and is on the record", async () => {
    const before = await newest();
    const version = (before?.version ?? 0) - 1;
    const { status, body } = await rollBack({ version });
    expect(status).toBe(201);
    expect(RolledBack.parse(body)).toEqual(body);
    expect([body.version, body.rolled_back_to]).toEqual([version + 2, version]);
    expect(body.note).toContain("until a definition of production changes");
    const { note: _, ...made } = body;
    expect(await newest()).toEqual(made);
    const events = await api.call<{ items: AuditEvent[] }>("GET", "/audit-events?limit=1");
    expect(events.body.items[0]).toMatchObject({
      action: "environment.rollback",
      target: "environment:production",
      change: { before: { version: version + 1 }, after: { version: version + 2, rolled_back_to: version } },
    });
  });

  it("holds when everything is published again, and ends when a definition changes", async () => {
    const held = await newest();
    await api.worker.scheduled({ cron: "* * * * *" });
    expect(await newest()).toEqual(held);
    await move("one", "paused");
    const next = await newest();
    expect([next?.version, next?.rolled_back_to]).toEqual([(held?.version ?? 0) + 1, null]);
  });

  it("is shown and not made by a dry run", async () => {
    const [before, stored] = [await newest(), await api.stored()];
    const { status, body } = await rollBack({ version: 1 }, "?dry_run=1");
    expect([status, body.version, body.rolled_back_to]).toEqual([200, (before?.version ?? 0) + 1, 1]);
    expect([await newest(), await api.stored()]).toEqual([before, stored]);
  });

  it.each([
    [{ version: 1000 }, 404, "not_found"],
    [{ version: 0 }, 400, "invalid_request"],
    [{ version: "1" }, 400, "invalid_request"],
    [{}, 400, "invalid_request"],
    [{ version: 1, force: true }, 400, "invalid_request"],
  ])("is refused with %j", async (body, status, code) => {
    const [before, stored] = [await newest(), await api.stored()];
    const answer = await rollBack(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect([await newest(), await api.stored()]).toEqual([before, stored]);
  });

  it("to the version that the environment is on is refused", async () => {
    const answer = await rollBack({ version: (await newest())?.version });
    expect([answer.status, answer.body.code, answer.body.errors[0]?.path]).toEqual([409, "conflict", "version"]);
  });

  it("of an environment that does not exist is a 404", async () => {
    expect((await api.call("POST", "/environments/nowhere/rollback", { version: 1 })).status).toBe(404);
  });

  it("is not for those who may only look", async () => {
    const cookie = await api.cookieOf("viewer");
    const headers = { cookie, origin: api.origin };
    expect((await api.call("POST", "/environments/production/rollback", { version: 1 }, headers)).status).toBe(403);
    expect((await api.call("GET", "/environments/production/versions", undefined, headers)).status).toBe(200);
  });
});

describe("when the publisher cannot be reached", () => {
  let alone: AdminApi;
  beforeAll(async () => {
    alone = await startAdmin(["admin", "decideDown", "ingestDown"]);
  });
  afterAll(() => alone.close());

  it.each([
    ["GET", "/environments/production/versions", undefined],
    ["POST", "/environments/production/rollback", { version: 1 }],
  ])("%s %s is a 503 that says when to come back, and stores nothing", async (method, path, body) => {
    const before = await alone.stored();
    const answer = await alone.call(method, path, body);
    expect([answer.status, answer.body.code, answer.headers.get("retry-after")]).toEqual([503, "unavailable", "1"]);
    expect(await alone.stored()).toBe(before);
  });
});
