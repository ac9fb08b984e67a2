import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiKey, CreatedApiKey } from "../../../contract/api-key.ts";
import type { Environment } from "../../../contract/environment.ts";
import type { Experiment } from "../../../contract/experiment.ts";
import type { Ledger } from "../../../contract/ledger.ts";
import type { Results } from "../../../contract/results.ts";
import { type AdminApi, plain, startAdmin } from "./admin-api.ts";

let api: AdminApi;
let id = "";
const UNKNOWN = "env_99999999999999999999999999";
beforeAll(async () => {
  api = await startAdmin();
  id = (await api.call<Environment>("GET", "/environments/development")).body.id;
  await api.call("POST", "/experiments", plain({ key: "button" }));
});
afterAll(() => api.close());

describe("an environment named by its id", () => {
  it("is shown and changed", async () => {
    expect((await api.call<Environment>("GET", `/environments/${id}`)).body.key).toBe("development");
    const changed = await api.call<Environment>("PATCH", `/environments/${id}`, { name: "Dev" });
    expect([changed.status, changed.body.key, changed.body.name]).toEqual([200, "development", "Dev"]);
  });

  it("has keys made for it, which carry its key", async () => {
    const { status, body } = await api.call<CreatedApiKey>("POST", "/api-keys", {
      name: "by id",
      type: "server",
      environment: id,
    });
    expect([status, body.environment]).toEqual([201, "development"]);
    expect(body.key).toMatch(/^ew_server_development_/);
    expect(body.hint).toBe(body.key.slice(0, body.hint.length));
  });

  it("has experiments made for it and moved to it", async () => {
    const made = await api.call<Experiment>("POST", "/experiments", plain({ key: "by-id", environments: [id] }));
    expect([made.status, made.body.environments]).toEqual([201, ["development"]]);
    const moved = await api.call<Experiment>("PATCH", "/experiments/button", { environments: ["production", id] });
    expect([moved.status, moved.body.environments]).toEqual([200, ["production", "development"]]);
  });

  it("has results, their snapshots and a ledger", async () => {
    const results = await api.call<Results>("GET", `/results/button?environment=${id}`);
    expect([results.status, results.body.environment]).toEqual([200, "development"]);
    expect((await api.call("GET", `/results/button/snapshots?environment=${id}`)).status).toBe(200);
    const ledger = await api.call<Ledger>("GET", `/ledger?environment=${id}`);
    expect([ledger.status, ledger.body.environment]).toEqual([200, "development"]);
  });
});

describe("an environment that does not exist", () => {
  it.each<[string, string, object | undefined, string]>([
    ["POST", "/api-keys", { name: "k", type: "server", environment: UNKNOWN }, "environment"],
    ["POST", "/api-keys", { name: "k", type: "server", environment: "nowhere" }, "environment"],
    ["POST", "/experiments", plain({ key: "lost", environments: ["production", UNKNOWN] }), "environments.1"],
    ["PATCH", "/experiments/button", { environments: ["Not a key"] }, "environments.0"],
    ["GET", `/results/button?environment=${UNKNOWN}`, undefined, "environment"],
    ["GET", `/ledger?environment=${UNKNOWN}`, undefined, "environment"],
  ])("is a 422 that names the field: %s %s %j", async (method, path, body, field) => {
    const before = await api.stored();
    const answer = await api.call(method, path, body);
    expect([answer.status, answer.body.code]).toEqual([422, "unknown_reference"]);
    expect(answer.body.errors.map((error) => error.path)).toEqual([field]);
    expect(await api.stored()).toBe(before);
  });

  it.each(["GET", "PATCH"])("is a 404 in a path: %s", async (method) => {
    const body = method === "GET" ? undefined : { name: "x" };
    expect((await api.call(method, `/environments/${UNKNOWN}`, body)).status).toBe(404);
  });

  it("is told apart from one that the experiment is not in, with what is true of a reading", async () => {
    await api.call("POST", "/experiments", plain({ key: "here" }));
    for (const asked of ["development", "nowhere"]) {
      const { status, body } = await api.call("GET", `/results/here?environment=${asked}`);
      expect(status).toBe(422);
      expect(body.errors).toEqual([
        { path: "environment", message: `The experiment is not in ${asked}; it is in production.` },
      ]);
    }
    const byId = await api.call("GET", `/results/here?environment=${id}`);
    expect(byId.body.detail).toContain("The experiment is not in development; it is in production.");
  });
});

describe("a dry run of a new key", () => {
  it("answers no secret, for there is none", async () => {
    const before = await api.stored();
    const { status, body } = await api.call<ApiKey>("POST", "/api-keys?dry_run=1", {
      name: "dry",
      type: "server",
      environment: "production",
    });
    expect([status, body.environment]).toEqual([200, "production"]);
    expect(body).not.toHaveProperty("key");
    expect(await api.stored()).toBe(before);
  });
});
